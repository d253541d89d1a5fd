import { NetworkBuilder } from '../builder.ts';
import type { FeatureMap, LayerId, Network } from '../network.ts';

/** Filters of the squeeze convolution and of each of the two expand convolutions of fire2 to fire9. */
export const FIRES = [
  [16, 64],
  [16, 64],
  [32, 128],
  [32, 128],
  [48, 192],
  [48, 192],
  [64, 256],
  [64, 256],
] as const;

/**
 * One fire module (Iandola et al. 2016): a 1x1 convolution squeezes the channels, a 1x1 and a 3x3 convolution
 * expand them side by side, the results are concatenated. `normalized` names the convolutions that batch norm
 * follows; they keep their bias. Returns the id of the concat.
 */
export function fire(
  b: NetworkBuilder,
  [squeeze, expand]: readonly [number, number],
  normalized: 'none' | 'expand' | 'all' = 'none',
): LayerId {
  const block = (filters: number, kernel: number, prefix: string, norm: boolean, from = b.last) =>
    norm
      ? b.convBlock(filters, kernel, { bias: true, prefix }, from)
      : b.convRelu(filters, kernel, { prefix }, from);
  const squeezed = block(squeeze, 1, 'squeeze', normalized === 'all');
  const pointwise = block(expand, 1, 'expand', normalized !== 'none', squeezed);
  return b.concat(pointwise, block(expand, 3, 'expand', normalized !== 'none', squeezed));
}

/** 3x3 pooling of stride 2 that rounds the extent up, as Caffe does: the row added is only seen where needed. */
export const ceilPool = (b: NetworkBuilder): LayerId => b.maxPool(3, { stride: 2, padding: [0, 1, 0, 1] });

/** The fires, with pooling after the convolution and after those of the given numbers. */
export function squeezenetBody(b: NetworkBuilder, pooledAfter: readonly number[]): void {
  ceilPool(b);
  for (const [index, filters] of FIRES.entries()) {
    fire(b, filters);
    if (pooledAfter.includes(index + 2)) ceilPool(b);
  }
}

function classifier(b: NetworkBuilder, classCount: number): Network {
  b.dropout(0.5);
  b.convRelu(classCount, 1);
  b.globalAveragePool();
  b.softmax();
  return b.build();
}

/** Iandola et al. 2016: 1,248,424 parameters and 819 M MACs at 224x224x3 and 1000 classes. */
export function squeezenet10(input: FeatureMap, classCount: number): Network {
  const b = new NetworkBuilder('SqueezeNet 1.0', input);
  b.convRelu(96, 7, { stride: 2, padding: 'valid' });
  squeezenetBody(b, [4, 8]);
  return classifier(b, classCount);
}

/** The authors' second version, pooled earlier: 1,235,496 parameters and 349 M MACs at 224x224x3, 1000 classes. */
export function squeezenet11(input: FeatureMap, classCount: number): Network {
  const b = new NetworkBuilder('SqueezeNet 1.1', input);
  b.convRelu(64, 3, { stride: 2, padding: 'valid' });
  squeezenetBody(b, [3, 5]);
  return classifier(b, classCount);
}
