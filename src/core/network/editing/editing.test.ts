import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { unwrap } from '../../result.ts';
import { networkCounts } from '../counts.ts';
import { setFilters } from '../edit.ts';
import type { Network } from '../network.ts';
import { PRESETS, presetById } from '../presets.ts';
import { geometryOf, inferGeometry } from '../shapes.ts';
import { attributesLine, attributesOf, changeKind, setAttribute } from './attributes.ts';
import { BLOCKS, insertBlock } from './blocks.ts';
import { bridgeLayers } from './bridge.ts';
import {
  connect,
  duplicateLayers,
  type Edited,
  insertLayers,
  moveBy,
  moveLayers,
  renameLayer,
} from './graph.ts';
import { NEW_LAYER_KINDS, newLayers } from './newLayer.ts';
import { removeLayers } from './remove.ts';
import { blockAround, type Edge, segmentOf } from './segment.ts';

const built = (id: string): Network => {
  const preset = presetById(id);
  if (!preset) throw new Error(`No preset ${id}`);
  return preset.build(preset.input, 10);
};
const ids = (network: Network) => network.layers.map(({ id }) => id);
const layer = (network: Network, id: string) => network.layers.find((l) => l.id === id);
const block = (id: string) => {
  const found = BLOCKS.find((candidate) => candidate.id === id);
  if (!found) throw new Error(`No block ${id}`);
  return found;
};
const faultOf = (result: ReturnType<typeof removeLayers>) => {
  if (result.ok) throw new Error('The edit went through');
  return result.error;
};
const edgesOf = (network: Network): Edge[] => [
  ...network.layers.flatMap((to) => to.inputs.map((from) => ({ from, to: to.id }))),
  ...network.layers.map(({ id }) => ({ from: id, to: null })),
];
const EDITED = [
  'tiny-cnn',
  'lenet',
  'tiny-resnet',
  'tiny-mobilenet-v2',
  'squeezenet-1.1',
  'mobilenet-v3-small',
];
const someNetwork = fc.constantFrom(...EDITED.map(built));

describe('a block put on an edge', () => {
  test('and taken away again leaves the network it was', () => {
    fc.assert(
      fc.property(someNetwork, fc.nat(), fc.constantFrom(...BLOCKS), (network, at, chosen) => {
        const edges = edgesOf(network);
        const edge = edges[at % edges.length] as Edge;
        const inserted = insertBlock(network, edge, chosen);
        fc.pre(inserted.ok);
        const { network: larger, added } = unwrap(inserted);
        expect(larger.layers.length).toBe(network.layers.length + added.length);
        expect(inferGeometry(larger).ok).toBe(true);
        expect(unwrap(removeLayers(larger, added)).network).toEqual(network);
      }),
    );
  });

  test('of kinds that keep the shape fits everywhere', () => {
    for (const id of EDITED) {
      const network = built(id);
      for (const edge of edgesOf(network))
        for (const name of ['convolution', 'residual', 'inverted-residual', 'depthwise-separable', 'gate'])
          unwrap(insertBlock(network, edge, block(name)));
    }
  });

  test('with stride 2 inside a residual branch is refused, and the sentence names the addition', () => {
    const network = built('tiny-resnet');
    const fault = faultOf(
      insertBlock(network, { from: 'relu2', to: 'conv3' }, block('convolution'), { stride: 2 }),
    );
    expect(fault.message).toMatch(/Add layer add1 reads .* both branches must have the same shape/);
  });

  test('a residual block adds its input, by a convolution where the shape changes (SX-07)', () => {
    const network = built('tiny-cnn');
    const same = unwrap(insertBlock(network, { from: 'relu1', to: null }, block('residual')));
    expect(layer(same.network, 'add1')?.inputs).toEqual(['bn5', 'relu1']);
    const other = unwrap(
      insertBlock(network, { from: 'relu1', to: null }, block('residual'), { filters: 24 }),
    );
    expect(layer(other.network, 'shortcut1')).toMatchObject({ filters: 24, kernelSize: [1, 1] });
  });

  test('a fire module behind 96 channels has the 11,920 parameters of fire2 (SX-08)', () => {
    const network = unwrap(setAttribute(built('tiny-cnn'), 'conv1', 'filters', '96')).network;
    const values = { squeeze: 16, expand: 64 };
    const { network: larger, added } = unwrap(
      insertBlock(network, { from: 'relu1', to: null }, block('fire'), values),
    );
    const fire = { ...larger, layers: larger.layers.filter(({ id }) => added.includes(id)) };
    const size = networkCounts(fire, geometryOf(larger));
    expect(size.parameterCount).toBe(11_920);
  });

  test('an inverted residual adds only where stride is 1 and the width stays (SX-10)', () => {
    const network = built('tiny-cnn');
    const edge = { from: 'relu1', to: null };
    const added = (values: Record<string, number>) =>
      unwrap(insertBlock(network, edge, block('inverted-residual'), values)).added.some((id) =>
        id.startsWith('add'),
      );
    expect(added({ filters: 16, stride: 1 })).toBe(true);
    expect(added({ filters: 24, stride: 1 })).toBe(false);
    expect(added({ filters: 16, stride: 2 })).toBe(false);
  });

  test('a value out of range is told with its range', () => {
    const fault = faultOf(
      insertBlock(built('tiny-cnn'), { from: 'relu1', to: null }, block('fire'), { squeeze: 0 }),
    );
    expect(fault.message).toBe('Fire: Squeeze filters is 0; it needs a whole number from 1 to 4096.');
  });
});

