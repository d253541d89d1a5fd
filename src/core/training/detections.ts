import { averagePrecision, type Interpolation, meanAveragePrecision } from './averagePrecision.ts';

/** A box in pixels; `right` and `bottom` lie outside it. */
export interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

export interface TrueBox extends Box {
  readonly image: number;
  readonly label: number;
}

export interface Detection extends TrueBox {
  readonly score: number;
}

/** Shared area over joint area (Jaccard), 0..1. */
export function overlap(a: Box, b: Box): number {
  const width = Math.min(a.right, b.right) - Math.max(a.left, b.left);
  const height = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
  if (width <= 0 || height <= 0) return 0;
  const area = (box: Box) => (box.right - box.left) * (box.bottom - box.top);
  return (width * height) / (area(a) + area(b) - width * height);
}

function grouped<Item>(items: readonly Item[], keyOf: (item: Item) => number): Map<number, Item[]> {
  const groups = new Map<number, Item[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group) group.push(item);
    else groups.set(keyOf(item), [item]);
  }
  return groups;
}

/**
 * Which detections of one class are right, by the rules of PASCAL VOC: from the highest score down, each belongs
 * to the true box it overlaps most; it is right where that overlap is at least `threshold` and nobody was there
 * before.
 */
function judge(detections: readonly Detection[], truths: readonly TrueBox[], threshold: number) {
  const byImage = grouped(truths, ({ image }) => image);
  const taken = new Set<TrueBox>();
  const right: number[] = [];
  const wrong: number[] = [];
  for (const detection of detections.toSorted((a, b) => b.score - a.score)) {
    let best: TrueBox | null = null;
    let most = 0;
    for (const truth of byImage.get(detection.image) ?? []) {
      const shared = overlap(detection, truth);
      if (shared > most) {
        best = truth;
        most = shared;
      }
    }
    const found = best !== null && most >= threshold && !taken.has(best);
    if (found && best) taken.add(best);
    (found ? right : wrong).push(detection.score);
  }
  return { right: Float32Array.from(right), wrong: Float32Array.from(wrong) };
}

/** mAP of boxes: the mean over the classes that occur in the truth of their average precision. */
export function detectionMap(
  detections: readonly Detection[],
  truths: readonly TrueBox[],
  { threshold = 0.5, interpolation = 'all points' as Interpolation } = {},
): { readonly byClass: ReadonlyMap<number, number>; readonly mean: number | null } {
  const byClass = new Map<number, number>();
  const ofClass = grouped(detections, ({ label }) => label);
  for (const [label, wanted] of grouped(truths, (truth) => truth.label)) {
    const { right, wrong } = judge(ofClass.get(label) ?? [], wanted, threshold);
    byClass.set(label, averagePrecision(right, wrong, wanted.length, interpolation) ?? 0);
  }
  return { byClass, mean: meanAveragePrecision([...byClass.values()]) };
}
