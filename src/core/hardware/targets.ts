/** A choice in the target list: an accelerator at a clock. */
export interface TargetDescription {
  readonly id: string;
  readonly family: 'dpu' | 'finn';
  /** The DPU's architecture; null for other families. */
  readonly architecture: DpuArchitectureName | null;
  readonly name: string;
  readonly defaultClockHertz: number;
  /** Where its figures come from. */
  readonly source: string;
}

const DPU_ARCHITECTURES = ['B512', 'B800', 'B1024', 'B1152', 'B1600', 'B2304', 'B3136', 'B4096'] as const;
export type DpuArchitectureName = (typeof DPU_ARCHITECTURES)[number];

/** Every target by id: `dpu-b512` ... `dpu-b4096`, `finn`. */
export const TARGETS: readonly TargetDescription[] = [
  ...DPU_ARCHITECTURES.map(
    (name): TargetDescription => ({
      id: `dpu-${name.toLowerCase()}`,
      family: 'dpu',
      architecture: name,
      name: `DPU ${name}`,
      defaultClockHertz: 300e6,
      source: 'Xilinx PG338, Vitis-AI target factory',
    }),
  ),
  {
    id: 'finn',
    family: 'finn',
    architecture: null,
    name: 'FINN',
    defaultClockHertz: 100e6,
    source: 'Xilinx/finn v0.10.1 estimators',
  },
];

export function targetById(id: string): TargetDescription | undefined {
  return TARGETS.find((target) => target.id === id);
}
