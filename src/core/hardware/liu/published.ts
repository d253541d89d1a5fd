import type { Network } from '../../network/network.ts';
import { mobilenetV1, mobilenetV2 } from '../../network/presets/mobilenet.ts';
import { square } from '../../network/presets/preset.ts';
import { resnet50V1, resnet152V1 } from '../../network/presets/resnet.ts';

/** A row of tables 2 and 4 of source 004, as printed; null where nothing is. GOPS count two operations a MAC. */
export interface PublishedRow {
  readonly network: 'MobileNetV1' | 'MobileNetV2' | 'ResNet-50' | 'ResNet-152';
  readonly platform: string;
  readonly milliseconds: number | null;
  readonly framesPerSecond: number | null;
  readonly gops: number | null;
  readonly watts: number | null;
  readonly gopsPerWatt: number | null;
  readonly dsp: number | null;
  readonly gopsPerDsp: number | null;
  readonly source: string;
  /** What contradicts the row, in words; null where nothing does. */
  readonly remark: string | null;
}

export const ENGINE_PLATFORM = 'XC7V690T (this engine)';

type Printed = readonly [
  milliseconds: number | null,
  framesPerSecond: number | null,
  gops: number | null,
  watts: number | null,
  gopsPerWatt: number | null,
  dsp: number | null,
  gopsPerDsp: number | null,
];

function row(
  network: PublishedRow['network'],
  platform: string,
  table: 2 | 4,
  printed: Printed,
  remark: string | null = null,
): PublishedRow {
  const [milliseconds, framesPerSecond, gops, watts, gopsPerWatt, dsp, gopsPerDsp] = printed;
  const source = `Liu et al. 2024, Table ${table}`;
  return {
    network,
    platform,
    milliseconds,
    framesPerSecond,
    gops,
    watts,
    gopsPerWatt,
    dsp,
    gopsPerDsp,
    source,
    remark,
  };
}

const TWICE_THE_WORK =
  '12.29 GOP a frame follow from its rate, the network has 22.6: not the same network (C4-13).';

export const PUBLISHED_ROWS: readonly PublishedRow[] = [
  row('MobileNetV1', 'Snapdragon 821', 2, [123, 8.13, 9.26, null, null, null, null]),
  row('MobileNetV1', ENGINE_PLATFORM, 2, [3.73, 267.8, 305.2, 11.24, 27.15, 2160, null]),
  row('MobileNetV2', 'Snapdragon 821', 2, [75, 13.3, 8, null, null, null, null]),
  row('MobileNetV2', 'Core i7-6700HQ', 2, [12.8, 78.2, 47.1, 29.88, 1.58, null, null]),
  row('MobileNetV2', 'GTX 960M', 2, [4.55, 219.7, 132.2, 46.67, 2.83, null, null]),
  row('MobileNetV2', ENGINE_PLATFORM, 2, [3.31, 302.3, 181.8, 11.35, 16.02, 2160, null]),
  row('ResNet-50', 'Core i7-11700', 4, [40, 25, 193.5, null, null, null, null]),
  row('ResNet-50', '[40] 7Z045', 4, [null, null, 130.4, null, null, 900, 0.14]),
  row('ResNet-50', '[38] VU9P', 4, [28.9, 34.6, 268.5, null, null, 6005, 0.05]),
  row('ResNet-50', ENGINE_PLATFORM, 4, [30.64, 32.64, 252.63, null, null, 2160, 0.12]),
  row('ResNet-152', 'Core i7-11700', 4, [129.36, 7.73, 174.85, null, null, null, null]),
  row('ResNet-152', '[37] Stratix V GXA7', 4, [81.19, 12.31, 278.67, null, null, null, null]),
  row('ResNet-152', '[39] VU9P', 4, [15.24, 65.5, 805.27, null, null, 5632, 0.14], TWICE_THE_WORK),
  row('ResNet-152', ENGINE_PLATFORM, 4, [80.45, 12.43, 281.17, null, null, 2160, 0.13]),
];

/** A network whose frame time on the engine is published. */
export interface PublishedNetwork {
  readonly name: PublishedRow['network'];
  readonly publishedMs: number;
  readonly source: string;
  /** What the layer table takes for granted; null where it is the published network's. */
  readonly assumption: string | null;
  readonly build: () => Network;
}

const STEM =
  'Version 1 (stride in the 1x1), which the printed GOP of a frame fit; its 7x7 convolution as nine 3x3 windows.';

const BUILDERS: Readonly<
  Record<PublishedRow['network'], { readonly build: () => Network; readonly assumption: string | null }>
> = {
  MobileNetV1: { build: () => mobilenetV1(square(224, 3), 1000), assumption: null },
  MobileNetV2: { build: () => mobilenetV2(square(224, 3), 1000), assumption: null },
  'ResNet-50': { build: () => resnet50V1(square(224, 3), 1000), assumption: STEM },
  'ResNet-152': { build: () => resnet152V1(square(224, 3), 1000), assumption: STEM },
};

export const PUBLISHED_NETWORKS: readonly PublishedNetwork[] = PUBLISHED_ROWS.filter(
  ({ platform }) => platform === ENGINE_PLATFORM,
).map(({ network, milliseconds, source }) => ({
  name: network,
  publishedMs: milliseconds ?? Number.NaN,
  source,
  ...BUILDERS[network],
}));
