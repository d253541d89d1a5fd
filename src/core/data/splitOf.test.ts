import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type SplitChoice, splitOf } from './splitOf.ts';

const CHOICE: SplitChoice = { splitSeed: 7, validationShare: 0.2, testShare: 0, keepsParts: true };
const labels = Uint8Array.from({ length: 110 }, (_, i) => (i < 100 ? i % 4 : 4));

const split = (
  changes: Partial<SplitChoice>,
  parts: Uint8Array | null = null,
  of: ArrayLike<number> = labels,
) => splitOf(of, parts, 5, { ...CHOICE, ...changes });

function countByClass(indices: Uint32Array): number[] {
  const counts = new Array<number>(5).fill(0);
  for (const index of indices) counts[labels[index]!]!++;
  return counts;
}

/** Each image in one part, and all parts rising. */
function expectWhole({ train, validation, test: tested }: ReturnType<typeof splitOf>, count: number): void {
  for (const part of [train, validation, tested]) expect(part).toEqual(part.slice().sort());
  const all = [...train, ...validation, ...tested].sort((a, b) => a - b);
  expect(all).toEqual(Array.from({ length: count }, (_, i) => i));
}

describe('where only a validation share is asked for', () => {
  test('the same share of every class is held back, and no image is lost', () => {
    const found = split({});
    expect(countByClass(found.validation)).toEqual([5, 5, 5, 5, 2]);
    expect(found.test).toHaveLength(0);
    expectWhole(found, 110);
  });

  test('the split is the one that earlier designs had', () => {
    // drawn by the version before there were test parts
    const earlier = [
      7, 8, 10, 20, 22, 29, 31, 32, 35, 37, 38, 39, 65, 68, 76, 89, 90, 100, 103, 105, 107, 110, 114, 119,
    ];
    const stripes = Uint8Array.from({ length: 120 }, (_, i) => i % 2);
    expect([...splitOf(stripes, null, 2, { ...CHOICE, splitSeed: 1 }).validation]).toEqual(earlier);
    expect([...splitOf(stripes, new Uint8Array(120), 2, { ...CHOICE, splitSeed: 1 }).validation]).toEqual(
      earlier,
    );
  });

  test("it is the seed's", () => {
    expect(split({})).toEqual(split({}));
    expect(split({ splitSeed: 8 })).not.toEqual(split({}));
  });

  test('a class of one image stays with training, and a share of 1 holds all back', () => {
    const { train, validation } = split({ validationShare: 0.9, splitSeed: 1 }, null, [0, 1, 1]);
    expect(train).toContain(0);
    expect(validation).toHaveLength(1);
    expect(split({ validationShare: 1 }).train).toHaveLength(0);
  });
});

describe('a test part', () => {
  test('has its share of every class, and another validation share leaves it as it is', () => {
    const [few, many, none] = [0.1, 0.4, 0].map((validationShare) =>
      split({ testShare: 0.2, validationShare }),
    );
    expect(countByClass(few!.test)).toEqual([5, 5, 5, 5, 2]);
    expect(few!.test).toEqual(many!.test);
    expect(few!.test).toEqual(none!.test);
    expect([few, many, none].map((one) => one!.validation.length)).toEqual([11, 44, 0]);
    expect(split({ testShare: 0.2, splitSeed: 8 }).test).not.toEqual(few!.test);
    for (const one of [few, many, none]) expectWhole(one!, 110);
  });

  test('is made of the images that came as one, and only what is missing is drawn from the others', () => {
    const parts = Uint8Array.from(labels, (_, i) => (i % 10 === 0 ? 2 : 0));
    const found = split({ testShare: 0.5 }, parts);
    expect([...found.test]).toEqual([...parts.keys()].filter((i) => parts[i] === 2));
    expect(found.validation).toHaveLength(Math.round(0.2 * 99));
    expectWhole(found, 110);
    expect(split({ keepsParts: false }, parts)).toEqual(split({}));
  });

  test('is drawn where images came for training and validation only', () => {
    const parts = Uint8Array.from(labels, (_, i) => (i % 10 === 0 ? 1 : 0));
    const found = split({ testShare: 0.1 }, parts);
    expect([...found.validation]).toEqual([...parts.keys()].filter((i) => parts[i] === 1));
    expect(found.test).toHaveLength(10);
  });

  test('does not count where nothing would be left to train with: a lone file of test images can be trained with', () => {
    expect(split({}, new Uint8Array(110).fill(2))).toEqual(split({}));
  });
});

test('no image is lost or in two parts, whatever the labels, parts and shares', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.nat(5), fc.nat(2)), { maxLength: 60 }),
      fc.record({
        splitSeed: fc.integer(),
        validationShare: fc.double({ min: 0, max: 1, noNaN: true }),
        testShare: fc.double({ min: 0, max: 1, noNaN: true }),
        keepsParts: fc.boolean(),
      }),
      (images, choice) => {
        const own = images.map(([label]) => label);
        // class 5 is beyond the five that are named
        expectWhole(
          splitOf(
            own,
            Uint8Array.from(images, ([, part]) => part),
            5,
            choice,
          ),
          own.length,
        );
      },
    ),
  );
});
