import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { unwrap } from '../../result.ts';
import { balancedIndices, balanceReport } from './balance.ts';
import { planSet } from './combine.ts';
import { PARTS } from './entries.ts';
import { splitRest, splitStratified } from './split.ts';
import { graySource } from './testing/pictures.ts';

const count = (parts: Uint8Array, part: (typeof PARTS)[number]) =>
  parts.filter((value) => value === PARTS.indexOf(part)).length;

const labelLists = fc.array(fc.nat(7), { minLength: 1, maxLength: 600 });
const sharePairs = fc
  .tuple(fc.double({ min: 0, max: 0.5, noNaN: true }), fc.double({ min: 0, max: 0.5, noNaN: true }))
  .map(([validation, test]) => ({ validation, test }));

describe('a split', () => {
  test('of 434 items has 412 and 22, disjoint, and the same for the same seed (SX-26)', () => {
    const labels = Array.from({ length: 434 }, (_, i) => (i * i) % 5);
    const parts = splitStratified(labels, { validation: 0.05, test: 0 }, 7);
    expect([count(parts, 'train'), count(parts, 'validation'), count(parts, 'test')]).toEqual([412, 22, 0]);
    expect(splitStratified(labels, { validation: 0.05, test: 0 }, 7)).toEqual(parts);
    expect(splitStratified(labels, { validation: 0.05, test: 0 }, 8)).not.toEqual(parts);
  });

  test('has its exact sizes, and of each class its share to less than one and a half items', () => {
    fc.assert(
      fc.property(labelLists, sharePairs, fc.integer(), (labels, shares, seed) => {
        const parts = splitStratified(labels, shares, seed);
        expect(parts).toEqual(splitStratified(labels, shares, seed));
        const tested = Math.round(labels.length * shares.test);
        expect(count(parts, 'test')).toBe(tested);
        expect(count(parts, 'validation')).toBe(
          Math.min(labels.length - tested, Math.round(labels.length * shares.validation)),
        );
        if (shares.validation + shares.test > 0.5) return; // else a small class may have nothing left to give
        for (const label of new Set(labels)) {
          const members = [...parts].filter((_, i) => labels[i] === label);
          const held = members.filter((part) => part === PARTS.indexOf('test')).length;
          if (members.length > 4) expect(Math.abs(held - members.length * shares.test)).toBeLessThan(1.5);
        }
      }),
      { numRuns: 300 },
    );
  });

  test('leaves every class of two or more an item to train with, at usual shares', () => {
    fc.assert(
      fc.property(labelLists, fc.integer(), (labels, seed) => {
        const parts = splitStratified(labels, { validation: 0.1, test: 0.1 }, seed);
        for (const label of new Set(labels)) {
          const members = [...parts].filter((_, i) => labels[i] === label);
          if (members.length > 4) expect(members).toContain(PARTS.indexOf('train'));
        }
      }),
      { numRuns: 200 },
    );
  });

  test('keeps the parts that folders gave, and draws the missing one from training', () => {
    const given = Array.from({ length: 100 }, (_, i) => (i < 80 ? ('train' as const) : ('test' as const)));
    const parts = splitRest(
      given.map((_, i) => i % 2),
      given,
      { validation: 0.1, test: 0.5 },
      3,
    );
    expect([count(parts, 'train'), count(parts, 'validation'), count(parts, 'test')]).toEqual([72, 8, 20]);
    expect([...parts.slice(80)].every((part) => part === PARTS.indexOf('test'))).toBe(true);
  });
});

