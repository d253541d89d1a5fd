import type { Random } from '../random.ts';
import { directionOf } from './angle.ts';
import type { LabeledBox } from './labeledBox.ts';
import { eachPixel, type Picture, type Place, paintGround, paintLeaf } from './picture.ts';
import { blend, type Direction, mix, pick, type Rgb, smoothStep, uniform, varied } from './tile.ts';

/** Most tries to find a free place for one more logo. */
const TRIES = 1000;

type Kind = 'logo' | 'plain-disk' | 'ring' | 'bars' | 'square' | 'cross';

/** Things that look a bit like the logo and are none. */
const OTHERS: readonly [Kind, ...Kind[]] = ['plain-disk', 'ring', 'bars', 'square', 'cross'];

const INKS: readonly [Rgb, ...Rgb[]] = [
  [190, 40, 44],
  [36, 76, 150],
  [30, 110, 74],
  [34, 34, 40],
  [214, 130, 30],
];

interface Style {
  readonly ink: Rgb;
  readonly paper: Rgb;
  /** Foreshortening across the direction. */
  readonly squash: number;
  readonly alpha: number;
}

/**
 * How much ink a shape has at a point (1 = radius), or null outside of it. The logo is a disk within a thin ring, with
 * three rising bars cut out of the disk.
 */
function inkAt(kind: Kind, x: number, y: number): number | null {
  const r = Math.sqrt(x * x + y * y);
  switch (kind) {
    case 'logo': {
      if (r > 1) return null;
      if (r > 0.86) return 1;
      if (r > 0.76) return 0;
      const bar = Math.floor((x + 0.54) / 0.36);
      const within = (x + 0.54) / 0.36 - bar < 0.64;
      return bar >= 0 && bar < 3 && within && y < 0.42 && y > 0.18 - 0.28 * bar ? 0 : 1;
    }
    case 'plain-disk':
      return r > 1 ? null : r > 0.76 && r < 0.86 ? 0 : 1;
    case 'ring':
      return r > 1 ? null : r > 0.72 ? 1 : 0;
    case 'bars': {
      if (Math.abs(x) > 0.8 || Math.abs(y) > 0.8) return null;
      const bar = Math.floor((x + 0.8) / 0.4);
      return (x + 0.8) / 0.4 - bar < 0.6 && y > 0.4 - 0.35 * bar ? 1 : 0;
    }
    case 'square':
      return Math.abs(x) > 0.8 || Math.abs(y) > 0.8 ? null : Math.abs(x) + Math.abs(y) < 0.6 ? 0 : 1;
    case 'cross':
      return r > 1 ? null : Math.abs(x) < 0.22 || Math.abs(y) < 0.22 ? 0 : 1;
  }
}

function paintShape(picture: Picture, kind: Kind, place: Place, radius: number, style: Style): void {
  const { ink, paper, squash, alpha } = style;
  const step = 0.25 / picture.extent;
  eachPixel(picture, place, radius + step, (i, u, v) => {
    let covered = 0;
    let inked = 0;
    for (const du of [-step, step]) {
      for (const dv of [-step, step]) {
        const share = inkAt(kind, (u + du) / radius, (v + dv) / (radius * squash));
        if (share === null) continue;
        covered++;
        inked += share;
      }
    }
    if (covered > 0) blend(picture.values, i, mix(paper, ink, inked / covered), (alpha * covered) / 4);
  });
}

/** A ground with stripes and blotches: walls, shirts, shop fronts. */
function paintClutter(picture: Picture, random: Random): void {
  const dark: Rgb = [uniform(random, 20, 150), uniform(random, 20, 150), uniform(random, 20, 150)];
  const cells = 2 + random.integer(8);
  paintGround(picture, random, dark, varied(random, [dark[0] + 60, dark[1] + 60, dark[2] + 60], 40), cells);
  const pieces = 4 + random.integer(14);
  for (let k = 0; k < pieces; k++) {
    const color: Rgb = [random.integer(256), random.integer(256), random.integer(256)];
    const place = {
      x: random.next(),
      y: random.next(),
      direction: directionOf(uniform(random, 0, 360)),
    };
    const length = uniform(random, 0.04, 0.3);
    const width = length * uniform(random, 0.1, 0.9);
    const alpha = uniform(random, 0.3, 0.9);
    if (random.next() < 0.5) paintLeaf(picture, place, length, width, color, alpha);
    else {
      const edge = 1 / picture.extent;
      eachPixel(picture, place, length, (i, u, v) => {
        if (u < -length || u > length) return;
        const off = v < 0 ? -v : v;
        blend(picture.values, i, color, alpha * (1 - smoothStep(width / 2 - edge, width / 2 + edge, off)));
      });
    }
  }
}

/** Half width and half height of the upright box around an ellipse. */
function reachOf([c, s]: Direction, radius: number, squash: number): readonly [number, number] {
  const q = squash * squash;
  return [radius * Math.sqrt(c * c + q * s * s), radius * Math.sqrt(s * s + q * c * c)];
}

export interface LogoScene {
  /** In pixels; no two touch. */
  readonly logos: readonly LabeledBox[];
  /** Boxes around what only looks like one. */
  readonly others: readonly LabeledBox[];
}

/** Paints up to `count` logos (fewer where no place is free) and a few things that are none. */
export function paintLogoScene(picture: Picture, random: Random, count: number): LogoScene {
  const { extent } = picture;
  paintClutter(picture, random);
  const logos: LabeledBox[] = [];
  const others: LabeledBox[] = [];
  const largest = Math.min(0.3, 0.42 / Math.sqrt(count));
  const smallest = Math.max(0.045, 0.4 * largest);
  const style = (): Style => ({
    ink: varied(random, pick(random, INKS), 26),
    paper: varied(random, [226, 224, 218], 26),
    squash: uniform(random, 0.6, 1),
    alpha: uniform(random, 0.8, 1),
  });
  const put = (kind: Kind): void => {
    const look = style();
    for (let attempt = 0; attempt < TRIES; attempt++) {
      const radius = attempt < 30 ? uniform(random, smallest, largest) : smallest;
      const direction = directionOf(uniform(random, -40, 40));
      const [halfWidth, halfHeight] = reachOf(direction, radius, look.squash);
      const x = uniform(random, halfWidth, 1 - halfWidth);
      const y = uniform(random, halfHeight, 1 - halfHeight);
      const box = {
        left: (x - halfWidth) * extent,
        top: (y - halfHeight) * extent,
        right: (x + halfWidth) * extent,
        bottom: (y + halfHeight) * extent,
        label: 0,
      };
      const free = [...logos, ...others].every(
        (other) =>
          box.right < other.left ||
          box.left > other.right ||
          box.bottom < other.top ||
          box.top > other.bottom,
      );
      if (!free) continue;
      paintShape(picture, kind, { x, y, direction }, radius, look);
      (kind === 'logo' ? logos : others).push(box);
      return;
    }
  };
  // The logos come first: with forty of them nothing else may find a place.
  for (let k = 0; k < count; k++) put('logo');
  const otherCount = 2 + random.integer(6);
  for (let k = 0; k < otherCount; k++) put(pick(random, OTHERS));
  return { logos, others };
}
