import type { Dataset, Entity, File, Group } from 'h5wasm';
import { FaultError, WORKER_SPENT } from '../../core/result.ts';
import { hasEndlessHeap } from './globalHeaps.ts';
import { decoderOf } from './storedNumbers.ts';

/** What every HDF5 file begins with (HDF5 file format specification, section II.A). */
const SIGNATURE = [0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a];

export const isHdf5 = (bytes: Uint8Array): boolean => SIGNATURE.every((byte, i) => bytes[i] === byte);

/** Longer attributes are no configuration of a network: ResNet-152's has 0.3 MB. */
const LONGEST_ATTRIBUTE = 2 ** 26;
/** Members of one group that are looked at; the largest network has a fifth of it as layers. */
const MOST_MEMBERS = 10_000;

/** Numbers in a file that are not read yet. */
export interface StoredTensor {
  readonly shape: readonly number[];
  /** Reads them; whoever calls has found the shape, and so the size, to be right. */
  read(): Float32Array;
}

/** An opened HDF5 file by absolute paths. What is not there, or is something else, is null. */
export interface Hdf5Reader {
  members(path: string): readonly string[] | null;
  text(path: string, attribute: string): string | null;
  texts(path: string, attribute: string): readonly string[] | null;
  tensor(path: string): StoredTensor | null;
}

/** What a group of a file to write holds. */
export interface Hdf5Group {
  readonly attributes?: Readonly<Record<string, string | readonly string[]>>;
  readonly groups?: Readonly<Record<string, Hdf5Group>>;
  readonly datasets?: Readonly<Record<string, { shape: readonly number[]; values: Float32Array }>>;
}

/** h5wasm is half a megabyte: it is loaded with the first file. Its files lie in memory, each under its own name. */
async function load() {
  const library = await import('h5wasm');
  const module = await library.ready;
  // otherwise the C library prints its stack of errors and goes on
  module.activate_throwing_error_handler();
  return { library, module, files: module.FS };
}

/** The file's bytes are taken as they are, not copied (the types of emscripten's FS do not know it). */
const OWNED = { canOwn: true } as object;

type H5Module = Awaited<ReturnType<typeof load>>['module'];

/** H5T_class_t of the HDF5 library. */
const FLOAT = 1;
const OPAQUE = 5;

/** H5Z_FILTER_SCALEOFFSET: filters of higher numbers are plugins, which Keras itself never asks for. */
const LAST_OWN_FILTER = 6;

function refuseFilter(path: string, filter: string): never {
  throw new FaultError({
    code: 'hdf5-filter',
    message: `The weights at ${path} are compressed with ${filter.slice(0, 40)}, which can't be unpacked here; gzip works, as does saving the model again with Keras.`,
    where: path,
  });
}

let count = 0;
const nextPath = () => `/sweetspot-${count++}.h5`;

class Reader implements Hdf5Reader {
  readonly #file: File;
  readonly #library: H5Module;
  readonly #known = new Map<string, Entity | null>();
  readonly #names = new Map<string, readonly string[] | null>();

  constructor(file: File, library: H5Module) {
    this.#file = file;
    this.#library = library;
  }

