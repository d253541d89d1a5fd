import { NetworkBuilder } from '../builder.ts';
import type { FeatureMap, Network } from '../network.ts';

function classifier(b: NetworkBuilder, classCount: number): Network {
  b.flatten();
  b.denseRelu(4096);
  b.dropout(0.5);
  b.denseRelu(4096);
  b.dropout(0.5);
  b.dense(classCount);
  b.softmax();
  return b.build();
}

/**
 * Krizhevsky 2014 ("one weird trick"), the single tower that torchvision has, without local response
 * normalization: 61,100,840 parameters and 714 M MACs at 224x224x3 and 1000 classes.
 */
export function alexnet(input: FeatureMap, classCount: number): Network {
  const b = new NetworkBuilder('AlexNet', input);
  b.convRelu(64, 11, { stride: 4, padding: 2 });
  b.maxPool(3, { stride: 2 });
  b.convRelu(192, 5);
  b.maxPool(3, { stride: 2 });
  for (const filters of [384, 256, 256]) b.convRelu(filters, 3);
  b.maxPool(3, { stride: 2 });
  return classifier(b, classCount);
}

/** Simonyan and Zisserman 2015, without batch norm; `repeats` 3x3 convolutions in each of the five stages. */
function vgg(name: string, repeats: readonly number[], input: FeatureMap, classCount: number): Network {
  const b = new NetworkBuilder(name, input);
  for (const [stage, count] of repeats.entries()) {
    const filters = Math.min(64 * 2 ** stage, 512);
    for (let index = 0; index < count; index++) b.convRelu(filters, 3);
    b.maxPool(2);
  }
  return classifier(b, classCount);
}

/** Configuration B: 133,047,848 parameters and 11.3 G MACs at 224x224x3 and 1000 classes. */
export const vgg13 = (input: FeatureMap, classCount: number): Network =>
  vgg('VGG-13', [2, 2, 2, 2, 2], input, classCount);

/** Configuration D: 138,357,544 parameters and 15.5 G MACs at 224x224x3 and 1000 classes. */
export const vgg16 = (input: FeatureMap, classCount: number): Network =>
  vgg('VGG-16', [2, 2, 3, 3, 3], input, classCount);

/** Configuration E: 143,667,240 parameters and 19.6 G MACs at 224x224x3 and 1000 classes. */
export const vgg19 = (input: FeatureMap, classCount: number): Network =>
  vgg('VGG-19', [2, 2, 4, 4, 4], input, classCount);
