import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { layerCounts, networkCounts } from '../counts.ts';
import type { FeatureMap, Layer, Network } from '../network.ts';
import { PRESETS } from '../presets.ts';
import { geometryAt, geometryOf } from '../shapes.ts';
import {
  mobilenetV2Ssd1024,
  mobilenetV2Ssd1024Pruned,
  squeezenetSsd300,
  tinyYoloV2,
  vggSsd300,
} from './detection.ts';
import { cnv, sfc } from './finn.ts';
import { mobilenetV1, mobilenetV2 } from './mobilenet.ts';
import { resnet18, resnet50V1, resnet50V15, resnet152V1, resnet152V15 } from './resnet.ts';
import { customRsClassifier, lenetRgb } from './small.ts';
import { squeezenet10, squeezenet11 } from './squeezenet.ts';
import { alexnet, vgg13, vgg16, vgg19 } from './vgg.ts';

const path = join(import.meta.dirname, '../../../../../shared/reference/seed_networks.json');

interface ReferenceLayer {
  readonly name: string;
  readonly kind: string;
  readonly kernel: [number, number];
  readonly stride: number;
  /** [top, left, bottom, right] */
  readonly pad: [number, number, number, number];
  readonly dilation: number;
  /** Rounds the extent up, which the tables don't count as padding. */
  readonly ceil?: boolean;
  readonly inHW: [number, number];
  readonly outHW: [number, number];
  readonly inC: number;
  readonly outC: number;
  readonly macs: number;
  readonly params: { readonly w: number; readonly b: number; readonly bn_t: number; readonly bn_s: number };
}

interface ReferenceNetwork {
  readonly name: string;
  readonly status: string;
  readonly input: [number, number, number];
  readonly layers: readonly ReferenceLayer[];
  readonly totals: { readonly macs: number; readonly params_keras_total: number };
}

type Build = (input: FeatureMap, classCount: number) => Network;

const BUILDERS: Record<string, readonly [Build, number]> = {
  finn_cnv: [cnv, 10],
  finn_sfc: [sfc, 10],
  vtu_custom_rs_classifier: [customRsClassifier, 10],
  lenet_rgb_32: [lenetRgb, 10],
  lenet_rgb_64: [lenetRgb, 10],
  alexnet: [alexnet, 1000],
  vgg13: [vgg13, 1000],
  vgg16: [vgg16, 1000],
  vgg19: [vgg19, 1000],
  resnet18: [resnet18, 1000],
  resnet50_v1: [resnet50V1, 1000],
  resnet50_v1_5: [resnet50V15, 1000],
  resnet152_v1: [resnet152V1, 1000],
  resnet152_v1_5: [resnet152V15, 1000],
  mobilenet_v1: [mobilenetV1, 1000],
  mobilenet_v2: [mobilenetV2, 1000],
  squeezenet1_0: [squeezenet10, 1000],
  squeezenet1_1: [squeezenet11, 1000],
  vgg_ssd300: [vggSsd300, 21],
  squeezenet_ssd300: [squeezenetSsd300, 21],
  tiny_yolo_v2_voc: [tinyYoloV2, 20],
  solectrix_mbv2_ssd_1024: [mobilenetV2Ssd1024, 2],
  solectrix_mbv2_ssd_1024_pruned: [mobilenetV2Ssd1024Pruned, 2],
};

/** Networks whose batch norms the tables have as thresholds, so without parameters. */
const THRESHOLDS = ['finn_cnv', 'finn_sfc'];

/** Why a table has no builder here. */
const LEFT_OUT: Record<string, string> = {
  lenet5: 'tanh and average pooling; the preset LeNet-5 has ReLU and max pooling',
  convnext_tiny: 'layer normalization and GELU are no layer kinds',
};

const KINDS: Record<string, Layer['kind']> = {
  conv: 'conv2d',
  pwconv: 'conv2d',
  dwconv: 'depthwiseConv2d',
  fc: 'dense',
  maxpool: 'maxPool',
  add: 'add',
  concat: 'concat',
  batchnorm: 'batchNorm',
  l2norm: 'l2Normalize',
};