describe('a single layer', () => {
  test.each(NEW_LAYER_KINDS)('%s can be put into a residual network, or says why not', (kind) => {
    const network = built('tiny-resnet');
    const geometry = geometryOf(network);
    let fitting = 0;
    for (const edge of edgesOf(network)) {
      const layers = newLayers(network, geometry, kind, edge.from);
      if (!layers.ok) {
        expect(layers.error.message).toMatch(/No layer before/);
        continue;
      }
      const exit = layers.value.at(-1)?.id ?? '';
      const inserted = insertLayers(network, edge, layers.value, exit);
      if (inserted.ok) fitting++;
      else expect(inserted.error.message.length).toBeGreaterThan(20);
    }
    expect(fitting).toBeGreaterThan(0);
  });
});

describe('removing', () => {
  test('one layer joins its neighbours', () => {
    const { network } = unwrap(removeLayers(built('tiny-cnn'), ['bn1']));
    expect(layer(network, 'relu1')?.inputs).toEqual(['conv1']);
  });

  test('a whole residual branch leaves the identity, without the addition (SX-07)', () => {
    const before = built('tiny-resnet');
    const { network, alsoRemoved } = unwrap(removeLayers(before, ['conv2', 'bn2', 'relu2', 'conv3', 'bn3']));
    expect(alsoRemoved).toEqual(['add1']);
    expect(layer(network, 'relu3')?.inputs).toEqual(['relu1']);
  });

  test('an addition keeps the long branch, and a shortcut that nobody reads goes with it', () => {
    const before = built('tiny-resnet');
    const second = before.layers.find(
      ({ kind, inputs }) => kind === 'add' && inputs.some((id) => /^bn/.test(id)),
    );
    const { network, alsoRemoved } = unwrap(removeLayers(before, ['add2']));
    expect(second).toBeDefined();
    expect(alsoRemoved.length).toBeGreaterThan(0);
    expect(ids(network)).not.toContain('add2');
    expect(outputsReach(network)).toBe(true);
  });

  test('a branch of a concatenation takes its channels along', () => {
    const before = built('squeezenet-1.1');
    const { network } = unwrap(removeLayers(before, ['expand2', 'relu4']));
    expect(ids(network)).not.toContain('concat1');
    expect(geometryOf(network).get('squeeze2')?.ifm.channels).toBe(64);
  });

  test('the last layers makes the one before the output', () => {
    const { network } = unwrap(removeLayers(built('tiny-cnn'), ['softmax1']));
    expect(network.layers.at(-1)?.id).toBe('fc1');
  });

  test('the input, or everything, is refused', () => {
    const network = built('tiny-cnn');
    expect(faultOf(removeLayers(network, ['input'])).code).toBe('input-stays');
    expect(faultOf(removeLayers(network, ids(network).slice(1))).code).toBe('empty-network');
  });

  test('what a dense layer needs is refused with the reason', () => {
    expect(faultOf(removeLayers(built('tiny-cnn'), ['gap1'])).message).toMatch(
      /put a flatten or a global pooling before it/,
    );
  });

  test('any one layer either holds together or says why not', () => {
    for (const { id: preset, build, input } of PRESETS.slice(0, 24)) {
      const network = build(input, 10);
      for (const { id } of network.layers.filter((_, i) => i % 7 === 1)) {
        const removed = removeLayers(network, [id]);
        if (removed.ok) expect(outputsReach(removed.value.network), `${preset} ${id}`).toBe(true);
        else expect(removed.error.message, `${preset} ${id}`).toMatch(/[a-z] .*[.;]/);
      }
    }
  });
});

