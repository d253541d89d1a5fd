/** A processor as the roofline sees it: also what a user fills in for a device of their own. */
export interface RooflineDevice {
  readonly name: string;
  /** Operations a second (1 MAC = 2 operations). */
  readonly peakOpsPerSecond: number;
  readonly bandwidthBytesPerSecond: number;
  /** What every node of the framework's graph costs before it computes. */
  readonly overheadSecondsPerNode: number;
  /** In watts; null where unknown. */
  readonly powerWatts: number | null;
  /** Of weights and feature maps: 4 for 32-bit floating point. */
  readonly bytesPerValue: number;
}

/** A device of the catalog: its peak is the data sheet's, and what software sustains of it was fitted. */
export interface CatalogDevice extends RooflineDevice {
  readonly id: string;
  /** Share of the peak that the framework's kernels reach, 0..1; fitted. */
  readonly sustainedShare: number;
  /** How the peak is computed. */
  readonly peakNote: string;
  /** What the power is of. */
  readonly powerNote: string;
  readonly source: string;
}

/** Peak of cores that each multiply and accumulate in `lanes` lanes every cycle (SI-21: 2 * cores * clock). */
export const peakOf = (cores: number, clockHertz: number, lanes = 1): number =>
  2 * cores * lanes * clockHertz;

const FITTED = 'sustained share and overhead fitted on the unpruned rows of source 001, Table 4';
const MOST_OF_THE_BOARD = 'the whole board at most; what the network draws was not measured';

/** 128 bit at 3,733 MT/s. */
const TX2_BANDWIDTH = 59.7e9;
const TX2_MEMORY = 'Nvidia Jetson TX2 data sheet: 128-bit LPDDR4, 59.7 GB/s';

/**
 * The processors of source 001, section 2.2. Each has two fitted constants (scripts/fit/roofline.ts): the
 * share of its peak that Caffe sustains, and the seconds a node of Caffe's graph costs. The Tegra X2 is the same
 * chip on both boards ("performs similar", section 3.1), so that it has one pair of constants.
 */
export const TEGRA_X2_CPU: CatalogDevice = {
  id: 'tegra-x2-cpu',
  name: 'Tegra X2 CPU',
  peakOpsPerSecond: peakOf(6, 2e9, 4),
  peakNote:
    '2 Denver and 4 Cortex-A57 cores at 2.0 GHz, each taken to multiply and add 4 numbers of 32 bits a cycle',
  sustainedShare: 0.3547,
  overheadSecondsPerNode: 597.9e-6,
  bandwidthBytesPerSecond: TX2_BANDWIDTH,
  powerWatts: 15,
  powerNote: MOST_OF_THE_BOARD,
  bytesPerValue: 4,
  source: `Source 001, section 2.2; ${TX2_MEMORY}; ${FITTED}`,
};

export const TEGRA_X2_GPU: CatalogDevice = {
  id: 'tegra-x2-gpu',
  name: 'Tegra X2 GPU',
  peakOpsPerSecond: peakOf(256, 1465e6),
  peakNote: '256 CUDA cores at 1465 MHz, 32-bit floating point',
  sustainedShare: 0.6015,
  overheadSecondsPerNode: 161.1e-6,
  bandwidthBytesPerSecond: TX2_BANDWIDTH,
  powerWatts: 15,
  powerNote: MOST_OF_THE_BOARD,
  bytesPerValue: 4,
  source: `Source 001, section 2.2; ${TX2_MEMORY}; ${FITTED}`,
};

export const DRIVE_PX2_GPU: CatalogDevice = {
  id: 'drive-px2-dgpu',
  name: 'Drive PX2 discrete GPU',
  peakOpsPerSecond: peakOf(1152, 1290e6),
  peakNote: '1,152 CUDA cores at 1290 MHz, 32-bit floating point; the board has two of them',
  sustainedShare: 0.669,
  overheadSecondsPerNode: 138.5e-6,
  bandwidthBytesPerSecond: 80e9,
  powerWatts: 250,
  powerNote: `${MOST_OF_THE_BOARD}, and it carries two Tegra X2 and two discrete GPUs`,
  bytesPerValue: 4,
  source: `Source 001, section 2.2; Nvidia at GTC 2016 (computerbase.de, April 2016): 128-bit GDDR5, 80 GB/s; ${FITTED}`,
};

export const ROOFLINE_DEVICES: readonly CatalogDevice[] = [TEGRA_X2_CPU, TEGRA_X2_GPU, DRIVE_PX2_GPU];

export const deviceById = (id: string): CatalogDevice | undefined =>
  ROOFLINE_DEVICES.find((device) => device.id === id);

export const isCatalogDevice = (device: RooflineDevice): device is CatalogDevice =>
  'sustainedShare' in device;

/** Operations a second that kernels reach: the peak itself of a device that a user described. */
export const sustainedOpsPerSecond = (device: RooflineDevice): number =>
  device.peakOpsPerSecond * (isCatalogDevice(device) ? device.sustainedShare : 1);

/** A board of source 001 with its vendor's figures beside what its cores and clocks give. */
export interface BoardPeak {
  readonly name: string;
  /** 32-bit and 16-bit floating point, as the vendor states them; never derived from each other (C1-16). */
  readonly statedFp32OpsPerSecond: number;
  readonly statedFp16OpsPerSecond: number;
  /** 2 * cores * clock over its GPUs. */
  readonly computedFp32OpsPerSecond: number;
  readonly powerWatts: number;
  readonly processors: readonly string[];
  readonly source: string;
}

export const JETSON_TX2: BoardPeak = {
  name: 'Jetson TX2',
  statedFp32OpsPerSecond: 0.75e12,
  statedFp16OpsPerSecond: 1.5e12,
  computedFp32OpsPerSecond: TEGRA_X2_GPU.peakOpsPerSecond,
  powerWatts: 15,
  processors: [TEGRA_X2_CPU.id, TEGRA_X2_GPU.id],
  source: 'Source 001, section 2.2 (there also "Jetson 2" and "Jetson X2")',
};

/** Two subsystems, each a Tegra X2 and a discrete GPU. */
export const DRIVE_PX2: BoardPeak = {
  name: 'Drive PX2 AutoChauffeur',
  statedFp32OpsPerSecond: 8e12,
  statedFp16OpsPerSecond: 20e12,
  computedFp32OpsPerSecond: 2 * (TEGRA_X2_GPU.peakOpsPerSecond + DRIVE_PX2_GPU.peakOpsPerSecond),
  powerWatts: 250,
  processors: [TEGRA_X2_CPU.id, TEGRA_X2_GPU.id, DRIVE_PX2_GPU.id],
  source: 'Source 001, section 2.2; two subsystems of a Tegra X2 and a discrete GPU each',
};
