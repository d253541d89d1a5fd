import { NetworkBuilder } from '../builder.ts';
import type { FeatureMap, Network } from '../network.ts';

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

/** LeCun et al. 1998 with ReLU and max pooling; `same` padding in the first layer, as on 28x28 MNIST. */
export function lenet(input: FeatureMap, classCount: number): Network {
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
