/** One pair of times of source 001, Table 4: Caffe, one image, 32-bit floating point, milliseconds. */
export interface PublishedTime {
  readonly platform: 'Jetson TX2' | 'Drive PX2';
  readonly unit: 'CPU' | 'iGPU' | 'dGPU';
  /** Id in the catalog. */
  readonly deviceId: string;
  readonly network: DetectorName;
  readonly originalMs: number;
  readonly prunedMs: number;
  /** As printed, in percent. */
  readonly printedChangePercent: number;
}

export type DetectorName = 'VGG-SSD' | 'PVA-SSD' | 'SqueezeNet-SSD';
const DETECTORS: readonly DetectorName[] = ['VGG-SSD', 'PVA-SSD', 'SqueezeNet-SSD'];

type Pair = readonly [originalMs: number, prunedMs: number, printedChangePercent: number];

const unit = (
  platform: PublishedTime['platform'],
  name: PublishedTime['unit'],
  deviceId: string,
  pairs: readonly [Pair, Pair, Pair],
): readonly PublishedTime[] =>
  pairs.map(([originalMs, prunedMs, printedChangePercent], i) => ({
    platform,
    unit: name,
    deviceId,
    network: DETECTORS[i] as DetectorName,
    originalMs,
    prunedMs,
    printedChangePercent,
  }));

/** Source 001, Table 4 (printed as "Table 2", section 3.1), in its order. The Jetson's "GPU" is the iGPU. */
export const PUBLISHED_TIMES: readonly PublishedTime[] = [
  ...unit('Drive PX2', 'CPU', 'tegra-x2-cpu', [
    [1869.3, 1532.6, -18],
    [286.3, 278.9, -2.6],
    [215.9, 176.1, -18.4],
  ]),
  ...unit('Drive PX2', 'iGPU', 'tegra-x2-gpu', [
    [160.7, 138.6, -13.8],
    [67.4, 62.4, -7.4],
    [35.1, 31.8, -9.4],
  ]),
  ...unit('Drive PX2', 'dGPU', 'drive-px2-dgpu', [
    [49.1, 43.7, -11],
    [56.8, 56.1, -1.3],
    [24.6, 23.2, -5.5],
  ]),
  ...unit('Jetson TX2', 'CPU', 'tegra-x2-cpu', [
    [1806.8, 1432.6, -20.7],
    [281.7, 261.1, -7.3],
    [204.5, 174.2, -14.8],
  ]),
  ...unit('Jetson TX2', 'iGPU', 'tegra-x2-gpu', [
    [157.1, 136.1, -13.4],
    [65.9, 60.9, -7.5],
    [34.8, 31.4, -9.7],
  ]),
];

/** Change of a pair, computed: pruned / original - 1, as a share. */
export const changeOf = ({ originalMs, prunedMs }: PublishedTime): number => prunedMs / originalMs - 1;

export interface MeanImprovement {
  readonly name: string;
  /** Arithmetic mean of the printed percentages, as a share. */
  readonly improvement: number;
  /** The same of the changes computed from the printed times. */
  readonly recomputed: number;
  /** What source 001, section 3.1 prints as the mean. */
  readonly printedPercent: number;
}

/**
 * Mean improvements beside what source 001 prints (SI-25). Its 8.2 % of the Jetson is the sum of the six
 * entries divided by nine (C1-07).
 */
export function publishedMeans(): readonly MeanImprovement[] {
  const of = (name: string, printedPercent: number, keep: (time: PublishedTime) => boolean) => {
    const times = PUBLISHED_TIMES.filter(keep);
    const mean = (value: (time: PublishedTime) => number) =>
      -times.reduce((sum, time) => sum + value(time), 0) / times.length;
    const improvement = mean((time) => time.printedChangePercent) / 100;
    return { name, improvement, recomputed: mean(changeOf), printedPercent };
  };
  const on = (platform: PublishedTime['platform'], unit?: PublishedTime['unit']) => (time: PublishedTime) =>
    time.platform === platform && (unit === undefined || time.unit === unit);
  return [
    of('Drive PX2', 9.7, on('Drive PX2')),
    of('Jetson TX2', 8.2, on('Jetson TX2')),
    of('Drive PX2 CPU', 13, on('Drive PX2', 'CPU')),
    of('Jetson TX2 CPU', 14.3, on('Jetson TX2', 'CPU')),
    of('Drive PX2 iGPU', 10, on('Drive PX2', 'iGPU')),
    of('Jetson TX2 iGPU', 10, on('Jetson TX2', 'iGPU')),
  ];
}

/** How much faster than the CPU of the same board a unit runs a network (SI-27); null where it is not listed. */
export function speedUpOverCpu(time: PublishedTime): number | null {
  const cpu = PUBLISHED_TIMES.find(
    ({ platform, unit: name, network }) =>
      platform === time.platform && network === time.network && name === 'CPU',
  );
  return cpu ? cpu.originalMs / time.originalMs : null;
}

/** MACs of the back-ends before and after static pruning (source 001, Table 3, section 2.3.3). */
export const BACK_END_MACS: Readonly<Record<DetectorName, readonly [original: number, pruned: number]>> = {
  'VGG-SSD': [30.1e9, 23.4e9],
  'PVA-SSD': [976e6, 706e6],
  'SqueezeNet-SSD': [535e6, 397e6],
};

/** PVA-SSD as far as source 001 describes it: Table 1, and section 3.1 for the nodes ("more than 400"). */
export const PVA_SSD = { macCount: 1.3e9, parameterCount: 5.7e6, nodeCount: 400 } as const;
