import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import type { DataId, KernelBackend, TensorInfo } from '@tensorflow/tfjs-core';
import { assemble } from './assembler.ts';
import { FILTER_KERNELS } from './filterGradient.ts';
import { FLAT_KERNELS } from './flat.ts';
import { POOL_KERNELS } from './poolGradient.ts';

/** What the wasm backend of tfjs 4.22.0 is made of, as far as it is used here. */
interface TfjsModule {
  readonly HEAPF32: Float32Array;
  readonly asm?: { readonly memory?: WebAssembly.Memory };
  _malloc(bytes: number): number;
  _free(pointer: number): void;
}

type Kernel = (...parameters: readonly number[]) => void;

const FLOAT = 4;

/** The memory of tfjs' wasm backend, where its tensors lie, and kernels that work on them there. */
export class Heap {
  readonly #backend: BackendWasm;
  readonly #module: TfjsModule;
  readonly #kernels: Readonly<Record<string, Kernel>>;

  constructor(backend: BackendWasm, module: TfjsModule, memory: WebAssembly.Memory) {
    this.#backend = backend;
    this.#module = module;
    const code = assemble([...FLAT_KERNELS, ...POOL_KERNELS, ...FILTER_KERNELS]);
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(code), { env: { memory } });
    this.#kernels = exports as Record<string, Kernel>;
  }

  /** All of it: to be asked for anew after each allocation, which may move it. */
  get floats(): Float32Array {
    return this.#module.HEAPF32;
  }

  call(kernel: string, ...parameters: readonly number[]): void {
    this.#kernels[kernel]?.(...parameters);
  }

  pointer({ dataId }: TensorInfo): number {
    return this.#backend.getMemoryOffset(dataId as DataId & { id: number });
  }

  /** What a tensor holds, until the next allocation. */
  view(tensor: TensorInfo): Float32Array {
    const start = this.pointer(tensor) / FLOAT;
    const size = tensor.shape.reduce((product, n) => product * n, 1);
    return this.floats.subarray(start, start + size);
  }

  output(shape: readonly number[]): TensorInfo {
    return this.#backend.makeOutput([...shape], 'float32');
  }

  vector(values: ArrayLike<number>): TensorInfo {
    const made = this.output([values.length]);
    this.view(made).set(values);
    return made;
  }

  /** Memory for as long as `work` takes: a pointer for each size in floats. */
  scratch<T>(sizes: readonly number[], work: (...pointers: readonly number[]) => T): T {
    const bytes = sizes.reduce((sum, size) => sum + size, 0) * FLOAT;
    const pointer = this.#module._malloc(bytes) >>> 0;
    if (pointer === 0 && bytes > 0) throw new Error(`no ${bytes} bytes of WebAssembly memory are left`);
    let next = pointer;
    const pointers = sizes.map((size) => {
      const own = next;
      next += size * FLOAT;
      return own;
    });
    try {
      return work(...pointers);
    } finally {
      this.#module._free(pointer);
    }
  }
}

const heaps = new WeakMap<KernelBackend, Heap>();

/** Makes a started wasm backend's heap known; false where it shows no memory of its own. */
export function openHeap(backend: KernelBackend): boolean {
  if (heaps.has(backend)) return true;
  const module = (backend as BackendWasm).wasm as unknown as TfjsModule;
  const memory = module.asm?.memory;
  if (!memory) return false;
  heaps.set(backend, new Heap(backend as BackendWasm, module, memory));
  return true;
}

/** The heap of a backend; null where it was not opened. */
export const heapOf = (backend: KernelBackend): Heap | null => heaps.get(backend) ?? null;
