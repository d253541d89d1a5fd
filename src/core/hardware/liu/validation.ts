import { unwrap } from '../../result.ts';
import { costOf } from './cost.ts';
import { type LiuOptions, liuSettings } from './engine.ts';
import { type Lowered, lowerToLiu } from './passes.ts';
import { PUBLISHED_NETWORKS } from './published.ts';

/** The model beside one published frame time: XC7V690T at 150 MHz, one frame. */
export interface LiuValidation {
  readonly name: string;
  /** Whether the model's constant was fitted on it; such a row proves little. */
  readonly fitted: boolean;
  readonly modelMs: number;
  readonly publishedMs: number;
  /** Model over published, minus 1: 0.02 = two percent too slow. */
  readonly error: number;
  readonly source: string;
  readonly assumption: string | null;
}

/** Milliseconds of a frame; throws a FaultError for impossible options. */
export function frameMilliseconds(lowered: Lowered, options: LiuOptions = {}): number {
  const settings = unwrap(liuSettings(options));
  const cycles = costOf(lowered, settings).reduce((sum, cost) => sum + cost.cycles, 0);
  return (1e3 * cycles) / settings.clockHertz;
}

/**
 * The four published frame times beside the model. Its one constant, the bytes a DMA moves in a cycle, is fitted on
 * all four; other `options` show what it is worth (`bytesPerCycle: UNFITTED_BYTES_PER_CYCLE`) and what the overlap
 * is. Throws a FaultError for impossible options.
 */
export function validateLiu(options: LiuOptions = {}): readonly LiuValidation[] {
  const fitted = options.bytesPerCycle === undefined;
  return PUBLISHED_NETWORKS.map(({ name, publishedMs, source, assumption, build }) => {
    const modelMs = frameMilliseconds(lowerToLiu(build()), options);
    return { name, fitted, modelMs, publishedMs, error: modelMs / publishedMs - 1, source, assumption };
  });
}
