import type { DpuArchitectureName } from '../../targets.ts';
import { type DpuArchitecture, dpuArchitecture } from '../architectures.ts';

/** Programmable logic of one DPU core. `bram36` counts 36-kbit blocks; a half is an 18-kbit block. */
export interface DpuResources {
  readonly lut: number;
  readonly ff: number;
  readonly bram36: number;
  readonly dsp: number;
}

/** Buffer banks that move from block RAM to UltraRAM. */
export interface UramBanks {
  readonly featureMaps: number;
  readonly weights: number;
  readonly biases: number;
}

export interface DpuResourceOptions {
  /** `high`: DSPs accumulate too; `low`: they multiply only, LUTs accumulate. */
  readonly dspUsage: 'high' | 'low';
  /** Feature-map bank groups: `low` = 2, `high` = 3. */
  readonly ramUsage: 'low' | 'high';
  /** The depthwise convolution engine. */
  readonly depthwise: boolean;
  readonly uram: boolean;
}

export interface DpuResourceEstimate extends DpuResources {
  /** Null without UltraRAM. */
  readonly uramBanks: UramBanks | null;
  /** False where an addend is computed instead of read from a table. */
  readonly published: boolean;
  /** Where every addend comes from, and what is missing: one sentence each. */
  readonly notes: readonly string[];
}

type Four = readonly [lut: number, ff: number, bram36: number, dsp: number];

interface ResourceFacts {
  readonly dspHigh: Four;
  readonly dspLow: Four;
  /** Added by the depthwise engine; its flip-flops are not published. */
  readonly depthwise: readonly [lut: number, bram36: number, dsp: number];
  readonly uram: readonly [featureMaps: number, weights: number, biases: number];
}

export const RESOURCE_SOURCES = {
  base: 'LUT, FF, BRAM and DSP are those of PG338 v1.2, table 9 (ZCU102, low RAM usage, without depthwise, average pool, ReLU6 and leaky ReLU).',
  depthwise:
    'The depthwise engine adds what PG338 v3.4 says; its flip-flops are not published and not counted.',
  uram: 'UltraRAM banks are those DPU-TRD recommends (prj/Vitis/README, v1.4); the block RAM they free is not published and not taken off.',
  highRam:
    'The third feature-map bank group is computed: its bytes in 36-kbit blocks, 4 KiB of data each; no table gives it.',
  alu: 'PG338 v4.1, ALU parallelism of a B4096.',
} as const;

/** See {@link RESOURCE_SOURCES} for where each column comes from. */
export const DPU_RESOURCE_FACTS: Readonly<Record<DpuArchitectureName, ResourceFacts>> = {
  B512: {
    dspHigh: [20177, 31782, 69.5, 98],
    dspLow: [20759, 33572, 69.5, 66],
    depthwise: [1734, 4, 12],
    uram: [2, 9, 1],
  },
  B800: {
    dspHigh: [20617, 35065, 87, 142],
    dspLow: [21050, 33752, 87, 102],
    depthwise: [2293, 4.5, 15],
    uram: [2, 11, 1],
  },
  B1024: {
    dspHigh: [27377, 46241, 101.5, 194],
    dspLow: [29155, 49823, 101.5, 130],
    depthwise: [2744, 4, 24],
    uram: [4, 9, 1],
  },
  B1152: {
    dspHigh: [28698, 46906, 117.5, 194],
    dspLow: [30043, 49588, 117.5, 146],
    depthwise: [2365, 5.5, 18],
    uram: [2, 13, 1],
  },
  B1600: {
    dspHigh: [30877, 56267, 123, 282],
    dspLow: [33130, 60739, 123, 202],
    depthwise: [3392, 4.5, 30],
    uram: [4, 11, 1],
  },
  B2304: {
    dspHigh: [34379, 67481, 161.5, 386],
    dspLow: [37055, 72850, 161.5, 290],
    depthwise: [3943, 5.5, 36],
    uram: [4, 13, 1],
  },
  B3136: {
    dspHigh: [38555, 79867, 203.5, 506],
    dspLow: [41714, 86132, 203.5, 394],
    depthwise: [4269, 6.5, 42],
    uram: [4, 15, 1],
  },
  B4096: {
    dspHigh: [40865, 92630, 249.5, 642],
    dspLow: [44583, 99791, 249.5, 514],
    depthwise: [4930, 7.5, 48],
    uram: [5, 17, 1],
  },
};

/** A B4096 by ALU pixel parallelism; 4 is what Xilinx recommends ({@link RESOURCE_SOURCES.alu}). */
export const B4096_BY_ALU_PARALLELISM: Readonly<Record<1 | 2 | 4 | 8, DpuResources>> = {
  1: { lut: 44212, ff: 88250, bram36: 255, dsp: 662 },
  2: { lut: 46599, ff: 92380, bram36: 255, dsp: 678 },
  4: { lut: 51388, ff: 98525, bram36: 255, dsp: 710 },
  8: { lut: 60751, ff: 111329, bram36: 255, dsp: 774 },
};

const BLOCK_BYTES = 4096;

const bankGroupBlocks = ({ bankGroupBytes }: DpuArchitecture): number =>
  Math.ceil(bankGroupBytes / BLOCK_BYTES);

/** What one core of an architecture takes with these options. */
export function dpuResources(name: DpuArchitectureName, options: DpuResourceOptions): DpuResourceEstimate {
  const facts = DPU_RESOURCE_FACTS[name];
  const [lut, ff, bram36, dsp] = options.dspUsage === 'high' ? facts.dspHigh : facts.dspLow;
  const [moreLut, moreBram, moreDsp] = options.depthwise ? facts.depthwise : [0, 0, 0];
  const highRam = options.ramUsage === 'high';
  const [featureMaps, weights, biases] = facts.uram;
  const { base, depthwise, highRam: third, uram } = RESOURCE_SOURCES;
  return {
    lut: lut + moreLut,
    ff,
    bram36: bram36 + moreBram + (highRam ? bankGroupBlocks(dpuArchitecture(name)) : 0),
    dsp: dsp + moreDsp,
    uramBanks: options.uram ? { featureMaps, weights, biases } : null,
    published: !highRam,
    notes: [
      base,
      ...(options.depthwise ? [depthwise] : []),
      ...(highRam ? [third] : []),
      ...(options.uram ? [uram] : []),
    ],
  };
}
