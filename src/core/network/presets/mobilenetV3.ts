import { NetworkBuilder } from '../builder.ts';
import type { FeatureMap, LayerId, Network } from '../network.ts';

interface Bottleneck {
  readonly channels: number;
  readonly kernel: number;
  /** As many as `channels`: nothing is expanded. */
  readonly hidden: number;
  readonly filters: number;
  readonly gated: boolean;
  readonly activation: 'relu' | 'hardSwish';
  readonly stride: number;
}

/** The nearest multiple of 8 that is not more than 10 % smaller (torchvision's _make_divisible). */
function inEights(width: number): number {
  const nearest = Math.max(8, Math.floor((width + 4) / 8) * 8);
  return nearest < 0.9 * width ? nearest + 8 : nearest;
}

/**
 * Squeeze and excite (Hu et al. 2018) as MobileNetV3 has it: a quarter of the channels, ReLU, and a hard sigmoid
 * for a gate. Returns the id of the scaled map.
 */
function squeezeExcite(b: NetworkBuilder, map: LayerId, channels: number): LayerId {
  b.globalAveragePool(map);
  b.conv(inEights(Math.floor(channels / 4)), 1, { bias: true, prefix: 'squeeze' });
  b.relu();
  b.conv(channels, 1, { bias: true, prefix: 'excite' });
  return b.multiply(map, b.hardSigmoid());
}

/** An inverted residual block whose gate stands between the depthwise convolution and the projection. */
function bottleneck(b: NetworkBuilder, entry: LayerId, block: Bottleneck): LayerId {
  const { channels, kernel, hidden, filters, gated, activation, stride } = block;
  const expanded =
    hidden === channels ? entry : b.convBlock(hidden, 1, { activation, prefix: 'expand' }, entry);
  const padding = Math.floor(kernel / 2);
  const filtered = b.depthwiseBlock(kernel, { stride, padding, activation }, expanded);
  if (gated) squeezeExcite(b, filtered, hidden);
  const projected = b.convBlock(filters, 1, { activation: 'none', prefix: 'project' });
  return stride === 1 && channels === filters ? b.add(projected, entry) : projected;
}

type Row = readonly [
  kernel: number,
  hidden: number,
  filters: number,
  gate: 'SE' | '-',
  activation: 'RE' | 'HS',
  stride: number,
];

/** Howard et al. 2019, Table 1. */
const LARGE: readonly Row[] = [
  [3, 16, 16, '-', 'RE', 1],
  [3, 64, 24, '-', 'RE', 2],
  [3, 72, 24, '-', 'RE', 1],
  [5, 72, 40, 'SE', 'RE', 2],
  [5, 120, 40, 'SE', 'RE', 1],
  [5, 120, 40, 'SE', 'RE', 1],
  [3, 240, 80, '-', 'HS', 2],
  [3, 200, 80, '-', 'HS', 1],
  [3, 184, 80, '-', 'HS', 1],
  [3, 184, 80, '-', 'HS', 1],
  [3, 480, 112, 'SE', 'HS', 1],
  [3, 672, 112, 'SE', 'HS', 1],
  [5, 672, 160, 'SE', 'HS', 2],
  [5, 960, 160, 'SE', 'HS', 1],
  [5, 960, 160, 'SE', 'HS', 1],
];

/** Howard et al. 2019, Table 2. */
const SMALL: readonly Row[] = [
  [3, 16, 16, 'SE', 'RE', 2],
  [3, 72, 24, '-', 'RE', 2],
  [3, 88, 24, '-', 'RE', 1],
  [5, 96, 40, 'SE', 'HS', 2],
  [5, 240, 40, 'SE', 'HS', 1],
  [5, 240, 40, 'SE', 'HS', 1],
  [5, 120, 48, 'SE', 'HS', 1],
  [5, 144, 48, 'SE', 'HS', 1],
  [5, 288, 96, 'SE', 'HS', 2],
  [5, 576, 96, 'SE', 'HS', 1],
  [5, 576, 96, 'SE', 'HS', 1],
];

function mobilenetV3(
  name: string,
  rows: readonly Row[],
  units: number,
  input: FeatureMap,
  classCount: number,
): Network {
  const b = new NetworkBuilder(name, input);
  let trunk = b.convBlock(16, 3, { stride: 2, padding: 1, activation: 'hardSwish' });
  let channels = 16;
  for (const [kernel, hidden, filters, gate, activation, stride] of rows) {
    trunk = bottleneck(b, trunk, {
      channels,
      kernel,
      hidden,
      filters,
      gated: gate === 'SE',
      activation: activation === 'HS' ? 'hardSwish' : 'relu',
      stride,
    });
    channels = filters;
  }
  b.convBlock(6 * channels, 1, { activation: 'hardSwish' }, trunk);
  b.globalAveragePool();
  b.dense(units);
  b.hardSwish();
  b.dropout(0.2);
  b.dense(classCount);
  b.softmax();
  return b.build();
}

/** MobileNetV3-Large 1.0, padded as in torchvision: 5,483,032 trained parameters at 224x224x3 and 1000 classes. */
export const mobilenetV3Large = (input: FeatureMap, classCount: number): Network =>
  mobilenetV3('MobileNetV3-Large', LARGE, 1280, input, classCount);

/** MobileNetV3-Small 1.0, padded as in torchvision: 2,542,856 trained parameters at 224x224x3 and 1000 classes. */
export const mobilenetV3Small = (input: FeatureMap, classCount: number): Network =>
  mobilenetV3('MobileNetV3-Small', SMALL, 1024, input, classCount);

/** Kernel, stride of the first block, expansion, repetitions and filters of torchvision's stacks (MnasNet-B1). */
const MNASNET_STACKS = [
  [3, 2, 3, 3, 24],
  [5, 2, 3, 3, 40],
  [5, 2, 6, 3, 80],
  [3, 1, 6, 2, 96],
  [5, 2, 6, 4, 192],
  [3, 1, 6, 1, 320],
] as const;

/**
 * MnasNet-B1 1.0 (Tan et al. 2019, without gates) as in torchvision: 4,383,312 trained parameters at 224x224x3 and
 * 1000 classes.
 */
export function mnasnet(input: FeatureMap, classCount: number): Network {
  const b = new NetworkBuilder('MnasNet 1.0', input);
  const plain = { gated: false, activation: 'relu' } as const;
  const stem = b.convBlock(32, 3, { stride: 2, padding: 1 });
  let trunk = bottleneck(b, stem, { ...plain, channels: 32, kernel: 3, hidden: 32, filters: 16, stride: 1 });
  let channels = 16;
  for (const [kernel, first, expansion, repeats, filters] of MNASNET_STACKS) {
    for (let index = 0; index < repeats; index++) {
      const stride = index === 0 ? first : 1;
      const hidden = expansion * channels;
      trunk = bottleneck(b, trunk, { ...plain, channels, kernel, hidden, filters, stride });
      channels = filters;
    }
  }
  b.convBlock(1280, 1, {}, trunk);
  b.globalAveragePool();
  b.dropout(0.2);
  b.dense(classCount);
  b.softmax();
  return b.build();
}
