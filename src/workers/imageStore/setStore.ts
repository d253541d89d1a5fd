import type { ChunkSink, CompiledChunk } from '../../core/data/compile/sink.ts';
import type { StoredImages } from '../../core/data/storedImages.ts';
import type { StoredSet } from '../protocol.ts';

/** What is known of a set before its images are. */
export interface SetOrigin {
  /** Empty where a container is read, which does not tell. */
  readonly classes: StoredSet['choice']['classes'];
  readonly sourceNames: readonly string[];
  /** About how much it will take. */
  readonly neededBytes: number;
}

/** Takes a set; afterwards `stored` is what became of it. */
export interface StoringSink extends ChunkSink {
  readonly stored: StoredSet | null;
}

/** Where compiled sets are kept: the browser's database or, where there is none, memory. */
export interface SetStore {
  /** Takes one set. Where an equal one is kept already, that one gets the new name and origin. */
  sink(origin: SetOrigin): StoringSink;
  /** The newest first; what nobody writes any more is removed before. */
  list(): Promise<readonly StoredSet[]>;
  delete(id: string): Promise<void>;
  /** Its chunks in order. A fault is thrown where one is gone. */
  chunks(set: StoredSet): AsyncGenerator<CompiledChunk>;
  /** Labels and parts at once, pixels when they are asked for. A fault is thrown where it is gone. */
  images(set: StoredSet): Promise<StoredImages>;
}
