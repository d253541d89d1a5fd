import {
  type ImageEntry,
  type ImageSource,
  LONGEST_NAME,
  MOST_CLASSES,
  type Part,
} from '../../core/data/compile/entries.ts';
import { fail, ok, type Result } from '../../core/result.ts';
import { shortSentence } from '../../core/sentence.ts';
import { isPicture, LARGEST_PICTURE, MOST_FILES, type StoredFile } from './storedFile.ts';

const PART_FOLDERS: Readonly<Record<string, Part>> = {
  train: 'train',
  training: 'train',
  val: 'validation',
  valid: 'validation',
  validation: 'validation',
  test: 'test',
  testing: 'test',
};

export const partOfFolder = (folder: string): Part | undefined =>
  Object.hasOwn(PART_FOLDERS, folder.toLowerCase()) ? PART_FOLDERS[folder.toLowerCase()] : undefined;

/** A picture that is never read where it is larger than a picture is: it is left out like a damaged one, and named. */
function small(file: StoredFile, name: string): StoredFile {
  const { path, byteLength } = file;
  if (byteLength <= LARGEST_PICTURE) return file;
  const told = shortSentence(
    `${path} in ${name} has ${byteLength.toLocaleString('en-US')} bytes, more than the ${LARGEST_PICTURE.toLocaleString('en-US')} of a picture; make it smaller or leave it out.`,
  );
  return { path, byteLength, load: async () => fail('too-large', told, path) };
}

/** Pictures of what can be pictures' files; the reason in one sentence where there is none. */
export function picturesAmong(files: readonly StoredFile[], name: string): Result<readonly StoredFile[]> {
  if (files.length > MOST_FILES) {
    return fail(
      'too-many-files',
      `${name} has ${files.length.toLocaleString('en-US')} files, more than the ${MOST_FILES.toLocaleString('en-US')} of a set; use a smaller part of it.`,
      name,
    );
  }
  const pictures = files.filter((file) => isPicture(file)).map((file) => small(file, name));
  if (pictures.length > 0) return ok(pictures);
  const archive = files.find(({ path }) => /\.(zip|tar|t?gz|7z|rar)$/i.test(path));
  return fail(
    archive ? 'archive' : 'no-images',
    shortSentence(
      archive
        ? `${name} holds no pictures but another archive, ${archive.path}; unpack it once and choose the inner one.`
        : `${name} holds no pictures among ${files.length.toLocaleString('en-US')} files; PNG, JPEG, WebP, GIF and BMP can be read, in one folder for each class.`,
    ),
    name,
  );
}

const isNumber = (name: string) => /^\d+$/.test(name);

/** Numbers first, 10 behind 9, then names by their letters: an order of all names, however they were found. */
const inOrder = (a: string, b: string): number =>
  Number(isNumber(b)) - Number(isNumber(a)) ||
  (isNumber(a) && Number(a) !== Number(b) ? Number(a) - Number(b) : a < b ? -1 : 1);

/** A name with its accents as one letter each: macOS writes them as two, and the same class is to be one. */
export const composed = (name: string): string => name.normalize('NFC');

/** A source of entries whose classes are told by name; the names become labels in alphabetical order. */
export function sourceOf(
  name: string,
  found: readonly {
    readonly file: StoredFile;
    readonly className: string;
    readonly part?: Part | undefined;
  }[],
): Result<ImageSource> {
  const classNames = [...new Set(found.map(({ className }) => className))].sort(inOrder);
  if (classNames.length > MOST_CLASSES) {
    return fail(
      'too-many-classes',
      `${name} has ${classNames.length.toLocaleString('en-US')} classes, more than the ${MOST_CLASSES.toLocaleString('en-US')} of a set; check that images and not classes have a folder each.`,
      name,
    );
  }
  const long = classNames.find(({ length }) => length > LONGEST_NAME);
  if (long !== undefined) {
    return fail(
      'class-name',
      shortSentence(
        `${name} has a class of ${long.length.toLocaleString('en-US')} letters, "${long.slice(0, 60)}…", more than the ${LONGEST_NAME} of a name; check that it is no other text, or shorten it.`,
      ),
      name,
    );
  }
  const labels = new Map(classNames.map((className, label) => [className, label]));
  const entries = found.map(
    ({ file, className, part }): ImageEntry => ({
      path: file.path,
      label: labels.get(className) ?? 0,
      load: file.load,
      ...(part && { part }),
    }),
  );
  return ok({ name, classNames, entries });
}

/** Folders and name of a path, without those that say nothing. */
const stepsOf = (path: string): string[] =>
  composed(path)
    .split('/')
    .filter((folder) => !['', '.', '..'].includes(folder));

/**
 * Pictures in one folder for each class, as EuroSAT/AnnualCrop/AnnualCrop_1.jpg: the folder that a picture lies in is
 * its class, and a folder train, val or test anywhere above tells its part. They stand in the order of their paths: a
 * disk or an archive lists them in its own, and the same pictures are to make the same set everywhere.
 */
export function readClassFolders(files: readonly StoredFile[], name: string): Result<ImageSource> {
  const pictures = picturesAmong(files, name);
  if (!pictures.ok) return pictures;
  const found: { file: StoredFile; className: string; part: Part | undefined }[] = [];
  const placed = pictures.value.map((file) => {
    const steps = stepsOf(file.path);
    return { file, folders: steps.slice(0, -1), place: steps.join('/') };
  });
  placed.sort((a, b) => (a.place < b.place ? -1 : a.place > b.place ? 1 : 0));
  for (const { file, folders } of placed) {
    const className = folders.pop();
    if (className === undefined || partOfFolder(className)) {
      return fail(
        'no-class',
        shortSentence(
          `${file.path} in ${name} lies in no folder of a class; put the images of each class in a folder of its name, or add a CSV table of paths and labels.`,
        ),
        name,
      );
    }
    found.push({ file, className, part: folders.map(partOfFolder).find((part) => part !== undefined) });
  }
  return sourceOf(name, found);
}
