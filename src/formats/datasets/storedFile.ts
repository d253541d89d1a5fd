import type { Result } from '../../core/result.ts';

/** A file in a folder or an archive, whose bytes are read when they are needed. */
export interface StoredFile {
  /** Folders and name, separated by slashes. */
  readonly path: string;
  readonly byteLength: number;
  readonly load: () => Promise<Result<Uint8Array>>;
}

/** A picture's file is at most as large as this: 64 MB are 100 photographs. */
export const LARGEST_PICTURE = 2 ** 26;
/** ImageNet has 1.4 million images; the names of a million take 100 MB. */
export const MOST_FILES = 1_000_000;

const PICTURE = /\.(jpe?g|png|webp|gif|bmp)$/i;

/** What an operating system leaves beside the pictures; `./` and `../` hide nothing. */
const isHidden = (path: string) => /(^|\/)(\.(?!\.?\/)|__MACOSX\/|Thumbs\.db)/.test(path);

export const isPicture = ({ path }: Pick<StoredFile, 'path'>): boolean =>
  PICTURE.test(path) && !isHidden(path);

export const isTable = ({ path }: Pick<StoredFile, 'path'>): boolean =>
  /\.(csv|tsv)$/i.test(path) && !isHidden(path);
