import { NetworkBuilder } from '../builder.ts';
import type { FeatureMap, LayerId, Network } from '../network.ts';
import { invertedResidual } from './mobilenet.ts';
import { ceilPool, FIRES, fire } from './squeezenet.ts';

/**
 * The heads of SSD (Liu et al. 2016): on every scale a 3x3 convolution for the four offsets of each box (loc)
 * and one for its classes (conf). They are the outputs; decoding the boxes is left to the host. `boxCounts`:
 * the default boxes at each pixel of a scale.
 */
function ssdHeads(
  b: NetworkBuilder,
  scales: readonly LayerId[],
  boxCounts: readonly number[],
  classCount: number,
): void {
  for (const [index, boxCount] of boxCounts.entries()) {
    b.conv(4 * boxCount, 3, { bias: true, prefix: 'loc' }, scales[index]);
    b.conv(classCount * boxCount, 3, { bias: true, prefix: 'conf' }, scales[index]);
  }
}

/**
 * SSD300 on VGG-16 with reduced dense layers (Liu et al. 2016): 26,285,486 parameters, 512 of them the factors
 * behind conv4_3's L2 normalization, and 31.37 G MACs at 300x300x3 and 21 classes, background included.
 */
export function vggSsd300(input: FeatureMap, classCount: number): Network {
  const b = new NetworkBuilder('VGG-SSD300', input);
  const stage = (filters: number, count: number) => {
    for (let index = 0; index < count; index++) b.convRelu(filters, 3);
    return b.last;
  };
  stage(64, 2);
  b.maxPool(2);
  stage(128, 2);
  b.maxPool(2);
  stage(256, 3);
  // 75 pixels become 38, not 37: Caffe rounds up.
  b.maxPool(2, { padding: [0, 1, 0, 1] });
  const shallow = stage(512, 3);
  b.maxPool(2);
  stage(512, 3);
  b.maxPool(3, { stride: 1, padding: 'same' });
  b.convRelu(1024, 3, { dilation: 6 });
  const taps = [b.convRelu(1024, 1)];
  for (const [squeezed, filters, options] of [
    [256, 512, { stride: 2, padding: 1 }],
    [128, 256, { stride: 2, padding: 1 }],
    [128, 256, { padding: 'valid' }],
    [128, 256, { padding: 'valid' }],
  ] as const) {
    b.convRelu(squeezed, 1);
    taps.push(b.convRelu(filters, 3, options));
  }
  ssdHeads(b, [b.l2Normalize(shallow), ...taps], [4, 6, 6, 6, 4, 4], classCount);
  return b.build();
}

/**
 * SSD300 on SqueezeNet 1.1 (github.com/chuanqi305/SqueezeNet-SSD): 5,530,656 trained parameters and 1.176 G
 * MACs at 300x300x3 and 21 classes, background included.
 */
export function squeezenetSsd300(input: FeatureMap, classCount: number): Network {
  const b = new NetworkBuilder('SqueezeNet-SSD300', input);
  b.convRelu(64, 3, { stride: 2, padding: 'valid' });
  ceilPool(b);
  fire(b, FIRES[0]);
  fire(b, FIRES[1]);
  ceilPool(b);
  fire(b, FIRES[2]);
  const fifth = fire(b, FIRES[3]);
  ceilPool(b);
  for (const filters of FIRES.slice(4, 7)) fire(b, filters);
  const taps = [fire(b, FIRES[7], 'expand')];
  for (let index = 0; index < 2; index++) {
    ceilPool(b);
    taps.push(fire(b, [96, 384], 'all'));
  }
  for (const filters of [128, 64]) {
    b.convBlock(filters, 1);
    taps.push(b.convBlock(2 * filters, 3, { stride: 2, padding: 1 }));
  }
  ssdHeads(b, [b.batchNorm(fifth), ...taps], [4, 6, 6, 6, 6, 4], classCount);
  return b.build();
}

/** Projected filters of the 12 blocks, two a scale; the first of each two halves the map. */
const SOLECTRIX_FILTERS = [16, 48, 80, 88, 88, 120];

/** Hidden channels of the 12 blocks: six times the channels read, at most 512; the first block expands nothing. */
const SOLECTRIX_HIDDEN = [24, 96, 96, 288, 288, 480, 480, 512, 512, 512, 512, 512];

/** The hidden channels that pruning leaves. */
const SOLECTRIX_PRUNED = [24, 80, 84, 260, 248, 424, 452, 472, 448, 456, 428, 392];

function solectrix(name: string, hidden: readonly number[], input: FeatureMap, classCount: number): Network {
  const b = new NetworkBuilder(name, input);
  let channels = 24;
  let trunk = b.convBlock(channels, 3, { stride: 2, activation: 'relu6' });
  const scales: LayerId[] = [];
  for (const [index, width] of hidden.entries()) {
    const filters = SOLECTRIX_FILTERS[index >> 1] ?? channels;
    const stride = index % 2 === 0 ? 2 : 1;
    trunk = invertedResidual(b, trunk, { channels, hidden: width, filters, stride, padding: 'same' });
    channels = filters;
    if (stride === 1) scales.push(trunk);
  }
  ssdHeads(b, scales, [3, 3, 3, 3, 3, 3], classCount);
  return b.build();
}

/**
 * The logo detector of source 000, section 7, at 1024x1024x3 and 2 classes (logo and background): MobileNetV2
 * blocks and six scales with 880,124 parameters as Keras counts them. The source gives no layer table: stem,
 * widths and boxes are a proposal that meets all its figures.
 */
export const mobilenetV2Ssd1024 = (input: FeatureMap, classCount: number): Network =>
  solectrix('MobileNetV2-SSD1024', SOLECTRIX_HIDDEN, input, classCount);

/** The same after pruning hidden channels: 773,692 parameters (source 000, section 7; the widths proposed). */
export const mobilenetV2Ssd1024Pruned = (input: FeatureMap, classCount: number): Network =>
  solectrix('MobileNetV2-SSD1024 pruned', SOLECTRIX_PRUNED, input, classCount);

/**
 * Redmon and Farhadi 2017, tiny version for Pascal VOC: 15,867,885 parameters and 3.49 G MACs at 416x416x3
 * and 20 classes; five boxes at each of 13x13 pixels, each with four offsets, a confidence and the classes.
 * ReLU stands for the leaky ReLU, which has no parameters.
 */
export function tinyYoloV2(input: FeatureMap, classCount: number): Network {
  const b = new NetworkBuilder('Tiny-YOLOv2', input);
  for (const filters of [16, 32, 64, 128, 256]) {
    b.convBlock(filters, 3);
    b.maxPool(2);
  }
  b.convBlock(512, 3);
  b.maxPool(2, { stride: 1, padding: 'same' });
  b.convBlock(1024, 3);
  b.convBlock(1024, 3);
  b.conv(5 * (5 + classCount), 1, { bias: true });
  return b.build();
}