describe('classes', () => {
  const own = graySource('own', { Forest: 6, River: 4, Empty: 0 });
  const open = graySource('public', { river: 5, Sea: 3, Forest: 2 });
  const shares = { validation: 0.2, test: 0 };

  test('of two sources are merged by name, renamed, and left out', () => {
    const classes = new Map([
      ['river', 'River'],
      ['Sea', null],
    ]);
    const plan = unwrap(planSet([own, open], { name: 'both', classes, shares, seed: 1 }));
    expect(plan.classNames).toEqual(['Forest', 'River']);
    const named = plan.items.map(({ label, entry, source }) => [plan.classNames[label], source, entry.path]);
    expect(named.filter(([name]) => name === 'River')).toHaveLength(9);
    expect(named.filter(([name]) => name === 'Forest')).toHaveLength(8);
    expect(named).toContainEqual(['River', 'public', 'river/4.png']);
    expect(new Set(named.map(String)).size).toBe(17);
    // any run is a sample: the first half has both classes of both sources
    expect(new Set(plan.items.slice(0, 9).map(({ label, source }) => `${label}${source}`)).size).toBe(4);
  });

  test('merging is no loss: each image that is kept stands once, under the name chosen for it', () => {
    const targets = fc.constantFrom('A', 'B', 'Forest', null);
    fc.assert(
      fc.property(fc.tuple(targets, targets, targets, targets), fc.nat(), (chosen, seed) => {
        const names = ['Forest', 'River', 'river', 'Sea'];
        const classes = new Map(names.map((name, i) => [name, chosen[i] ?? null]));
        const plan = planSet([own, open], { name: 'x', classes, shares, seed });
        const kept = [...own.entries, ...open.entries].filter(({ path }) => classes.get(path.split('/')[0]!));
        if (!plan.ok) {
          expect(plan.error.code).toBe(kept.length === 0 ? 'no-images' : 'one-class');
          return;
        }
        expect(new Set(plan.value.items.map(({ entry }) => entry))).toEqual(new Set(kept));
        expect(plan.value.items).toHaveLength(kept.length);
        for (const { entry, label } of plan.value.items)
          expect(plan.value.classNames[label]).toBe(classes.get(entry.path.split('/')[0]!));
      }),
    );
  });

  test('are refused where they are none, one, or a label has no name', () => {
    const options = { name: 'x', shares, seed: 1 };
    const code = (...sources: Parameters<typeof planSet>[0]) => {
      const plan = planSet(sources, options);
      return plan.ok ? 'ok' : plan.error.code;
    };
    expect(code()).toBe('no-images');
    expect(code(graySource('a', { x: 3 }))).toBe('one-class');
    expect(code({ ...own, classNames: ['Forest'] })).toBe('label-range');
    const many = graySource('a', Object.fromEntries(Array.from({ length: 65_537 }, (_, i) => [`c${i}`, 1])));
    expect(code(many)).toBe('too-many-classes');
  });
});

describe('balance', () => {
  const labels = [0, 0, 0, 0, 0, 1, 1, 3, 3, 3];
  test('is reported, and classes without images are told', () => {
    expect(balanceReport(labels, 4)).toEqual({
      counts: [5, 2, 0, 3],
      rarest: 1,
      mostFrequent: 0,
      ratio: 2.5,
      emptyClasses: [2],
    });
    expect(balanceReport([], 2)).toMatchObject({ rarest: -1, ratio: 1 });
  });

  test('by index: as few or as many of each, items repeated as evenly as can be', () => {
    fc.assert(
      fc.property(labelLists, fc.integer(), (list, seed) => {
        const report = balanceReport(list, 8);
        for (const balance of ['undersample', 'oversample'] as const) {
          const indices = unwrap(balancedIndices(list, 8, balance, seed));
          const after = balanceReport(
            [...indices].map((index) => list[index]!),
            8,
          );
          expect(after.ratio).toBe(1);
          expect(after.emptyClasses).toEqual(report.emptyClasses);
          if (balance === 'undersample') expect(new Set(indices).size).toBe(indices.length);
          else expect(new Set(indices).size).toBe(list.length);
        }
        expect(unwrap(balancedIndices(list, 8, 'as is', seed))).toHaveLength(list.length);
      }),
    );
    const large = Array.from({ length: 200_000 }, (_, i) => Math.max(0, i - 190_000));
    const refused = balancedIndices(large, 10_000, 'oversample', 1);
    expect(refused.ok ? '' : refused.error.code).toBe('too-many-items');
  });
});