/** The layers that the tables list, each with the batch norm that follows it folded in, as they do. */
function rowsOf(network: Network) {
  const geometry = geometryOf(network);
  const rows = new Map<string, Record<string, unknown> & { batchNorm: number }>();
  const sources = new Map(network.layers.map((layer) => [layer.id, layer]));
  for (const layer of network.layers) {
    if (!Object.values(KINDS).includes(layer.kind)) continue;
    const its = geometryAt(geometry, layer.id);
    const { macCount, weightCount, trainableCount, parameterCount } = layerCounts(layer, its);
    if (layer.kind === 'batchNorm') {
      let source = sources.get(layer.inputs[0]!)!;
      if (source.kind === 'relu') source = sources.get(source.inputs[0]!)!;
      const row = rows.get(source.id);
      if (row && source.kind !== 'concat') {
        row.batchNorm = parameterCount;
        continue;
      }
    }
    const window = 'kernelSize' in layer ? layer.kernelSize : 'poolSize' in layer ? layer.poolSize : [1, 1];
    // The tables list the factors of an L2 normalization as weights.
    const factors = layer.kind === 'l2Normalize';
    rows.set(layer.id, {
      kind: layer.kind,
      window,
      stride: 'strides' in layer ? layer.strides[0] : 1,
      dilation: 'dilationRate' in layer ? layer.dilationRate[0] : 1,
      ifm: layer.kind === 'concat' ? its.ofm : its.ifm,
      ofm: its.ofm,
      pads: its.pads,
      macs: macCount,
      weights: factors ? trainableCount : weightCount,
      bias: layer.kind === 'batchNorm' || factors ? 0 : trainableCount - weightCount,
      batchNorm: layer.kind === 'batchNorm' ? parameterCount : 0,
    });
  }
  return [...rows.values()];
}

const map = ([height, width]: [number, number], channels: number) => ({ height, width, channels });

const expectedRow = (layer: ReferenceLayer) => ({
  kind: KINDS[layer.kind],
  window: layer.kernel,
  stride: layer.stride,
  dilation: layer.dilation,
  ifm: map(layer.inHW, layer.inC),
  ofm: map(layer.outHW, layer.outC),
  pads: layer.ceil
    ? [0, layer.stride - 1, 0, layer.stride - 1]
    : [layer.pad[0], layer.pad[2], layer.pad[1], layer.pad[3]],
  macs: layer.macs,
  weights: layer.params.w,
  bias: layer.params.b,
  batchNorm: layer.params.bn_t + layer.params.bn_s,
});

const reference: readonly ReferenceNetwork[] = existsSync(path)
  ? JSON.parse(readFileSync(path, 'utf8')).networks
  : [];

describe.skipIf(!existsSync(path))('the layer tables of shared/reference/seed_networks.json', () => {
  test.each(Object.entries(BUILDERS))('%s: every layer, in order', (name, [build, classCount]) => {
    const table = reference.find((network) => network.name === name)!;
    const listed = table.layers.filter((layer) => layer.kind in KINDS);
    const [height, width, channels] = table.input;
    const rows = rowsOf(build({ height, width, channels }, classCount));
    const counted = THRESHOLDS.includes(name) ? rows.map((row) => ({ ...row, batchNorm: 0 })) : rows;
    expect(counted).toEqual(listed.map(expectedRow));
  });

  test('every published network of the file has a builder or a reason', () => {
    const published = reference.filter(({ status }) => status !== 'surrogate').map(({ name }) => name);
    expect(published.filter((name) => !(name in BUILDERS) && !(name in LEFT_OUT))).toEqual([]);
    expect(published.length).toBe(Object.keys(BUILDERS).length + Object.keys(LEFT_OUT).length);
  });

  test.each(Object.entries(BUILDERS))(
    '%s: the totals, and a preset that builds it',
    (name, [build, classCount]) => {
      const { input, totals } = reference.find((network) => network.name === name)!;
      const [height, width, channels] = input;
      const counts = networkCounts(build({ height, width, channels }, classCount));
      expect(counts.macCount).toBe(totals.macs);
      const ofThresholds = THRESHOLDS.includes(name) ? counts.weightCount : counts.parameterCount;
      expect(ofThresholds).toBe(totals.params_keras_total);
      expect(PRESETS.filter((preset) => preset.build === build).length).toBe(1);
    },
  );

  test('layers without a kind here hold no parameters', () => {
    const missing = reference.flatMap(({ name, layers }) =>
      layers
        .filter(({ kind, params }) => name in BUILDERS && !(kind in KINDS) && params.w + params.b > 0)
        .map((layer) => [name, layer.kind, layer.params.w]),
    );
    expect(missing).toEqual([]);
  });
});

test('all presets are built in less than a second', () => {
  const start = performance.now();
  for (const { build, input, classCount } of PRESETS) build(input, classCount);
  expect(performance.now() - start).toBeLessThan(1000);
});
