import { NetworkBuilder } from '../builder.ts';
import type { FeatureMap, Network, Padding } from '../network.ts';

export function tinyCnn(input: FeatureMap, classCount: number): Network {
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

/**
 * LeCun et al. 1998 with ReLU and max pooling, every feature map of the second convolution reading all of the
 * first.
 */
function lenetOf(name: string, first: Padding, input: FeatureMap, classCount: number): Network {
  const b = new NetworkBuilder(name, input);
  b.convRelu(6, 5, { padding: first });
  b.maxPool(2);
  b.convRelu(16, 5, { padding: 'valid' });
  b.maxPool(2);
  b.flatten();
  b.denseRelu(120);
  b.denseRelu(84);
  b.dense(classCount);
  b.softmax();
  return b.build();
}

/** LeNet-5: 61,706 parameters on 28x28x1, whose first layer pads as on MNIST. */
export const lenet = (input: FeatureMap, classCount: number): Network =>
  lenetOf('LeNet-5', input.height === 28 ? 'same' : 'valid', input, classCount);

/** LeNet-5 for color images: 338,486 parameters on 64x64x3 (EuroSAT), 62,006 on 32x32x3 (CIFAR-10). */
export const lenetRgb = (input: FeatureMap, classCount: number): Network =>
  lenetOf('LeNet-5 RGB', 'valid', input, classCount);

/** Keras code of the second-named source (002, section 5.2.3): ReLU comes before batch norm. */
export function customRsClassifier(input: FeatureMap, classCount: number): Network {
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