/** Nothing hangs loose: every layer leads to an output that existed, so the number of outputs never grows. */
function outputsReach(network: Network): boolean {
  const read = new Set(network.layers.flatMap(({ inputs }) => inputs));
  const outputs = network.layers.filter(({ id }) => !read.has(id));
  return inferGeometry(network).ok && outputs.length >= 1 && outputs.length <= 12;
}

describe('copying and moving', () => {
  test('a copy stands behind the original and reads it', () => {
    const { network, added } = unwrap(duplicateLayers(built('tiny-cnn'), ['conv2', 'bn2', 'relu2']));
    expect(added).toEqual(['conv4', 'bn4', 'relu4']);
    expect(layer(network, 'conv4')?.inputs).toEqual(['relu2']);
    expect(layer(network, 'pool2')?.inputs).toEqual(['relu4']);
  });

  test('a copy taken away leaves the network it was', () => {
    fc.assert(
      fc.property(someNetwork, fc.nat(), (network, at) => {
        const chosen = network.layers[1 + (at % (network.layers.length - 1))]?.id ?? '';
        const copied = duplicateLayers(network, blockAround(network, chosen));
        fc.pre(copied.ok);
        const { network: larger, added } = unwrap(copied);
        expect(unwrap(removeLayers(larger, added)).network).toEqual(network);
      }),
    );
  });

  test('later and earlier again is where it was', () => {
    const network = built('tiny-cnn');
    const later = unwrap(moveBy(network, ['relu1'], 'later')).network;
    expect(ids(later).slice(1, 5)).toEqual(['conv1', 'bn1', 'pool1', 'relu1']);
    expect(unwrap(moveBy(later, ['relu1'], 'earlier')).network).toEqual(network);
  });

  test('a segment moves to any edge, or the reason is told', () => {
    fc.assert(
      fc.property(someNetwork, fc.nat(), fc.nat(), (network, a, b) => {
        const chosen = network.layers[1 + (a % (network.layers.length - 1))]?.id ?? '';
        const edges = edgesOf(network);
        const moved = moveLayers(network, [chosen], edges[b % edges.length] as Edge);
        if (!moved.ok) return;
        expect(ids(moved.value.network).toSorted()).toEqual(ids(network).toSorted());
        expect(inferGeometry(moved.value.network).ok).toBe(true);
      }),
    );
  });

  test('layers with two ways in are no segment, and the sentence names both', () => {
    const fault = segmentOf(built('tiny-resnet'), ['add1', 'relu3']);
    expect(fault.ok ? '' : fault.error.message).toMatch(
      /add1, relu3 read bn3, relu1; choose layers with one way in/,
    );
  });

  test('the block around a layer of a residual branch is the branch, its addition and the ReLU behind', () => {
    const network = built('tiny-resnet');
    const residual = ['conv2', 'bn2', 'relu2', 'conv3', 'bn3', 'add1', 'relu3'];
    expect(blockAround(network, 'bn2')).toEqual(residual);
    expect(blockAround(network, 'relu3')).toEqual(residual);
    expect(blockAround(built('tiny-cnn'), 'relu2')).toEqual(['conv2', 'bn2', 'relu2', 'pool2']);
  });
});

