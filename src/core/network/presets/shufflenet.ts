import { NetworkBuilder } from '../builder.ts';
import type { FeatureMap, LayerId, Network } from '../network.ts';

interface Unit {
  /** Channels of the map that is read. */
  readonly channels: number;
  readonly filters: number;
  readonly groups: number;
  /** 2 halves the map and joins the pooled input, 1 adds the input. */
  readonly stride: number;
  /** False in front of a map with few channels. */
  readonly groupedEntry: boolean;
}

/**
 * One unit of ShuffleNet (Zhang et al. 2018, figure 2): a grouped 1x1 convolution to a quarter of the filters, a
 * channel shuffle, a depthwise 3x3 without activation and a grouped 1x1 convolution; the ReLU comes behind the
 * addition, or behind the concat with the average of the input. Returns the id of the unit's output.
 */
function shuffleUnit(b: NetworkBuilder, entry: LayerId, unit: Unit): LayerId {
  const { channels, filters, groups, stride, groupedEntry } = unit;
  b.convBlock(filters / 4, 1, { groups: groupedEntry ? groups : 1, prefix: 'squeeze' }, entry);
  b.channelShuffle(groups);
  b.depthwiseBlock(3, { stride, padding: 1, activation: 'none' });
  const own = stride === 1 ? filters : filters - channels;
  const branch = b.convBlock(own, 1, { groups, activation: 'none', prefix: 'expand' });
  if (stride === 1) return b.relu(b.add(entry, branch));
  const pooled = b.averagePool(3, { stride, padding: 1 }, entry);
  return b.relu(b.concat(pooled, branch));
}

/** Units one after the other; the first of each stage halves the map. `stages`: filters, units. */
function shuffleStages(
  b: NetworkBuilder,
  start: number,
  groups: number,
  stages: readonly (readonly [filters: number, units: number])[],
): void {
  let channels = start;
  let trunk = b.last;
  for (const [stage, [filters, units]] of stages.entries()) {
    for (let index = 0; index < units; index++) {
      const stride = index === 0 ? 2 : 1;
      const groupedEntry = stage + index > 0;
      trunk = shuffleUnit(b, trunk, { channels, filters, groups, stride, groupedEntry });
      channels = filters;
    }
  }
}

function classified(b: NetworkBuilder, classCount: number): Network {
  b.globalAveragePool();
  b.dense(classCount);
  b.softmax();
  return b.build();
}

/**
 * Zhang et al. 2018, table 1, three groups, width 1: 137 M MACs at 224x224x3 and 1000 classes as in the paper, and
 * 1,865,728 trained parameters, the 1.87 M that MMClassification gives for it.
 */
export function shufflenetV1(input: FeatureMap, classCount: number): Network {
  const b = new NetworkBuilder('ShuffleNetV1', input);
  b.convBlock(24, 3, { stride: 2, padding: 1 });
  b.maxPool(3, { stride: 2, padding: 1 });
  shuffleStages(b, 24, 3, [
    [240, 4],
    [480, 8],
    [960, 4],
  ]);
  return classified(b, classCount);
}

/** Four units in two groups, whose widths leave pruning several places a group. */
export function tinyShufflenet(input: FeatureMap, classCount: number): Network {
  const b = new NetworkBuilder('Tiny ShuffleNet', input);
  b.convBlock(32, 3, { stride: 2, padding: 1 });
  shuffleStages(b, 32, 2, [
    [128, 2],
    [256, 2],
  ]);
  return classified(b, classCount);
}
