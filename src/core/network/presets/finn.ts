import { NetworkBuilder } from '../builder.ts';
import type { FeatureMap, Network } from '../network.ts';

/** FINN's VGG-like network: source 003, Fig. 3.2; channel list as in the public brevitas bnn_pynq CNV. */
export function cnv(input: FeatureMap, classCount: number): Network {
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

/** Three dense layers of the same width and a fourth for the classes, as in brevitas' bnn_pynq FC. */
function fullyConnected(name: string, width: number, input: FeatureMap, classCount: number): Network {
  const b = new NetworkBuilder(name, input);
  b.flatten();
  for (let layer = 0; layer < 3; layer++) {
    b.dense(width, { bias: false });
    b.batchNorm();
    b.relu();
  }
  b.dense(classCount, { bias: false });
  b.softmax();
  return b.build();
}

/**
 * FINN's small dense network: source 003, section 3.1, Fig. 3.1, with 334,336 weights on 28x28x1. Its batch
 * norms become thresholds on the device.
 */
export const sfc = (input: FeatureMap, classCount: number): Network =>
  fullyConnected('SFC', 256, input, classCount);

/** FINN's tiny dense network (finn-examples, bnn-pynq): 59,008 weights on 28x28x1. */
export const tfc = (input: FeatureMap, classCount: number): Network =>
  fullyConnected('TFC', 64, input, classCount);
