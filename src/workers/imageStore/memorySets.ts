import { Gathering } from '../../core/data/compile/gather.ts';
import {
  type CompiledChunk,
  type CompiledSet,
  MemorySink,
  type SetHeader,
} from '../../core/data/compile/sink.ts';
import { formatCount } from '../../core/quantity.ts';
import { fail, ok, type Result } from '../../core/result.ts';
import type { StoredSet } from '../protocol.ts';
import { digest, newId } from './digest.ts';
import { recordOf } from './keptSets.ts';
import type { SetOrigin, SetStore, StoringSink } from './setStore.ts';
import { goneFault } from './storeFault.ts';

/** As much as is read whole of other sets; the trainer has as much again. */
const LARGEST = 2 ** 29;

interface HeldSet {
  readonly set: StoredSet;
  readonly chunks: readonly CompiledChunk[];
}

const held = new Map<string, HeldSet>();

class HoldingSink implements StoringSink {
  stored: StoredSet | null = null;
  readonly #origin: SetOrigin;
  readonly #memory = new MemorySink();
  #gathering: Gathering | null = null;

  constructor(origin: SetOrigin) {
    this.#origin = origin;
  }

  async begin(header: SetHeader): Promise<Result<void>> {
    this.#gathering = new Gathering(header, digest);
    const others = [...held.values()].flatMap(({ chunks }) => chunks);
    const used = others.reduce((sum, { pixels }) => sum + pixels.length, 0);
    return used + this.#origin.neededBytes <= LARGEST
      ? ok(undefined)
      : fail(
          'too-large',
          `This browser keeps no data for the page (a private window?), and ${header.name} with ${formatCount(this.#origin.neededBytes, 'B')} does not fit into the ${formatCount(LARGEST - used, 'B')} of memory left for sets; use a normal window, or choose smaller images or fewer of them.`,
          header.name,
        );
  }

  async write(chunk: CompiledChunk): Promise<Result<void>> {
    await this.#gathering?.add(chunk);
    return this.#memory.write(chunk);
  }

  async end(set: CompiledSet): Promise<Result<void>> {
    const gathered = await this.#gathering?.end();
    if (!gathered) return ok(undefined);
    const { fingerprint, samples } = gathered;
    const equal = [...held.values()].find((other) => other.set.fingerprint === fingerprint);
    const record = recordOf(set, this.#origin, equal?.set.id ?? newId(), fingerprint, 0);
    this.stored = { ...record, samples, isKept: false };
    held.set(record.id, { set: this.stored, chunks: this.#memory.chunks });
    return ok(undefined);
  }

  abort(): Promise<void> {
    return this.#memory.abort();
  }
}

/** Sets in this worker's memory, where the browser keeps nothing. */
export const memorySets: SetStore = {
  sink: (origin) => new HoldingSink(origin),
  list: async () => [...held.values()].map(({ set }) => set).sort((a, b) => b.createdAt - a.createdAt),
  delete: async (id) => {
    held.delete(id);
  },
  async images({ id, header }) {
    const found = held.get(id);
    if (!found) throw goneFault(header.name);
    const { name, synthetic, image, classNames, chunkImages } = found.set.header;
    return {
      name,
      synthetic,
      image,
      classNames,
      chunkImages,
      labels: Uint16Array.from(found.chunks.flatMap(({ labels }) => [...labels])),
      parts: Uint8Array.from(found.chunks.flatMap(({ parts }) => [...parts])),
      chunk: async (index) => (found.chunks[index] as CompiledChunk).pixels,
    };
  },
  async *chunks({ id, header }) {
    const found = held.get(id);
    if (!found) throw goneFault(header.name);
    yield* found.chunks;
  },
};
