import type { Random } from '../random.ts';
import { directionOf } from './angle.ts';
import type { Ring, Species } from './flowersSpecies.ts';
import { eachPixel, type Picture, type Place, paintGround, paintLeaf } from './picture.ts';
import { blend, clamp, type Direction, mix, pick, type Rgb, smoothStep, uniform, varied } from './tile.ts';

export const rotatedBy = ([c, s]: Direction, [d, t]: Direction): Direction => [c * d - s * t, s * d + c * t];

/** How one flower is seen. */
interface Pose {
  readonly place: Place;
  readonly radius: number;
  /** Foreshortening across the direction, 0..1. */
  readonly squash: number;
  readonly color: Rgb;
}

/** Half width of a petal at `t` of its length (0 base, 1 tip), as a share of its largest. */
function profile(t: number, tip: number): number {
  const round = Math.sqrt(Math.max(0, 4 * t * (1 - t)));
  const skew = tip > 0 ? 1.6 * (1 - t) : 1.6 * t;
  const share = tip > 0 ? tip : -tip;
  return round * (1 - share + share * skew);
}

function paintPetal(picture: Picture, pose: Pose, ring: Ring, at: Direction, light: number, base: Rgb): void {
  const { place, radius, squash, color } = pose;
  const length = ring.length * radius;
  const width = ring.width * radius;
  const edge = 0.7 / picture.extent;
  const [c, s] = at;
  const visit = (i: number, p: number, q: number) => {
    const r = q / squash;
    const u = p * c + r * s;
    if (u <= 0 || u >= length) return;
    const v = r * c - p * s;
    const off = v < 0 ? -v : v;
    const t = u / length;
    const half = width * profile(t, ring.tip);
    if (off > half + edge) return;
    if (ring.notch > 0 && t > 1 - ring.notch * (1 - off / width)) return;
    const shade = light * (1 - 0.34 * (off / (half + edge)) ** 2) * (0.74 + 0.3 * t);
    const here = mix(base, color, smoothStep(0.1, 0.5, t));
    blend(
      picture.values,
      i,
      [here[0] * shade, here[1] * shade, here[2] * shade],
      1 - smoothStep(half - edge, half + edge, off),
    );
  };
  eachPixel(picture, place, width + edge, visit, length * c, length * s * squash);
}

function paintHead(picture: Picture, random: Random, species: Species, pose: Pose): void {
  for (const ring of species.rings) {
    const [few, many] = ring.count;
    const count = few + random.integer(many - few + 1);
    const whole = ring.fan >= 360;
    const step = whole ? 360 / count : ring.fan / Math.max(1, count - 1);
    const start = whole ? uniform(random, 0, 360) : -ring.fan / 2;
    const missing = random.next() < 0.15 ? random.integer(count) : -1;
    for (let k = 0; k < count; k++) {
      const angle = start + step * (k + uniform(random, -0.14, 0.14));
      const light = uniform(random, 0.84, 1.08);
      if (k === missing && count > 6) continue;
      paintPetal(picture, pose, ring, directionOf(angle), light, species.base ?? pose.color);
    }
  }
  if (species.center) {
    const radius = species.center.radius * pose.radius;
    const color = varied(random, species.center.color, 16);
    const edge = 0.8 / picture.extent;
    const grain = uniform(random, 0.7, 0.9);
    eachPixel(picture, pose.place, radius + edge, (i, p, q) => {
      const r = Math.sqrt(p * p + (q / pose.squash) ** 2);
      if (r > radius + edge) return;
      const shade = (i % 3 === 0 ? grain : 1) * (1.12 - 0.3 * (r / radius));
      const lit: Rgb = [color[0] * shade, color[1] * shade, color[2] * shade];
      blend(picture.values, i, lit, 1 - smoothStep(radius - edge, radius + edge, r));
    });
  }
}

const GREEN: readonly [Rgb, ...Rgb[]] = [
  [66, 108, 48],
  [92, 128, 58],
  [52, 84, 52],
  [118, 140, 76],
];

const UP: Direction = [0, -1];

function paintStem(picture: Picture, random: Random, x: number, y: number, lean: Direction): void {
  const direction = rotatedBy([0, 1], lean);
  const place = { x: x + 0.6 * direction[0], y: y + 0.6 * direction[1], direction };
  paintLeaf(picture, place, 0.62, uniform(random, 0.012, 0.026), pick(random, GREEN), 1);
}

