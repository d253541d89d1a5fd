import {
  add,
  type Code,
  countUp,
  define,
  type FunctionCode,
  f32x4,
  type Local,
  load,
  type Operand,
  store,
} from './assembler.ts';

/** Bytes of four floats, and of what one turn of the inner loop does. */
const VECTOR = 16;
export const TURN = 4 * VECTOR;

type Pointers<P extends string> = Readonly<Record<P, Local>>;

/** What is computed of one vector: `at` says where a pointer's lies. */
type AtVector = (at: (pointer: Local) => Operand, offset: number) => Code;

/**
 * A kernel over maps of `periods` times `bytes` bytes. The pointers in `moving` go on; those in `fixed` hold one value a
 * channel, as often as fills a period, and begin anew with each.
 */
function flat<const M extends string, const F extends string = never>(
  name: string,
  moving: readonly M[],
  fixed: readonly F[],
  write: (pointers: Pointers<M | F>, difference: Local) => AtVector,
): FunctionCode {
  return define(name, [...moving, ...fixed, 'periods', 'bytes'], (pointers, local) => {
    const { periods, bytes } = pointers;
    const [period, at] = [local.i32(), local.i32()];
    const body = write(pointers, local.v128());
    return countUp(period, periods, 1, [
      ...at.set(0),
      ...countUp(
        at,
        bytes,
        TURN,
        [0, 1, 2, 3].flatMap((i) => body((pointer) => add(pointer, at), i * VECTOR)),
      ),
      ...moving.flatMap((pointer) => pointers[pointer].set(add(pointers[pointer], bytes))),
    ]);
  });
}

/** Sums are added to what is there. */
export const FLAT_KERNELS: readonly FunctionCode[] = [
  // sums += x
  flat(
    'sum',
    ['x'],
    ['sums'],
    ({ x, sums }) =>
      (at, i) =>
        store(at(sums), f32x4.add(load(at(sums), i), load(at(x), i)), i),
  ),
  // sums += (x - mean)^2
  flat('sumSquares', ['x'], ['mean', 'sums'], ({ x, mean, sums }, difference) => (at, i) => [
    ...difference.set(f32x4.subtract(load(at(x), i), load(at(mean), i))),
    ...store(at(sums), f32x4.add(load(at(sums), i), f32x4.multiply(difference, difference)), i),
  ]),
  // sums += dy, products += dy * (x - mean)
  flat(
    'sumProducts',
    ['dy', 'x'],
    ['mean', 'sums', 'products'],
    ({ dy, x, mean, sums, products }, difference) =>
      (at, i) => [
        ...difference.set(f32x4.subtract(load(at(x), i), load(at(mean), i))),
        ...store(at(sums), f32x4.add(load(at(sums), i), load(at(dy), i)), i),
        ...store(
          at(products),
          f32x4.add(load(at(products), i), f32x4.multiply(load(at(dy), i), difference)),
          i,
        ),
      ],
  ),
  // y = (x - mean) * scale + shift
  flat('normalize', ['x', 'y'], ['mean', 'scale', 'shift'], ({ x, y, mean, scale, shift }) => (at, i) => {
    const difference = f32x4.subtract(load(at(x), i), load(at(mean), i));
    return store(at(y), f32x4.add(f32x4.multiply(difference, load(at(scale), i)), load(at(shift), i)), i);
  }),
  // dx = dy * scale + (x - mean) * slope + shift
  flat(
    'combine',
    ['dy', 'x', 'dx'],
    ['mean', 'scale', 'slope', 'shift'],
    ({ dy, x, dx, mean, scale, slope, shift }) =>
      (at, i) => {
        const difference = f32x4.subtract(load(at(x), i), load(at(mean), i));
        const own = f32x4.multiply(load(at(dy), i), load(at(scale), i));
        const shared = f32x4.multiply(difference, load(at(slope), i));
        return store(at(dx), f32x4.add(f32x4.add(own, shared), load(at(shift), i)), i);
      },
  ),
  // dx = dy where y is above 0, else 0
  flat(
    'reluGradient',
    ['dy', 'y', 'dx'],
    [],
    ({ dy, y, dx }) =>
      (at, i) =>
        store(at(dx), f32x4.and(load(at(dy), i), f32x4.greater(load(at(y), i), f32x4.constant(0))), i),
  ),
];
