import { NetworkBuilder } from './builder.ts';
import type { FeatureMap, Network } from './network.ts';

export interface Preset {
  readonly id: string;
  readonly name: string;
  /** What it is and where it comes from, one line. */
  readonly description: string;
  /** The input the network was designed for. */
  readonly input: FeatureMap;
  build(input: FeatureMap, classCount: number): Network;
}

const map = (extent: number, channels: number): FeatureMap => ({ height: extent, width: extent, channels });

function tinyCnn(input: FeatureMap, classCount: number): Network {
  const b = new NetworkBuilder('Tiny CNN', input);
  b.convBlock(16, 3);
  b.maxPool(2);
  b.convBlock(32, 3);
  b.maxPool(2);
  b.convBlock(64, 3);
  b.globalAveragePool();
  b.dense(classCount);
  b.softmax();
  return b.build();
}

/** LeCun et al. 1998 with ReLU and max pooling; `same` padding in the first layer, as on 28x28 MNIST. */
function lenet(input: FeatureMap, classCount: number): Network {
  const b = new NetworkBuilder('LeNet-5', input);
  b.conv(6, 5, { padding: input.height === 28 ? 'same' : 'valid', bias: true });
  b.relu();
  b.maxPool(2);
  b.conv(16, 5, { padding: 'valid', bias: true });
  b.relu();
  b.maxPool(2);
  b.flatten();
  b.dense(120);
  b.relu();
  b.dense(84);
  b.relu();
  b.dense(classCount);
  b.softmax();
  return b.build();
}

/** Keras code of the second-named source (002, section 5.2.3): ReLU comes before batch norm. */
function customRsClassifier(input: FeatureMap, classCount: number): Network {
  const b = new NetworkBuilder('custom_rs_classifier', input);
  for (const filters of [32, 64, 128]) {
    b.conv(filters, 5, { bias: true });
    b.relu();
    b.batchNorm();
    b.maxPool(4);
  }
  b.flatten();
  b.dense(128);
  b.relu();
  b.batchNorm();
  b.dense(classCount);
  b.softmax();
  return b.build();
}

/** FINN's VGG-like network: source 003, Fig. 3.2; channel list as in the public brevitas bnn_pynq CNV. */
function cnv(input: FeatureMap, classCount: number): Network {
  const b = new NetworkBuilder('CNV', input);
  for (const [first, second, pool] of [
    [64, 64, true],
    [128, 128, true],
    [256, 256, false],
  ] as const) {
    b.convBlock(first, 3, { padding: 'valid' });
    b.convBlock(second, 3, { padding: 'valid' });
    if (pool) b.maxPool(2);
  }
  b.flatten();
  for (const units of [512, 512]) {
    b.dense(units, { bias: false });
    b.batchNorm();
    b.relu();
  }
  b.dense(classCount, { bias: false });
  b.softmax();
  return b.build();
}

function tinyResnet(input: FeatureMap, classCount: number): Network {
  const b = new NetworkBuilder('Tiny ResNet', input);
  let trunk = b.convBlock(16, 3);
  for (const [filters, stride] of [
    [16, 1],
    [32, 2],
    [64, 2],
  ] as const) {
    const entry = trunk;
    b.convBlock(filters, 3, { stride }, entry);
    const branch = b.convBlock(filters, 3, { activation: 'none' });
    const shortcut = stride === 1 ? entry : b.convBlock(filters, 1, { stride, activation: 'none' }, entry);
    b.add(branch, shortcut);
    trunk = b.relu();
  }
  b.globalAveragePool();
  b.dense(classCount);
  b.softmax();
  return b.build();
}

function tinyMobilenetV2(input: FeatureMap, classCount: number): Network {
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

export const PRESETS: readonly Preset[] = [
  {
    id: 'tiny-cnn',
    name: 'Tiny CNN',
    description: 'Three 3x3 convolutions of 16, 32 and 64 filters; trains in seconds',
    input: map(32, 3),
    build: tinyCnn,
  },
  {
    id: 'lenet',
    name: 'LeNet-5',
    description: 'LeCun 1998, with ReLU and max pooling',
    input: map(28, 1),
    build: lenet,
  },
  {
    id: 'custom-rs-classifier',
    name: 'custom_rs_classifier',
    description:
      'The remote-sensing classifier of source 002: three 5x5 convolutions, ReLU before batch norm',
    input: map(224, 3),
    build: customRsClassifier,
  },
  {
    id: 'cnv',
    name: 'CNV',
    description: "FINN's VGG-like network: six valid 3x3 convolutions, three dense layers",
    input: map(32, 3),
    build: cnv,
  },
  {
    id: 'tiny-resnet',
    name: 'Tiny ResNet',
    description: 'Three residual blocks of 16, 32 and 64 channels',
    input: map(32, 3),
    build: tinyResnet,
  },
  {
    id: 'tiny-mobilenet-v2',
    name: 'Tiny MobileNetV2',
    description: 'Five inverted residual blocks with depthwise convolutions and ReLU6',
    input: map(32, 3),
    build: tinyMobilenetV2,
  },
];

export function presetById(id: string): Preset | undefined {
  return PRESETS.find((preset) => preset.id === id);
}
