import { describe, expect, test } from 'vitest';
import { unwrap } from '../../result.ts';
import { NetworkBuilder } from '../builder.ts';
import type { Network } from '../network.ts';
import { PRESETS, presetById } from '../presets.ts';
import { geometryAt, geometryOf } from '../shapes.ts';
import { headOf, replaceHead } from './replaceHead.ts';

const built = (id: string): Network => {
  const preset = presetById(id);
  if (!preset) throw new Error(`No preset ${id}`);
  return preset.build(preset.input, preset.classCount ?? 10);
};
const idsOf = (network: Network) => new Set(network.layers.map(({ id }) => id));
const classesOf = (network: Network) => {
  const last = network.layers.at(-1)!;
  return geometryAt(geometryOf(network), last.id).ofm;
};

describe('a new head', () => {
  const classifiers = PRESETS.filter(({ id }) => headOf(built(id)).ok).map(({ id }) => id);

  test('can be given to every classifier of the presets, and only detectors are refused', () => {
    const refused = PRESETS.filter(({ id }) => !classifiers.includes(id)).map(({ id }) => id);
    for (const id of refused) expect(id).toMatch(/ssd|yolo/);
    expect(classifiers.length).toBeGreaterThan(20);
  });

  test.each(classifiers)('of %s has new ids, tells 7 classes apart and leaves the body as it is', (id) => {
    const network = built(id);
    const { network: after, added } = unwrap(replaceHead(network, 7));
    expect(classesOf(after)).toEqual({ height: 1, width: 1, channels: 7 });
    for (const layer of added) expect(idsOf(network).has(layer), layer).toBe(false);
    const { head, tail } = unwrap(headOf(network));
    const own = new Set([head, ...tail].map((layer) => layer.id));
    const body = network.layers.filter((layer) => !own.has(layer.id));
    for (const layer of body) expect(after.layers).toContainEqual(layer);
    expect(idsOf(after).has(head.id)).toBe(false);
  });

  test('that pools takes the place of all dense layers', () => {
    const vgg = built('vgg-16');
    const { network, added } = unwrap(replaceHead(vgg, 5, { style: 'pool-dense' }));
    expect(network.layers.filter(({ kind }) => kind === 'dense')).toHaveLength(1);
    expect(network.layers.slice(-3).map(({ kind }) => kind)).toEqual([
      'globalAveragePool',
      'dense',
      'softmax',
    ]);
    expect(added).toHaveLength(3);
    expect(geometryAt(geometryOf(network), network.layers.at(-2)!.id).ifm.channels).toBe(512);
    expect(network.layers.filter(({ kind }) => kind === 'conv2d')).toEqual(
      vgg.layers.filter(({ kind }) => kind === 'conv2d'),
    );
  });

  test('of a convolution that makes class maps stays one, and its batch norm is new too', () => {
    const b = new NetworkBuilder('maps', { height: 8, width: 8, channels: 3 });
    b.convBlock(8, 3);
    b.convBlock(10, 1);
    b.globalAveragePool();
    b.softmax();
    const { network, added } = unwrap(replaceHead(b.build(), 4));
    expect(added).toEqual(['conv3', 'bn3']);
    expect(network.layers.map(({ id }) => id)).toEqual([
      'input',
      'conv1',
      'bn1',
      'relu1',
      'conv3',
      'bn3',
      'relu2',
      'gap1',
      'softmax1',
    ]);
    const pooled = unwrap(replaceHead(b.build(), 4, { style: 'pool-dense' }));
    expect(pooled.network.layers.slice(-4).map(({ kind }) => kind)).toEqual([
      'relu',
      'globalAveragePool',
      'dense',
      'softmax',
    ]);
  });

  test('is refused in a sentence where there is no place for it', () => {
    const b = new NetworkBuilder('sum', { height: 1, width: 1, channels: 4 });
    const left = b.dense(3);
    b.add(left, b.dense(3, {}, 'input'));
    const said = (result: ReturnType<typeof replaceHead>) => (result.ok ? null : result.error);
    expect(said(replaceHead(b.build(), 4))).toMatchObject({ code: 'no-head', where: 'add1' });
    const dense = new NetworkBuilder('dense', { height: 1, width: 1, channels: 4 });
    dense.dense(3);
    expect(said(replaceHead(dense.build(), 4, { style: 'pool-dense' }))).toMatchObject({ code: 'no-maps' });
    expect(said(replaceHead(dense.build(), 0))).toMatchObject({ code: 'class-count' });
  });
});
