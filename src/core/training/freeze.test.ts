import { describe, expect, test } from 'vitest';
import { replaceHead } from '../network/editing/replaceHead.ts';
import type { Network } from '../network/network.ts';
import { presetById } from '../network/presets.ts';
import { unwrap } from '../result.ts';
import { freezableLayers, freezeChoices, frozenAllButHead, frozenLayers } from './freeze.ts';

const built = (id: string): Network => {
  const preset = presetById(id);
  if (!preset) throw new Error(`No preset ${id}`);
  return preset.build(preset.input, 10);
};

const network = built('tiny-resnet');

describe('what is frozen', () => {
  test('is all but the new head (VT-05)', () => {
    const { network: edited, added } = unwrap(replaceHead(network, 2));
    const frozen = unwrap(frozenAllButHead(edited));
    const weighted = freezableLayers(edited).map(({ id }) => id);
    expect(weighted.filter((id) => !frozen.has(id))).toEqual(added);
  });

  test('leaves the dropout before the head at work, and stops those between frozen layers', () => {
    const alexnet = built('alexnet');
    const frozen = unwrap(frozenAllButHead(alexnet));
    const dropouts = alexnet.layers.filter(({ kind }) => kind === 'dropout').map(({ id }) => id);
    const head = alexnet.layers.findLast(({ kind }) => kind === 'dense')!;
    for (const id of dropouts)
      expect(frozen.has(id), id).toBe(!head.inputs.includes(id) && dropouts.at(-1) !== id);
  });

  test.each(['tiny-resnet', 'mobilenet-v3-small', 'squeezenet-1.1', 'tfc'])(
    'can be chosen in stages that free fewer and fewer parameters of %s',
    (id) => {
      const choices = unwrap(freezeChoices(built(id)));
      expect(choices.map(({ id }) => id)).toEqual(expect.arrayContaining(['nothing', 'body']));
      expect(choices[0]).toMatchObject({ frozen: new Set(), trainableCount: choices[0]!.allCount });
      for (let i = 1; i < choices.length; i++) {
        expect(choices[i]!.trainableCount).toBeLessThan(choices[i - 1]!.trainableCount);
        expect(choices[i]!.frozen).toEqual(new Set([...choices[i - 1]!.frozen, ...choices[i]!.frozen]));
      }
      if (id === 'tiny-resnet') expect(choices.at(-1)!.trainableCount).toBe(64 * 10 + 10);
    },
  );
});

describe('layers that are frozen one by one', () => {
  test('are exactly those, and what lies among frozen ones (VT-05)', () => {
    const ids = freezableLayers(network).map(({ id }) => id);
    expect(ids).toHaveLength(network.layers.filter(({ kind }) => /conv2d|batchNorm|dense/.test(kind)).length);
    const [first = '', second = '', , fourth = ''] = ids;
    // conv1, bn1 and conv2: the ReLU between them stands still with them
    const frozen = unwrap(frozenLayers(network, [first, second, fourth]));
    expect([...frozen].filter((id) => ids.includes(id))).toEqual([first, second, fourth]);
    expect(unwrap(frozenLayers(network, []))).toEqual(new Set());
  });

  test('chosen as a named choice has them, they freeze the same', () => {
    for (const id of ['tiny-resnet', 'alexnet', 'squeezenet-1.1']) {
      const of = built(id);
      const body = unwrap(frozenLayers(of, 'body'));
      const list = freezableLayers(of).flatMap(({ id }) => (body.has(id) ? [id] : []));
      expect(unwrap(frozenLayers(of, list)), id).toEqual(body);
    }
  });

  test('stop a dropout only where all weights before it stand still', () => {
    const alexnet = built('alexnet');
    const dense = alexnet.layers.filter(({ kind }) => kind === 'dense').map(({ id }) => id);
    const dropout = alexnet.layers.find(({ kind }) => kind === 'dropout')!.id;
    expect(unwrap(frozenLayers(alexnet, dense.slice(0, 2))).has(dropout)).toBe(false);
    const before = freezableLayers(alexnet).map(({ id }) => id);
    const upToSecond = before.slice(0, before.indexOf(dense[1]!) + 1);
    expect(unwrap(frozenLayers(alexnet, upToSecond)).has(dropout)).toBe(true);
  });

  test('that the network does not have are told', () => {
    const none = frozenLayers(network, ['conv1', 'gone']);
    expect(none.ok || none.error.message).toMatch(
      /has no layer gone to freeze; choose the frozen layers again/,
    );
    const other = frozenLayers(network, 'half');
    expect(other.ok || other.error.message).toMatch(/can't freeze "half": it has nothing/);
  });
});
