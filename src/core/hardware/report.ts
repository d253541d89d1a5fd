import type { LayerId } from '../network/network.ts';

/** What keeps a row from being faster. Said in words on screen: see `boundSentence` of each family. */
export type Bound = 'compute' | 'alu' | 'load' | 'store' | 'memory' | 'stream' | 'overhead';

/** One addend or competitor of a row's time, so that a number can be taken apart. */
export interface CostTerm {
  readonly name: string;
  readonly cycles: number;
}

export interface Resources {
  readonly lut: number;
  readonly bram18: number;
  readonly uram: number;
  readonly dsp: number;
}

/** One engine call (DPU) or one streaming node (FINN). */
export interface ReportRow {
  /** Unique in the report: the FINN node name, or the ids of the fused layers joined by `+`. */
  readonly id: string;
  /** The layers computed here, the one that gives the row its name first. Empty for nodes FINN adds itself. */
  readonly layerIds: readonly LayerId[];
  readonly label: string;
  /** The kind of engine or node: `conv`, `MVAU_hls`, `ConvolutionInputGenerator_rtl` ... */
  readonly engine: string;
  readonly cycles: number;
  readonly bound: Bound;
  /** One sentence: what bounds this row and by how much. */
  readonly boundSentence: string;
  readonly terms: readonly CostTerm[];
  readonly macCount: number;
  /** Bytes between the chip and its DRAM in one frame; absent where the family does not count them. */
  readonly trafficBytes?: number;
  readonly resources?: Resources;
}

/** A limit that the design breaks: infeasible is not "very expensive". */
export interface Violation {
  readonly code: string;
  /** "DSP 240 of 220 on Pynq-Z1, most of it in MVAU_hls_3." */
  readonly message: string;
  readonly layerIds: readonly LayerId[];
}

export interface HardwareReport {
  readonly targetId: string;
  readonly clockHertz: number;
  readonly rows: readonly ReportRow[];
  /**
   * `sequential`: one engine computes row after row, a frame takes the sum. `dataflow`: every row is its own
   * hardware, throughput is the slowest row.
   */
  readonly schedule: 'sequential' | 'dataflow';
  /** Cycles between two frames: the sum (sequential) or the slowest row (dataflow). */
  readonly initiationInterval: number;
  /** The row with the most cycles. */
  readonly bottleneckId: string;
  /** First input to last output of one frame. */
  readonly latencySeconds: number;
  readonly throughputFps: number;
  /** Absent where the family has no resource estimate. */
  readonly resources?: Resources;
  readonly violations: readonly Violation[];
}
