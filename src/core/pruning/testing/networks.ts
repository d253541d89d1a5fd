import { NetworkBuilder } from '../../network/builder.ts';
import type { FeatureMap, Layer, Network } from '../../network/network.ts';

const INPUT: FeatureMap = { height: 8, width: 8, channels: 3 };

/** A concat of two branches added to a third layer: slots are tied in two blocks of 4 and 8. */
export function concatAdd(linearRight = false): Network {
  const b = new NetworkBuilder('concat and add', INPUT);
  const left = b.convBlock(4, 3);
  const right = b.convBlock(8, 3, linearRight ? { activation: 'none' } : {}, 'input');
  const both = b.concat(left, right);
  const whole = b.convBlock(12, 3, { activation: 'none' }, 'input');
  const sum = b.add(both, whole);
  if (!linearRight) b.relu(sum);
  b.conv(5, 3, { bias: true });
  b.globalAveragePool();
  b.dense(3);
  b.softmax();
  return b.build();
}

/** The same branches twice in other orders: one slot holds channels at different places of one layer. */
export function crossedConcats(): Network {
  const b = new NetworkBuilder('crossed concats', INPUT);
  const left = b.convBlock(4, 3);
  const right = b.convBlock(4, 3, {}, 'input');
  b.add(b.concat(left, right), b.concat(right, left));
  b.conv(6, 1);
  b.relu();
  b.flatten();
  b.batchNorm();
  b.dense(3);
  return b.build();
}

/** Activations that APoZ knows nothing about, on branches beside ReLUs. */
export function curved(): Network {
  const b = new NetworkBuilder('curved', INPUT);
  const trunk = b.convBlock(6, 3, { activation: 'hardSwish' });
  const left = b.convBlock(4, 3, {}, trunk);
  b.sigmoid(b.conv(4, 3, {}, trunk));
  const right = b.relu(b.tanh());
  b.concat(left, right);
  b.conv(5, 3, { bias: true });
  b.leakyRelu(0.1);
  b.convBlock(6, 3);
  b.globalAveragePool();
  b.hardSigmoid();
  b.dense(3);
  return b.build();
}

/** Squeeze and excite (Hu et al. 2018) on a map, and a product of two maps. */
export function gated(): Network {
  const b = new NetworkBuilder('gated', INPUT);
  const map = b.convBlock(8, 3);
  b.globalAveragePool(map);
  b.conv(4, 1, { bias: true });
  b.relu();
  b.conv(8, 1, { bias: true });
  const scaled = b.multiply(b.hardSigmoid(), map);
  const left = b.convBlock(6, 3, {}, scaled);
  b.conv(6, 1, {}, scaled);
  b.multiply(left, b.sigmoid());
  b.globalAveragePool();
  b.dense(3);
  return b.build();
}

/** The neck of a detector: a deep map enlarged and joined to a shallow one. */
export function enlarged(): Network {
  const b = new NetworkBuilder('enlarged', INPUT);
  const shallow = b.convBlock(4, 3);
  b.maxPool(2);
  b.convBlock(6, 3);
  const deep = b.upsample(2);
  b.concat(shallow, deep);
  b.convBlock(5, 3);
  b.upsample([2, 3], 'bilinear');
  b.conv(4, 1);
  b.globalAveragePool();
  b.dense(3);
  return b.build();
}

/** Two units of ShuffleNet (Zhang et al. 2018): the first halves the map and joins, the second adds. */
export function shuffled(): Network {
  const b = new NetworkBuilder('shuffled', INPUT);
  const entry = b.convBlock(8, 3);
  const shortcut = b.averagePool(3, { stride: 2, padding: 'same' }, entry);
  b.convBlock(8, 1, {}, entry);
  b.channelShuffle(2);
  b.depthwiseBlock(3, { stride: 2, activation: 'none' });
  b.convBlock(8, 1, { groups: 2, activation: 'none' });
  const trunk = b.relu(b.concat(shortcut, b.last));
  b.convBlock(8, 1, { groups: 2 });
  b.channelShuffle(2);
  b.depthwiseBlock(3, { activation: 'none' });
  b.add(trunk, b.convBlock(16, 1, { groups: 2, bias: true, activation: 'none' }));
  b.relu();
  b.globalAveragePool();
  b.dense(3);
  return b.build();
}

/** An addition that ties a shuffled map to one in order, so that every slot holds channels of several places. */
export function shuffledSum(): Network {
  const b = new NetworkBuilder('shuffled sum', INPUT);
  const left = b.channelShuffle(3, b.convBlock(12, 3));
  const right = b.convBlock(12, 3, {}, 'input');
  b.add(left, right);
  b.conv(4, 1);
  b.relu();
  b.flatten();
  b.dense(3);
  return b.build();
}

/** The normalization of SSD's conv4_3 (Liu et al. 2016) before a convolution, and one of a vector. */
export function normalized(): Network {
  const b = new NetworkBuilder('normalized', INPUT);
  b.convBlock(6, 3);
  b.l2Normalize();
  b.conv(5, 3, { bias: true });
  b.relu();
  b.globalAveragePool();
  b.l2Normalize();
  b.dense(3);
  return b.build();
}

const edited = (network: Network, id: string, patch: object): Network => ({
  ...network,
  layers: network.layers.map((layer) => (layer.id === id ? ({ ...layer, ...patch } as Layer) : layer)),
});

/** A depthwise convolution that makes two channels of each, added to a layer of twice the width. */
export function depthMultiplier(): Network {
  const b = new NetworkBuilder('depth multiplier', INPUT);
  const narrow = b.convBlock(4, 3);
  const wide = b.convBlock(8, 3, { stride: 2 }, 'input');
  b.depthwise(3, { stride: 2, bias: true }, narrow);
  const doubled = b.relu();
  b.add(doubled, wide);
  b.averagePool(3, { stride: 1, padding: 'same' });
  b.conv(6, 3, { dilation: 2 });
  b.relu6();
  b.dropout(0.5);
  b.flatten();
  b.dense(5);
  b.relu();
  b.dense(3);
  return edited(b.build(), 'dw1', { depthMultiplier: 2 });
}

/** A grouped convolution between plain ones, with padding written out and a global maximum at the end. */
export function grouped(): Network {
  const b = new NetworkBuilder('grouped', INPUT);
  b.convBlock(8, 3);
  b.convBlock(8, 3, { groups: 2 });
  b.convBlock(6, 3);
  b.conv(6, 3);
  b.relu();
  b.conv(4, 1, { bias: true });
  b.relu();
  b.dense(3, {}, b.globalAveragePool());
  const padded = edited(b.build(), 'conv4', { padding: [2, 0, 1, 0] });
  return edited(padded, 'gap1', { kind: 'globalMaxPool' });
}