/** A flower with what belongs to its habit. `radius` in shares of the extent. */
function paintFlower(
  picture: Picture,
  random: Random,
  species: Species,
  x: number,
  y: number,
  radius: number,
): void {
  const color = varied(random, pick(random, species.colors), 20);
  const lean = directionOf(uniform(random, -26, 26));
  const squash = uniform(random, 0.7, 1);
  switch (species.habit) {
    case 'open': {
      if (random.next() < 0.6) paintStem(picture, random, x, y, lean);
      const direction = directionOf(uniform(random, 0, 360));
      paintHead(picture, random, species, { place: { x, y, direction }, radius, squash, color });
      return;
    }
    case 'side': {
      paintStem(picture, random, x, y, lean);
      const direction = rotatedBy(UP, lean);
      const place = { x: x - 0.5 * radius * direction[0], y: y - 0.5 * radius * direction[1], direction };
      paintHead(picture, random, species, { place, radius: 1.35 * radius, squash, color });
      return;
    }
    case 'bells': {
      paintStem(picture, random, x, y - radius, lean);
      const count = 3 + random.integer(4);
      for (let k = 0; k < count; k++) {
        const side = k % 2 === 0 ? 1 : -1;
        const along = (k / count - 0.5) * 1.7 * radius;
        const droop = rotatedBy([0, 1], directionOf(-side * uniform(random, 5, 50)));
        const place = { x: x + side * uniform(random, 0.1, 0.4) * radius, y: y + along, direction: droop };
        paintHead(picture, random, species, { place, radius: 0.62 * radius, squash, color });
      }
      return;
    }
    case 'plume': {
      paintStem(picture, random, x, y, lean);
      const up = rotatedBy(UP, lean);
      const count = 60 + random.integer(40);
      for (let k = 0; k < count; k++) {
        const t = uniform(random, -1, 1.1);
        const off = uniform(random, -1, 1) * 0.34 * (1.2 - t);
        const place = {
          x: x + radius * (up[0] * t - up[1] * off),
          y: y + radius * (up[1] * t + up[0] * off),
          direction: up,
        };
        const tone = uniform(random, 0.78, 1.12);
        const lit: Rgb = [color[0] * tone, color[1] * tone, color[2] * tone];
        paintLeaf(picture, place, radius * 0.13, radius * 0.09, lit, 1);
      }
      return;
    }
  }
}

const GROUNDS: readonly [readonly [Rgb, Rgb], ...(readonly [Rgb, Rgb])[]] = [
  [
    [30, 56, 28],
    [96, 128, 62],
  ],
  [
    [60, 84, 40],
    [140, 156, 84],
  ],
  [
    [70, 58, 46],
    [132, 118, 94],
  ],
  [
    [24, 30, 26],
    [62, 76, 54],
  ],
  [
    [120, 140, 158],
    [190, 200, 206],
  ],
  [
    [150, 146, 138],
    [206, 200, 188],
  ],
  [
    [34, 60, 66],
    [90, 120, 112],
  ],
];

/** Leaves and blades at random; in front of the flower they hide parts of it. */
export function paintLeaves(picture: Picture, random: Random, count: number): void {
  for (let k = 0; k < count; k++) {
    const place = { x: random.next(), y: random.next(), direction: directionOf(uniform(random, 0, 360)) };
    const length = uniform(random, 0.1, 0.4);
    const width = length * uniform(random, 0.05, 0.4);
    paintLeaf(picture, place, length, width, varied(random, pick(random, GREEN), 18), 0.9);
  }
}

/** Paints a photograph of the species: ground, leaves, flowers behind, the flower, now and then leaves before it. */
export function paintScene(picture: Picture, random: Random, species: Species): void {
  const [dark, bright] = pick(random, GROUNDS);
  paintGround(picture, random, varied(random, dark, 20), varied(random, bright, 20), 2 + random.integer(5));
  paintLeaves(picture, random, random.integer(9));
  const others = random.next() < 0.25 ? random.integer(3) : 0;
  for (let k = 0; k < others; k++) {
    const radius = uniform(random, 0.08, 0.2);
    paintFlower(picture, random, species, random.next(), random.next(), radius);
  }
  const size = uniform(random, 0.31, 0.46);
  const spread = clamp(0.5 - size, 0.05, 0.14);
  const x = 0.5 + uniform(random, -spread, spread);
  const y = 0.5 + uniform(random, -spread, spread);
  paintFlower(picture, random, species, x, y, size);
  if (random.next() < 0.3) paintLeaves(picture, random, 1 + random.integer(2));
}