describe('the block around a layer', () => {
  test('grows when it is asked for again: a fire module is chosen from its squeeze', () => {
    const network = built('squeezenet-1.1');
    const fire = ['squeeze1', 'relu2', 'expand1', 'relu3', 'expand2', 'relu4', 'concat1'];
    const expansion = blockAround(network, 'expand1');
    expect(expansion).toEqual(fire.slice(2));
    expect(blockAround(network, 'expand1', expansion)).toEqual(fire);
    expect(blockAround(network, 'squeeze1')).toEqual(fire);
  });

  test('is one way in and one way out in every preset', () => {
    for (const { id, build, input } of PRESETS.slice(0, 24)) {
      const network = build(input, 10);
      for (const layer of network.layers.filter((_, i) => i % 9 === 1)) {
        const block = blockAround(network, layer.id);
        expect(block, `${id} ${layer.id}`).toContain(layer.id);
        expect(segmentOf(network, block).ok, `${id} ${layer.id}: ${block.join(' ')}`).toBe(true);
      }
    }
  });
});

describe('connections and names', () => {
  test('a shortcut can be drawn by hand, and a circle is refused', () => {
    const network = built('tiny-resnet');
    const fault = faultOf(connect(network, 'conv2', ['relu3']));
    expect(fault.message).toMatch(/would go in a circle/);
    const wider = unwrap(connect(network, 'add1', ['bn3', 'relu1', 'bn1'])).network;
    expect(layer(wider, 'add1')?.inputs).toEqual(['bn3', 'relu1', 'bn1']);
  });

  test('a shortcut around a block adds it, by a convolution where the shape changes', () => {
    const network = built('tiny-cnn');
    const same = unwrap(
      bridgeLayers(unwrap(insertBlock(network, { from: 'relu1', to: null }, block('convolution'))).network, [
        'conv4',
        'bn4',
        'relu4',
      ]),
    );
    expect(layer(same.network, 'add1')?.inputs).toEqual(['relu4', 'relu1']);
    const other = unwrap(bridgeLayers(network, ['conv2', 'bn2', 'relu2', 'pool2']));
    expect(layer(other.network, 'shortcut1')).toMatchObject({ strides: [2, 2], filters: 32 });
  });

  test('a new name is read everywhere, and a taken one refused', () => {
    const network = built('tiny-resnet');
    const { network: renamed } = unwrap(renameLayer(network, 'relu1', 'stem'));
    expect(layer(renamed, 'add1')?.inputs).toEqual(['bn3', 'stem']);
    expect(faultOf(renameLayer(network, 'relu1', 'conv1')).code).toBe('duplicate-layer');
  });
});

