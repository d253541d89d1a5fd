import type { ImageSource } from '../../core/data/compile/entries.ts';
import { imagesSource } from '../../core/data/compile/imagesSource.ts';
import type { FeatureMap } from '../../core/network/network.ts';
import { ok, type Result } from '../../core/result.ts';
import type { ByteSource } from './byteSource.ts';
import { isTarArchive, openImageSet } from './openImageSet.ts';
import { isSetFile } from './setFile.ts';
import { isReferences } from './setReferences.ts';
import { isPicture, isTable } from './storedFile.ts';
import { isZipStart } from './zip.ts';

/** Files that are open as one source. */
export interface OpenedSource {
  readonly kind: 'arrays' | 'pictures';
  /** What all its images measure; null for pictures. */
  readonly image: FeatureMap | null;
  readonly source: ImageSource;
}

/** Whatever a user chose, sorted by what has to be done with it. */
export interface SortedFiles {
  /** Compiled sets with their images. */
  readonly containers: readonly ByteSource[];
  /** Compiled sets that tell only where their images are. */
  readonly references: readonly ByteSource[];
  /** Files that are a source together: an archive alone, zip archives with the one table of theirs, all others at once. */
  readonly groups: readonly (readonly ByteSource[])[];
}

/** A folder of pictures may have text beside them; not all of it is looked into. */
const LOOKED_INTO = 100;

const single = (files: readonly ByteSource[]) => files.map((file) => [file]);

/** Tells compiled sets and archives from other files by how they begin. */
export async function sortFiles(files: readonly ByteSource[]): Promise<SortedFiles> {
  const containers: ByteSource[] = [];
  const references: ByteSource[] = [];
  const archives: ByteSource[] = [];
  const zips: ByteSource[] = [];
  const others: ByteSource[] = [];
  let looked = 0;
  const hasPictures = files.some(({ name }) => isPicture({ path: name }));
  for (const file of files) {
    if (isPicture({ path: file.name }) || looked++ >= LOOKED_INTO) {
      others.push(file);
      continue;
    }
    const start = await file.read(0, Math.min(file.size, 64));
    if (isSetFile(start)) containers.push(file);
    else if (isReferences(start)) references.push(file);
    // an archive in a folder of pictures is none of them
    else if (!hasPictures && (isZipStart(start) || (await isTarArchive(file)))) {
      archives.push(file);
      if (isZipStart(start)) zips.push(file);
    } else others.push(file);
  }
  const [table] = others;
  if (table && others.length === 1 && zips.length > 0 && isTable({ path: table.name })) {
    return {
      containers,
      references,
      groups: [[table, ...zips], ...single(archives.filter((file) => !zips.includes(file)))],
    };
  }
  const groups = single(archives);
  if (others.length > 0) groups.push(others);
  return { containers, references, groups };
}

/** Opens files that belong together; pictures are not decoded yet. */
export async function openSource(files: readonly ByteSource[]): Promise<Result<OpenedSource>> {
  const opened = await openImageSet(files);
  if (!opened.ok) return opened;
  if (opened.value.kind === 'pictures') {
    return ok({ kind: 'pictures', image: null, source: opened.value.source });
  }
  const { images } = opened.value;
  return ok({ kind: 'arrays', image: images.image, source: imagesSource(images) });
}
