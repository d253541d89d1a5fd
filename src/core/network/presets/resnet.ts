import { NetworkBuilder } from '../builder.ts';
import type { FeatureMap, LayerId, Network } from '../network.ts';

/** The 7x7 convolution and the 3x3 pooling with which ImageNet's ResNets begin. */
function stem(b: NetworkBuilder): LayerId {
  b.convBlock(64, 7, { stride: 2, padding: 3 });
  return b.maxPool(3, { stride: 2, padding: 1 });
}

function classifier(b: NetworkBuilder, classCount: number): Network {
  b.globalAveragePool();
  b.dense(classCount);
  b.softmax();
  return b.build();
}

/** Residual branch plus shortcut, then ReLU; the shortcut is a 1x1 convolution where the shape changes. */
function join(
  b: NetworkBuilder,
  entry: LayerId,
  branch: LayerId,
  filters: number,
  stride: number,
  projected: boolean,
) {
  const shortcut = projected
    ? b.convBlock(filters, 1, { stride, activation: 'none', prefix: 'shortcut' }, entry)
    : entry;
  b.add(branch, shortcut);
  return b.relu();
}

/** He et al. 2016, basic blocks: 11,689,512 trained parameters and 1.814 G MACs at 224x224x3, 1000 classes. */
export function resnet18(input: FeatureMap, classCount: number): Network {
  const b = new NetworkBuilder('ResNet-18', input);
  let trunk = stem(b);
  for (const [stage, filters] of [64, 128, 256, 512].entries()) {
    for (let block = 0; block < 2; block++) {
      const stride = stage > 0 && block === 0 ? 2 : 1;
      b.convBlock(filters, 3, { stride, padding: 1 }, trunk);
      const branch = b.convBlock(filters, 3, { padding: 1, activation: 'none' });
      trunk = join(b, trunk, branch, filters, stride, stride > 1);
    }
  }
  return classifier(b, classCount);
}

interface BottleneckOptions {
  readonly name: string;
  /** Blocks of each of the four stages. */
  readonly blocks: readonly number[];
  /** The convolution of a stage's first block that halves the map: the first 1x1 (v1) or the 3x3 (v1.5). */
  readonly halvedBy: '1x1' | '3x3';
}

/** He et al. 2016, bottleneck blocks of 1x1, 3x3 and 1x1 convolutions. */
function bottleneckResnet(input: FeatureMap, classCount: number, options: BottleneckOptions): Network {
  const b = new NetworkBuilder(options.name, input);
  let trunk = stem(b);
  for (const [stage, blocks] of options.blocks.entries()) {
    const filters = 64 * 2 ** stage;
    for (let block = 0; block < blocks; block++) {
      const stride = stage > 0 && block === 0 ? 2 : 1;
      const early = options.halvedBy === '1x1';
      b.convBlock(filters, 1, { stride: early ? stride : 1 }, trunk);
      b.convBlock(filters, 3, { stride: early ? 1 : stride, padding: 1 });
      const branch = b.convBlock(4 * filters, 1, { activation: 'none' });
      trunk = join(b, trunk, branch, 4 * filters, stride, block === 0);
    }
  }
  return classifier(b, classCount);
}

const RESNET50 = [3, 4, 6, 3];
const RESNET152 = [3, 8, 36, 3];

/** He et al. 2016 as in Caffe and Keras: 25,557,032 trained parameters, 3.858 G MACs at 224x224x3, 1000 classes. */
export const resnet50V1 = (input: FeatureMap, classCount: number): Network =>
  bottleneckResnet(input, classCount, { name: 'ResNet-50 v1', blocks: RESNET50, halvedBy: '1x1' });

/** The stride in the 3x3 convolutions, as in torchvision: 4.089 G MACs. */
export const resnet50V15 = (input: FeatureMap, classCount: number): Network =>
  bottleneckResnet(input, classCount, { name: 'ResNet-50 v1.5', blocks: RESNET50, halvedBy: '3x3' });

/** He et al. 2016: 60,192,808 trained parameters, 11.282 G MACs at 224x224x3, 1000 classes. */
export const resnet152V1 = (input: FeatureMap, classCount: number): Network =>
  bottleneckResnet(input, classCount, { name: 'ResNet-152 v1', blocks: RESNET152, halvedBy: '1x1' });

/** The stride in the 3x3 convolutions, as in torchvision: 11.514 G MACs. */
export const resnet152V15 = (input: FeatureMap, classCount: number): Network =>
  bottleneckResnet(input, classCount, { name: 'ResNet-152 v1.5', blocks: RESNET152, halvedBy: '3x3' });

export function tinyResnet(input: FeatureMap, classCount: number): Network {
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

/**
 * MLPerf Tiny's image classification (mlcommons/tiny, resnet_v1_eembc): three residual blocks whose
 * convolutions keep Keras' default bias, and shortcuts without batch norm: 78,666 parameters and 12.5 M MACs at
 * 32x32x3 and 10 classes.
 */
export function resnet8(input: FeatureMap, classCount: number): Network {
  const b = new NetworkBuilder('ResNet-8', input);
  let trunk = b.convBlock(16, 3, { bias: true });
  for (const [stage, filters] of [16, 32, 64].entries()) {
    const stride = stage === 0 ? 1 : 2;
    b.convBlock(filters, 3, { stride, bias: true }, trunk);
    const branch = b.convBlock(filters, 3, { bias: true, activation: 'none' });
    const shortcut =
      stage === 0 ? trunk : b.conv(filters, 1, { stride, bias: true, prefix: 'shortcut' }, trunk);
    b.add(shortcut, branch);
    trunk = b.relu();
  }
  return classifier(b, classCount);
}
