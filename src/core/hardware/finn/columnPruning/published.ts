import { THESIS_CLOCK_HERTZ } from '../clock.ts';
import type { ColumnMethod } from './columnPruned.ts';

/**
 * Frames a second that no design of source 003 exceeded at a method and sparsity, all at 100 MHz on the Ultra96V2:
 * "beyond two thousand" (section 5.3.5, Figure 5.9), "about 3.4 thousand" and "about 1.8 thousand" (section 5.4.5,
 * Figure 5.16). Empirical: their cause was left open, and nothing here models it (C3-12). Figure 5.2 still rises at 90 %,
 * so they need not hold for a slow folding.
 */
const EMPIRICAL_CAPS: readonly {
  readonly method: ColumnMethod;
  readonly sparsity: number;
  readonly fps: number;
}[] = [
  { method: 'coarse', sparsity: 0.875, fps: 2000 },
  { method: 'fine', sparsity: 0.75, fps: 3400 },
  { method: 'fine', sparsity: 0.875, fps: 1800 },
];

/**
 * The published cap in frames a second; null where none was observed, which is not a promise that there is none. Not
 * interpolated between sparsities. At another clock than 100 MHz it is taken as so many cycles, an assumption.
 */
export function empiricalCap(method: ColumnMethod, sparsity: number, clockHertz: number): number | null {
  const cap = EMPIRICAL_CAPS.find((one) => one.method === method && one.sparsity === sparsity);
  return cap ? cap.fps * (clockHertz / THESIS_CLOCK_HERTZ) : null;
}

export interface PublishedGain {
  readonly method: 'coarse' | 'fine';
  readonly sparsity: number;
  /** Mean and standard deviation of the throughput over that of the dense network, minus 1. */
  readonly throughput: readonly [mean: number, deviation: number];
  /** The same of the accuracy, in points (C3-21). */
  readonly accuracyPoints: readonly [mean: number, deviation: number];
}

/** Measured against dense networks: source 003, Tables 5.3 and 5.5. Each design was tuned anew, balanced priority. */
export const PUBLISHED_GAINS: readonly PublishedGain[] = [
  { method: 'coarse', sparsity: 0.25, throughput: [0.27, 0.21], accuracyPoints: [-1.2, 0.5] },
  { method: 'coarse', sparsity: 0.5, throughput: [0.83, 0.44], accuracyPoints: [-4.5, 2.3] },
  { method: 'coarse', sparsity: 0.75, throughput: [1.99, 1.36], accuracyPoints: [-18.2, 9.4] },
  { method: 'coarse', sparsity: 0.875, throughput: [-0.08, 0.58], accuracyPoints: [-33, 9.2] },
  { method: 'fine', sparsity: 0.5, throughput: [0.3, 0.39], accuracyPoints: [-3.7, 3] },
  { method: 'fine', sparsity: 0.75, throughput: [0.43, 0.72], accuracyPoints: [-12.2, 9.7] },
  { method: 'fine', sparsity: 0.875, throughput: [-0.24, 0.42], accuracyPoints: [-23, 16] },
];
