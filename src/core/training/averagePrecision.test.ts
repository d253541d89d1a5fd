import { describe, expect, it } from 'vitest';
import { createRandom } from '../random.ts';
import {
  averagePrecision,
  averagePrecisions,
  meanAveragePrecision,
  precisionRecall,
} from './averagePrecision.ts';
import { type Detection, detectionMap, overlap, type TrueBox } from './detections.ts';

const scores = (...values: number[]) => Float32Array.from(values);

describe('average precision (SX-31)', () => {
  it('is 1 where all are right and found, 0 where none is, and nothing where there is nothing to find (SX-31)', () => {
    for (const interpolation of ['all points', '11 points'] as const) {
      expect(averagePrecision(scores(0.9, 0.8, 0.3), scores(), 3, interpolation)).toBe(1);
      expect(averagePrecision(scores(), scores(0.9, 0.8), 3, interpolation)).toBe(0);
      expect(averagePrecision(scores(), scores(), 3, interpolation)).toBe(0);
      expect(averagePrecision(scores(), scores(0.5), 0, interpolation)).toBeNull();
    }
  });

  it('is the area computed by hand for a known set (SX-31)', () => {
    // by score: right, wrong, right, wrong, right; 4 to find, so one is never found
    // precision 1, 1/2, 2/3, 1/2, 3/5 at recall 1/4, 1/4, 1/2, 1/2, 3/4
    const right = scores(0.9, 0.7, 0.5);
    const wrong = scores(0.8, 0.6);
    const { precision, recall } = precisionRecall(right, wrong, 4);
    expect([...precision]).toEqual([1, 1 / 2, 2 / 3, 1 / 2, 3 / 5]);
    expect([...recall]).toEqual([1 / 4, 1 / 4, 1 / 2, 1 / 2, 3 / 4]);
    expect(averagePrecision(right, wrong, 4)).toBeCloseTo((1 + 2 / 3 + 3 / 5) / 4, 12);
    // recalls 0, 0.1, 0.2 reach 1; 0.3 to 0.5 reach 2/3; 0.6 and 0.7 reach 3/5; the rest nothing
    expect(averagePrecision(right, wrong, 4, '11 points')).toBeCloseTo(
      (3 + 3 * (2 / 3) + 2 * (3 / 5)) / 11,
      12,
    );
  });

  it('takes a recall of 3/10 for 0.3 in spite of rounding', () => {
    const tenth = Float32Array.from({ length: 3 }, (_, i) => 1 - i / 10);
    expect(averagePrecision(tenth, scores(), 10, '11 points')).toBeCloseTo(4 / 11, 12);
  });

  it('lets no order among equal scores decide', () => {
    expect(averagePrecision(scores(0.5), scores(0.5), 1)).toBe(0.5);
  });

  it('stays in 0..1, depends on the order of the scores alone, and rises when a wrong one goes', () => {
    const random = createRandom(3);
    for (let trial = 0; trial < 50; trial++) {
      const draw = () => Float32Array.from({ length: 1 + random.integer(12) }, () => random.next());
      const [right, wrong] = [draw(), draw()];
      const truth = right.length + random.integer(3);
      for (const interpolation of ['all points', '11 points'] as const) {
        const value = averagePrecision(right, wrong, truth, interpolation)!;
        expect(value).toBeGreaterThan(0);
        expect(value).toBeLessThanOrEqual(1);
        const bent = (all: Float32Array) => all.map((score) => score / 2 + 7);
        expect(averagePrecision(bent(right), bent(wrong), truth, interpolation)).toBeCloseTo(value, 12);
        expect(averagePrecision(right, wrong.slice(1), truth, interpolation)).toBeGreaterThanOrEqual(
          value - 1e-12,
        );
      }
    }
  });

  it('of a classifier ranks all images by the probability of a class', () => {
    const probabilities = Float32Array.from([0.9, 0.1, 0.2, 0.8, 0.6, 0.4]);
    const found = averagePrecisions({ probabilities, labels: Uint8Array.of(0, 1, 1), classCount: 2 });
    // class 0: 0.9 right first; class 1: 0.8 and 0.4 before 0.1
    expect(found).toEqual([1, 1]);
    const swapped = averagePrecisions({ probabilities, labels: Uint8Array.of(1, 1, 0), classCount: 2 });
    expect(swapped[0]).toBeCloseTo(1 / 2, 12);
    expect(swapped[1]).toBeCloseTo((1 + 2 / 3) / 2, 12);
    expect(meanAveragePrecision([1, null, 0.5])).toBe(0.75);
    expect(meanAveragePrecision([null])).toBeNull();
  });
});

describe('mAP of boxes', () => {
  const box = (image: number, label: number, left: number, width = 10): TrueBox => ({
    image,
    label,
    left,
    top: 0,
    right: left + width,
    bottom: 10,
  });
  const seen = (truth: TrueBox, score: number, shift = 0): Detection => ({
    ...truth,
    left: truth.left + shift,
    right: truth.right + shift,
    score,
  });
  const truths = [box(0, 0, 0), box(0, 0, 40), box(1, 1, 0)];

  it('overlap is the shared area over the joint one', () => {
    expect(overlap(box(0, 0, 0), box(0, 0, 5))).toBeCloseTo(5 / 15, 12);
    expect(overlap(box(0, 0, 0), box(0, 0, 10))).toBe(0);
    expect(overlap(box(0, 0, 0), box(0, 0, 0))).toBe(1);
  });

  it('is 1 where every box is found and 0 where none is (SX-31)', () => {
    expect(
      detectionMap(
        truths.map((truth) => seen(truth, 0.9)),
        truths,
      ).mean,
    ).toBe(1);
    expect(detectionMap([], truths).mean).toBe(0);
    expect(
      detectionMap(
        truths.map((truth) => seen(truth, 0.9, 20)),
        truths,
      ).mean,
    ).toBe(0);
    expect(detectionMap([seen(truths[0]!, 0.5)], []).mean).toBeNull();
  });

  it('counts a second box on the same thing, one in another image and a poor one as wrong', () => {
    const twice = [
      seen(truths[0]!, 0.9),
      seen(truths[0]!, 0.8),
      seen(truths[1]!, 0.7),
      seen(truths[2]!, 0.9),
    ];
    // class 0: precision 1, 1/2, 2/3 at recall 1/2, 1/2, 1
    const { byClass, mean } = detectionMap(twice, truths);
    expect(byClass.get(0)).toBeCloseTo((1 + 2 / 3) / 2, 6);
    expect(byClass.get(1)).toBe(1);
    expect(mean).toBeCloseTo((5 / 6 + 1) / 2, 6);
    const elsewhere = { ...seen(truths[2]!, 0.9), image: 0 };
    expect(detectionMap([elsewhere], truths).byClass.get(1)).toBe(0);
    const shifted = [seen(truths[2]!, 0.9, 4)]; // overlap 6/14
    expect(detectionMap(shifted, truths).byClass.get(1)).toBe(0);
    expect(detectionMap(shifted, truths, { threshold: 0.4 }).byClass.get(1)).toBe(1);
  });
});
