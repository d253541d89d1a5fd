import {
  add,
  countUp,
  define,
  type FunctionCode,
  f32x4,
  load,
  multiply,
  smaller,
  store,
  subtract,
} from './assembler.ts';

const VECTOR = 16;

/**
 * The gradient of max pooling of one image in windows of `size` x `size` side by side: values that share the maximum share
 * the gradient. A pixel has four channels or more; its last vector may overlap the one before, which writes the same.
 */
const maxPoolGradient = (size: number): FunctionCode =>
  define(
    `maxPoolGradient${size}`,
    ['dy', 'x', 'y', 'dx', 'rows', 'columns', 'pixelBytes', 'rowBytes'],
    ({ dy, x, y, dx, rows, columns, pixelBytes, rowBytes }, { i32, v128 }) => {
      const [row, column, at, channel, last, line, corner] = [
        i32(),
        i32(),
        i32(),
        i32(),
        i32(),
        i32(),
        i32(),
      ];
      const [maximum, count, share] = [v128(), v128(), v128()];
      const places = Array.from({ length: size * size }, () => ({ offset: i32(), chosen: v128() }));
      const offsetOf = (i: number) => {
        const before = places[i % size === 0 ? i - size : i - 1];
        return before ? add(before.offset, i % size === 0 ? rowBytes : pixelBytes) : add(corner, channel);
      };
      const vector = [
        ...channel.set(smaller(at, last)),
        ...maximum.set(load(add(y, channel))),
        ...count.set(f32x4.constant(0)),
        ...places.flatMap(({ offset, chosen }, i) => [
          ...offset.set(offsetOf(i)),
          ...chosen.set(f32x4.equal(load(add(x, offset)), maximum)),
          ...count.set(f32x4.add(count, f32x4.and(chosen, f32x4.constant(1)))),
        ]),
        ...share.set(f32x4.divide(load(add(dy, channel)), count)),
        ...places.flatMap(({ offset, chosen }) => store(add(dx, offset), f32x4.and(share, chosen))),
      ];
      return [
        ...last.set(subtract(pixelBytes, VECTOR)),
        ...countUp(row, rows, 1, [
          ...corner.set(line),
          ...column.set(0),
          ...countUp(column, columns, 1, [
            ...at.set(0),
            ...countUp(at, pixelBytes, VECTOR, vector),
            ...corner.set(add(corner, multiply(pixelBytes, size))),
            ...y.set(add(y, pixelBytes)),
            ...dy.set(add(dy, pixelBytes)),
          ]),
          ...line.set(add(line, multiply(rowBytes, size))),
        ]),
      ];
    },
  );

/** By window size. */
export const POOL_SIZES = [2, 3] as const;

export const POOL_KERNELS: readonly FunctionCode[] = POOL_SIZES.map(maxPoolGradient);
