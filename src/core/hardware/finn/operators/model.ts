/** What a node costs on the chip, in FINN's units, with FINN's own measure of how full the blocks are. */
export interface NodeResources {
  readonly lut: number;
  /** RAMB18 blocks. */
  readonly bram18: number;
  /** URAM288 blocks. */
  readonly uram: number;
  /** DSP slices of the block type asked for. */
  readonly dsp: number;
  /** Bits used / bits of the blocks, 0..1; 1 where there are none. */
  readonly bramEfficiency: number;
  readonly uramEfficiency: number;
}

/** FINN's base class: every estimate defaults to 0, both efficiencies to 1 (finn.md section 2). */
export const NO_RESOURCES: NodeResources = {
  lut: 0,
  bram18: 0,
  uram: 0,
  dsp: 0,
  bramEfficiency: 1,
  uramEfficiency: 1,
};

export type DspBlock = 'DSP48E1' | 'DSP48E2' | 'DSP58';

const DSP58_PARTS = ['xcvc', 'xcve', 'xcvp', 'xcvm', 'xqvc', 'xqvm', 'xqrvc'];

/** DSP block of a part by its name (finn.md section 3.5). */
export function dspBlockOf(part: string): DspBlock {
  if (DSP58_PARTS.some((prefix) => part.startsWith(prefix))) return 'DSP58';
  return part[2] === '7' ? 'DSP48E1' : 'DSP48E2';
}

/** The formulas of one op type: a row of the table in operators.ts. */
export interface OperatorModel<Node> {
  /** Cycles a frame at batch 1. */
  cycles(node: Node): number;
  resources?(node: Node, block: DspBlock): NodeResources;
  /** What `pe` and `simd` must divide (finn.md section 7). */
  readonly divides?: {
    pe?(node: Node): number;
    simd?(node: Node): number;
  };
}

export const product = (numbers: readonly number[]): number => {
  let result = 1;
  for (const n of numbers) result *= n;
  return result;
};