describe('attributes as text', () => {
  test('written as they are, they change nothing', () => {
    for (const { build, input } of PRESETS.slice(0, 14)) {
      const network = build(input, 10);
      for (const { id, ...rest } of network.layers)
        for (const { key, text } of attributesOf({ id, ...rest } as Network['layers'][number]))
          expect(unwrap(setAttribute(network, id, key, text)).network).toEqual(network);
    }
  });

  test.each([
    ['conv1', 'kernelSize', '3x5', { kernelSize: [3, 5] }],
    ['conv1', 'padding', 'valid', { padding: 'valid' }],
    ['conv1', 'padding', '1', { padding: [1, 1, 1, 1] }],
    ['conv1', 'padding', '0, 1, 0, 1', { padding: [0, 1, 0, 1] }],
    ['conv1', 'strides', '2', { strides: [2, 2] }],
    ['conv1', 'useBias', 'yes', { useBias: true }],
    ['fc1', 'units', '5', { units: 5 }],
  ])('%s %s %s is understood', (id, key, text, wanted) => {
    const { network } = unwrap(setAttribute(built('tiny-cnn'), id, key, text));
    expect(layer(network, id)).toMatchObject(wanted);
  });

  test.each([
    ['conv1', 'filters', '0', /Filters needs a whole number from 1 to 65536; 16 stays/],
    ['conv1', 'filters', 'many', /Filters needs a whole number/],
    ['conv1', 'kernelSize', '3x', /Kernel needs/],
    ['conv1', 'kernelSize', '99', /conv1/],
    ['conv2', 'groups', '3', /splits 16 input channels/],
    ['input', 'height', '-1', /Height needs a whole number/],
    ['relu1', 'filters', '3', /Layer relu1 has no filters/],
  ])('%s %s %s is refused with a reason', (id, key, text, wanted) => {
    const network = unwrap(setAttribute(built('tiny-cnn'), 'conv1', 'padding', 'valid')).network;
    expect(faultOf(setAttribute(network, id, key, text) as ReturnType<typeof removeLayers>).message).toMatch(
      wanted,
    );
  });

  test('in one line are only those that set a layer apart', () => {
    const line = (preset: string, id: string) => attributesLine(layer(built(preset), id)!);
    expect(line('tiny-cnn', 'conv1')).toBe('16 filters, 3x3');
    expect(line('resnet-18', 'conv1')).toBe('64 filters, 7x7, stride 2, padding 3');
    expect(line('lenet', 'pool1')).toBe('2x2, stride 2');
    expect(line('lenet', 'fc1')).toBe('120 units, bias');
    expect(line('tiny-cnn', 'relu1')).toBe('');
  });

  test('a width that others share is changed with theirs, as channel by channel', () => {
    for (const id of [...EDITED, 'resnet-18', 'resnet-50-v1']) {
      const network = built(id);
      for (const { id: at, kind } of network.layers.filter((_, i) => i % 5 === 1)) {
        if (kind !== 'conv2d') continue;
        const quick = setAttribute(network, at, 'filters', '48');
        const slow = setFilters(network, at, 48);
        if (slow.ok) expect(unwrap(quick).network, `${id} ${at}`).toEqual(slow.value);
        else expect(quick.ok || quick.error.message, `${id} ${at}`).toBe(slow.error.message);
      }
    }
  });

  test('a ReLU becomes a leaky ReLU and a convolution a depthwise one of the same window', () => {
    const network = built('tiny-resnet');
    expect(layer(unwrap(changeKind(network, 'relu1', 'leakyRelu')).network, 'relu1')).toMatchObject({
      slope: 0.1,
    });
    const depthwise = unwrap(changeKind(network, 'conv2', 'depthwiseConv2d')).network;
    expect(layer(depthwise, 'conv2')).toMatchObject({
      kind: 'depthwiseConv2d',
      kernelSize: [3, 3],
      useBias: false,
    });
    expect(layer(depthwise, 'conv2')).not.toHaveProperty('filters');
  });
});

describe('any run of edits', () => {
  test('leaves a network that holds together', () => {
    const step = fc.record({ kind: fc.nat(5), a: fc.nat(), b: fc.nat() });
    fc.assert(
      fc.property(someNetwork, fc.array(step, { maxLength: 12 }), (first, steps) => {
        let network = first;
        for (const { kind, a, b } of steps) {
          const id = ids(network)[a % network.layers.length] as string;
          const edges = edgesOf(network);
          const edge = edges[b % edges.length] as Edge;
          const edits: (() => ReturnType<typeof removeLayers>)[] = [
            () => insertBlock(network, edge, BLOCKS[a % BLOCKS.length] as (typeof BLOCKS)[number]),
            () => removeLayers(network, [id]),
            () => removeLayers(network, blockAround(network, id)),
            () => duplicateLayers(network, blockAround(network, id)),
            () => moveLayers(network, [id], edge),
            () => bridgeLayers(network, [id]),
          ];
          const edited = (edits[kind] as (typeof edits)[number])();
          if (!edited.ok) expect(edited.error.message.length).toBeGreaterThan(15);
          else network = (edited.value as Edited).network;
          expect(inferGeometry(network).ok).toBe(true);
          expect(new Set(ids(network)).size).toBe(network.layers.length);
        }
      }),
      { numRuns: 60 },
    );
  });
});
