import type { Resources } from '../report.ts';
import { LIU_DEFAULTS, type LiuSettings, multiplierCount } from './engine.ts';

/** Table 1 of source 004: used and available on an XC7V690T. Block RAMs are of 36 kb, as Virtex-7's are. */
export const LIU_RESOURCES = [
  { name: 'LUT', used: 308449, available: 433200 },
  { name: 'BRAM', used: 941.5, available: 1470 },
  { name: 'DSP', used: 2160, available: 3600 },
  { name: 'FF', used: 278926, available: 866400 },
] as const;

const used = (name: (typeof LIU_RESOURCES)[number]['name']): number =>
  LIU_RESOURCES.find((row) => row.name === name)?.used ?? 0;

const PARALLELISM = ['pk', 'pv', 'pc', 'pf', 'pd'] as const;

/** Table 1 for the published parallelism. Null for any other: one design says nothing of how resources grow. */
export function liuResources(settings: LiuSettings): Resources | null {
  if (PARALLELISM.some((name) => settings[name] !== LIU_DEFAULTS[name])) return null;
  return { lut: used('LUT'), bram18: 2 * used('BRAM'), uram: 0, dsp: used('DSP') };
}

/**
 * Multipliers, and how many of them no DSP block accounts for (LI-26): 2,304 - 2,160 = 144 = PK x PC, which are in LUTs or
 * share a block; the source does not say.
 */
export function multipliersWithoutDsp(): {
  readonly multipliers: number;
  readonly dsp: number;
  readonly without: number;
} {
  const multipliers = multiplierCount(LIU_DEFAULTS);
  return { multipliers, dsp: used('DSP'), without: multipliers - used('DSP') };
}

/** Basic units of all adder trees: 9 in each of PF trees. Source 004 writes "9 adder tree units" (C4-09). */
export const adderUnitCount = ({ pf }: Pick<LiuSettings, 'pf'>): number => 9 * pf;
