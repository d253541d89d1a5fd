/** More than this are no drop that anybody meant: a home folder, a whole disk. */
export const MOST_FILES = 200_000;

const isDirectory = (entry: FileSystemEntry): entry is FileSystemDirectoryEntry => entry.isDirectory;
const isFile = (entry: FileSystemEntry): entry is FileSystemFileEntry => entry.isFile;

/** A reader gives a hundred entries at a time, and none when there are no more. */
async function entriesOf(folder: FileSystemDirectoryEntry): Promise<readonly FileSystemEntry[]> {
  const reader = folder.createReader();
  const all: FileSystemEntry[] = [];
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject),
    );
    if (some.length === 0) return all;
    all.push(...some);
  }
}

/** The file with the path that a folder input would give it: dropped files have none. */
async function fileAt(entry: FileSystemFileEntry): Promise<File> {
  const file = await new Promise<File>((resolve, reject) => entry.file(resolve, reject));
  const path = entry.fullPath.replace(/^\//, '');
  if (path.includes('/')) Object.defineProperty(file, 'webkitRelativePath', { value: path });
  return file;
}

/**
 * All files of what was dropped, those of folders with their paths (`webkitRelativePath`), in the order of their names.
 * What can't be read (a broken link, a folder without permission) is left out. Must be called in the drop event itself:
 * later the browser tells nothing any more.
 */
export async function droppedFiles(transfer: DataTransfer | null): Promise<readonly File[]> {
  const entries = [...(transfer?.items ?? [])]
    .filter(({ kind }) => kind === 'file')
    .map((item) => item.webkitGetAsEntry());
  const plain = [...(transfer?.files ?? [])];
  if (!entries.some((entry) => entry !== null && isDirectory(entry))) return plain;
  const files: File[] = [];
  const open = entries.filter((entry) => entry !== null).reverse();
  while (open.length > 0 && files.length < MOST_FILES) {
    const entry = open.pop() as FileSystemEntry;
    try {
      if (isFile(entry)) files.push(await fileAt(entry));
      else if (isDirectory(entry)) {
        const inside = await entriesOf(entry);
        open.push(...[...inside].sort((a, b) => (a.name < b.name ? 1 : -1)));
      }
    } catch {
      // Gone, or not ours to read: the others are still worth having.
    }
  }
  return files;
}