  #entity(path: string): Entity | null {
    if (path === '/') return this.#file;
    const known = this.#known.get(path);
    if (known !== undefined) return known;
    const cut = path.lastIndexOf('/');
    // asked first, because the library prints an error for what is not there
    const listed = this.members(path.slice(0, cut) || '/')?.includes(path.slice(cut + 1));
    const entity = listed ? this.#file.get(path) : null;
    this.#known.set(path, entity);
    return entity;
  }

  members(path: string): readonly string[] | null {
    const known = this.#names.get(path);
    if (known !== undefined) return known;
    const entity = this.#entity(path);
    const isGroup = path === '/' || (entity && 'type' in entity && entity.type === 'Group');
    const names = isGroup ? (entity as Group).keys().slice(0, MOST_MEMBERS) : null;
    this.#names.set(path, names);
    return names;
  }

  #attribute(path: string, name: string): unknown {
    const entity = this.#entity(path);
    if (!entity || !('attrs' in entity)) return null;
    const attribute = entity.attrs[name];
    if (!attribute) return null;
    const { size, total_size } = attribute.metadata;
    return size * total_size > LONGEST_ATTRIBUTE ? null : attribute.value;
  }

  text(path: string, attribute: string): string | null {
    const value = this.#attribute(path, attribute);
    return typeof value === 'string' && value.length <= LONGEST_ATTRIBUTE ? value : null;
  }

  texts(path: string, attribute: string): readonly string[] | null {
    const value = this.#attribute(path, attribute);
    // Keras writes an empty list as a list of no numbers
    if (ArrayBuffer.isView(value) && value.byteLength === 0) return [];
    return Array.isArray(value) && value.every((text) => typeof text === 'string') ? value : null;
  }

  tensor(path: string): StoredTensor | null {
    const entity = this.#entity(path);
    if (!entity || !('shape' in entity)) return null;
    const dataset = entity as Dataset;
    const { shape, type, size } = dataset.metadata;
    // h5py has no type for bfloat16: its bytes are opaque, or Keras tells
    const brain = size === 2 && (type === OPAQUE || this.text(path, 'dtype') === 'bfloat16');
    const decode = type === FLOAT || brain ? decoderOf(size, brain) : null;
    return shape && decode && { shape, read: () => decode(this.#bytes(dataset, path)) };
  }

  /** Little-endian whatever the file has. The library's own `value` knows no floats of 16 bits. */
  #bytes({ metadata, filters, file_id: file }: Dataset, path: string): Uint8Array {
    const foreign = filters.find(({ id }) => id > LAST_OWN_FILTER);
    if (foreign) refuseFilter(path, foreign.name || String(foreign.id));
    const length = metadata.size * metadata.total_size;
    const start = this.#library._malloc(Math.max(1, length));
    if (start === 0) throw new Error(`no memory for ${path}`);
    try {
      this.#library.get_dataset_data(file, path, null, null, null, BigInt(start));
      return this.#library.HEAPU8.slice(start, start + length);
    } finally {
      this.#library._free(start);
    }
  }
}

/**
 * Opens a file, hands it to `use` and closes it. Throws the FaultErrors of `use`; whatever the library throws
 * becomes the fault `broken-hdf5`.
 */
export async function withHdf5<T>(
  bytes: Uint8Array,
  fileName: string,
  use: (file: Hdf5Reader) => T,
): Promise<T> {
  const { library, module, files } = await load();
  const path = nextPath();
  let file: File | null = null;
  try {
    if (hasEndlessHeap(bytes)) throw new Error('endless');
    files.writeFile(path, bytes, OWNED);
    file = new library.File(path, 'r');
    return use(new Reader(file, module));
  } catch (error) {
    if (error instanceof FaultError) throw error;
    if (error instanceof WebAssembly.RuntimeError) {
      throw new FaultError({
        code: WORKER_SPENT,
        message: `${fileName} is an HDF5 file so damaged that the library that reads it stopped; save or download it again.`,
        where: fileName,
      });
    }
    throw new FaultError({
      code: 'broken-hdf5',
      message: `${fileName} is an HDF5 file that can't be read whole; it may be cut off, so save or download it again.`,
      where: fileName,
    });
  } finally {
    release(() => file?.close());
    release(() => files.unlink(path));
  }
}

/** Closing what could not be read whole may fail too; the fault that is told is the first. */
function release(close: () => void): void {
  try {
    close();
  } catch {
    // nothing more can be given back
  }
}

function writeGroup(target: Group, { attributes = {}, groups = {}, datasets = {} }: Hdf5Group): void {
  for (const [name, value] of Object.entries(attributes)) {
    // no text at all has no type to store: Keras writes no numbers instead
    if (value.length === 0) target.create_attribute(name, new Float64Array(0));
    // variable length: an attribute of fixed length ends at 64 KB
    else target.create_attribute(name, typeof value === 'string' ? value : [...value], null, 'S');
  }
  for (const [name, { shape, values }] of Object.entries(datasets))
    target.create_dataset({ name, data: values, shape: [...shape] });
  for (const [name, group] of Object.entries(groups)) writeGroup(target.create_group(name), group);
}

/** The bytes of an HDF5 file with this content. Texts are stored with variable length, numbers as 32-bit floats. */
export async function writeHdf5(content: Hdf5Group): Promise<Uint8Array> {
  const { library, files } = await load();
  const path = nextPath();
  try {
    const file = new library.File(path, 'w');
    try {
      writeGroup(file, content);
    } finally {
      file.close();
    }
    return files.readFile(path);
  } finally {
    if (files.analyzePath(path, false).exists) files.unlink(path);
  }
}
