/** Names of image sets and pictures. A model.json beside .bin shards is no such set. */
const IMAGES =
  /((\.bin|ubyte|\.idx\d?)(\.gz)?|\.(png|jpe?g|webp|gif|bmp|tar|tgz|tar\.gz|sweetset(\.json)?))$/i;
/** CIFAR's Python batches have no ending; in a folder they lie beside a list and a readme. */
const BATCH = /(^|\/)(data_batch_\d|test_batch|train|test|meta|batches\.meta|readme\.html)$/i;
const PICTURE = /\.(png|jpe?g|webp|gif|bmp)$/i;
const TABLE = /\.(csv|tsv)$/i;

type NamedBlob = Pick<File, 'name' | 'size' | 'slice'>;

/** The end of a zip archive lists its members: a model has one that says so. */
async function isImageArchive(file: NamedBlob): Promise<boolean> {
  if (!/\.zip$/i.test(file.name)) return false;
  const list = await file.slice(Math.max(0, file.size - 2 ** 16)).text();
  return !/model\.json|config\.json|\.weights\.h5/.test(list);
}

/** Whether files are images: pictures, sets of pixels, archives of these, also with the table that names their labels. */
export async function areImages(files: readonly NamedBlob[]): Promise<boolean> {
  if (files.some(({ name }) => PICTURE.test(name))) return true;
  const others = files.filter(({ name }) => !TABLE.test(name));
  if (others.length === 0) return false;
  const are = await Promise.all(
    others.map(async (file) => IMAGES.test(file.name) || BATCH.test(file.name) || isImageArchive(file)),
  );
  return are.every((isOne) => isOne);
}
