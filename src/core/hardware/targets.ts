export type Family = 'dpu' | 'finn' | 'liu' | 'processor';

/** A choice in the target list: an accelerator at a clock, or a processor. */
export interface TargetDescription {
  readonly id: string;
  readonly family: Family;
  /** The DPU's architecture; null for other families. */
  readonly architecture: DpuArchitectureName | null;
  readonly name: string;
  /** Null where time is no matter of cycles: such a report counts nanoseconds. */
  readonly defaultClockHertz: number | null;
  /** Where its figures come from. */
  readonly source: string;
}

const DPU_ARCHITECTURES = ['B512', 'B800', 'B1024', 'B1152', 'B1600', 'B2304', 'B3136', 'B4096'] as const;
export type DpuArchitectureName = (typeof DPU_ARCHITECTURES)[number];

const TABLE_4 = 'Roofline; two constants fitted on source 001, Table 4';

const processor = (id: string, name: string, source: string): TargetDescription => ({
  id,
  family: 'processor',
  architecture: null,
  name,
  defaultClockHertz: null,
  source,
});

/** Every target by id: `dpu-b512` ... `dpu-b4096`, `finn`, `tegra-x2-gpu` ..., `custom-device`. */
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
  {
    id: 'liu',
    family: 'liu',
    architecture: null,
    name: 'Liu engine',
    defaultClockHertz: 150e6,
    source: 'Liu et al. 2024 (source 004): one engine on an XC7V690T; one fitted constant',
  },
  processor('tegra-x2-cpu', 'Tegra X2 CPU', TABLE_4),
  processor('tegra-x2-gpu', 'Tegra X2 GPU', TABLE_4),
  processor('drive-px2-dgpu', 'Drive PX2 GPU', TABLE_4),
  processor('custom-device', 'A device of your own', 'A roofline of the figures you enter'),
];

export function targetById(id: string): TargetDescription | undefined {
  return TARGETS.find((target) => target.id === id);
}
