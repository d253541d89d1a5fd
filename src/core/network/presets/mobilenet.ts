import { NetworkBuilder } from '../builder.ts';
import type { FeatureMap, LayerId, Network, Padding } from '../network.ts';

/** Filters of the 13 pointwise convolutions of MobileNetV1 and strides of the depthwise ones before them. */
const V1_BLOCKS = [
  [64, 1],
  [128, 2],
  [128, 1],
  [256, 2],
  [256, 1],
  [512, 2],
  [512, 1],
  [512, 1],
  [512, 1],
  [512, 1],
  [512, 1],
  [1024, 2],
  [1024, 1],
] as const;

interface MobilenetV1Options {
  readonly name: string;
  /** The share of the filters that is kept (the paper's alpha). */
  readonly width: number;
  readonly activation: 'relu' | 'relu6';
  readonly bias: boolean;
}

function mobilenetV1Of(input: FeatureMap, classCount: number, options: MobilenetV1Options): Network {
  const { width, activation, bias } = options;
  const b = new NetworkBuilder(options.name, input);
  b.convBlock(32 * width, 3, { stride: 2, activation, bias });
  for (const [filters, stride] of V1_BLOCKS) {
    b.depthwiseBlock(3, { stride, activation, bias });
    b.convBlock(filters * width, 1, { activation, bias, prefix: 'pw' });
  }
  b.globalAveragePool();
  b.dense(classCount);
  b.softmax();
  return b.build();
}

/** Howard et al. 2017, width 1.0 with ReLU6, padded as Keras does: 4,253,864 parameters at 1000 classes. */
export const mobilenetV1 = (input: FeatureMap, classCount: number): Network =>
  mobilenetV1Of(input, classCount, { name: 'MobileNetV1', width: 1, activation: 'relu6', bias: false });

/**
 * MLPerf Tiny's visual wake words (mlcommons/tiny, vww_model.py): width 0.25, ReLU, and convolutions that keep
 * Keras' default bias before batch norm: 221,794 parameters at 96x96x3 and 2 classes.
 */
export const mobilenetV1Quarter = (input: FeatureMap, classCount: number): Network =>
  mobilenetV1Of(input, classCount, {
    name: 'MobileNetV1 0.25',
    width: 0.25,
    activation: 'relu',
    bias: true,
  });

/**
 * One inverted residual block with a linear bottleneck (Sandler et al. 2018): 1x1 expansion, depthwise 3x3,
 * 1x1 projection, and an addition where the stride is 1 and the channels stay. Where the `hidden` channels are
 * as many as those of `entry`, nothing is expanded. Returns the id of the block's output.
 */
export function invertedResidual(
  b: NetworkBuilder,
  entry: LayerId,
  block: {
    readonly channels: number;
    readonly hidden: number;
    readonly filters: number;
    readonly stride: number;
    readonly padding: Padding | number;
  },
): LayerId {
  const { channels, hidden, filters, stride, padding } = block;
  if (hidden !== channels) b.convBlock(hidden, 1, { activation: 'relu6', prefix: 'expand' }, entry);
  const expanded = hidden === channels ? entry : b.last;
  b.depthwiseBlock(3, { stride, padding, activation: 'relu6' }, expanded);
  const projected = b.convBlock(filters, 1, { activation: 'none', prefix: 'project' });
  return stride === 1 && channels === filters ? b.add(projected, entry) : projected;
}

/** Table 2 of Sandler et al. 2018: expansion, filters, repetitions, stride of the first one. */
const V2_STAGES = [
  [1, 16, 1, 1],
  [6, 24, 2, 2],
  [6, 32, 3, 2],
  [6, 64, 4, 2],
  [6, 96, 3, 1],
  [6, 160, 3, 2],
  [6, 320, 1, 1],
] as const;

/**
 * Sandler et al. 2018, width 1.0, padded by one pixel all around as in torchvision: 17 blocks, 10 additions,
 * 3,504,872 trained parameters and 300.8 M MACs at 224x224x3 and 1000 classes.
 */
export function mobilenetV2(input: FeatureMap, classCount: number): Network {
  const b = new NetworkBuilder('MobileNetV2', input);
  let trunk = b.convBlock(32, 3, { stride: 2, padding: 1, activation: 'relu6' });
  let channels = 32;
  for (const [expansion, filters, repeats, first] of V2_STAGES) {
    for (let index = 0; index < repeats; index++) {
      const stride = index === 0 ? first : 1;
      trunk = invertedResidual(b, trunk, {
        channels,
        hidden: expansion * channels,
        filters,
        stride,
        padding: 1,
      });
      channels = filters;
    }
  }
  b.convBlock(1280, 1, { activation: 'relu6' }, trunk);
  b.globalAveragePool();
  b.dense(classCount);
  b.softmax();
  return b.build();
}

export function tinyMobilenetV2(input: FeatureMap, classCount: number): Network {
  const b = new NetworkBuilder('Tiny MobileNetV2', input);
  let trunk = b.convBlock(16, 3, { stride: 2, activation: 'relu6' });
  let channels = 16;
  for (const [expand, filters, stride] of [
    [4, 16, 1],
    [4, 24, 2],
    [4, 24, 1],
    [4, 40, 2],
    [4, 40, 1],
  ] as const) {
    const entry = trunk;
    b.convBlock(expand * channels, 1, { activation: 'relu6' }, entry);
    b.depthwiseBlock(3, { stride, activation: 'relu6' });
    const projected = b.convBlock(filters, 1, { activation: 'none' });
    trunk = stride === 1 && channels === filters ? b.add(entry, projected) : projected;
    channels = filters;
  }
  b.convBlock(128, 1, { activation: 'relu6' }, trunk);
  b.globalAveragePool();
  b.dense(classCount);
  b.softmax();
  return b.build();
}

/**
 * MLPerf Tiny's keyword spotting (mlcommons/tiny, ds_cnn): depthwise separable convolutions on 49 time steps of
 * 10 cepstral coefficients, with Keras' default bias: 24,908 parameters and 2.7 M MACs at 49x10x1, 12 classes.
 */
export function dsCnn(input: FeatureMap, classCount: number): Network {
  const b = new NetworkBuilder('DS-CNN', input);
  b.convBlock(64, [10, 4], { stride: 2, bias: true });
  b.dropout(0.2);
  for (let block = 0; block < 4; block++) {
    b.depthwiseBlock(3, { bias: true });
    b.convBlock(64, 1, { bias: true, prefix: 'pw' });
  }
  b.dropout(0.4);
  b.globalAveragePool();
  b.dense(classCount);
  b.softmax();
  return b.build();
}
