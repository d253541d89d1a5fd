import {
  add,
  and,
  type Code,
  countUp,
  type Declare,
  define,
  type FunctionCode,
  f32x4,
  type Local,
  load,
  loadSplat,
  multiply,
  smaller,
  store,
  subtract,
} from './assembler.ts';

const FLOAT = 4;
const VECTOR = 16;

/** The pixels that are summed over, and how far apart they lie in x and in dy, in bytes. */
export const WALK = [
  'images',
  'rows',
  'columns',
  'xImage',
  'xRow',
  'xColumn',
  'dyImage',
  'dyRow',
  'dyColumn',
] as const;

type Walk = (x: Code, dy: Code, visit: (x: Local, dy: Local) => Code) => Code;

/** Goes over all pixels from `x` and `dy` on. */
function walker(step: Readonly<Record<(typeof WALK)[number], Local>>, i32: Declare): Walk {
  const [image, row, column] = [i32(), i32(), i32()];
  const [xImage, xRow, xColumn, dyImage, dyRow, dyColumn] = [i32(), i32(), i32(), i32(), i32(), i32()];
  return (x, dy, visit) => [
    ...xImage.set(x),
    ...dyImage.set(dy),
    ...image.set(0),
    ...countUp(image, step.images, 1, [
      ...xRow.set(xImage),
      ...dyRow.set(dyImage),
      ...row.set(0),
      ...countUp(row, step.rows, 1, [
        ...xColumn.set(xRow),
        ...dyColumn.set(dyRow),
        ...column.set(0),
        ...countUp(column, step.columns, 1, [
          ...visit(xColumn, dyColumn),
          ...xColumn.set(add(xColumn, step.xColumn)),
          ...dyColumn.set(add(dyColumn, step.dyColumn)),
        ]),
        ...xRow.set(add(xRow, step.xRow)),
        ...dyRow.set(add(dyRow, step.dyRow)),
      ]),
      ...xImage.set(add(xImage, step.xImage)),
      ...dyImage.set(add(dyImage, step.dyImage)),
    ]),
  ];
}

/**
 * dw[tap, filter] += sum over the pixels of x[tap] * dy[filter]: `taps` are values of x that lie side by side, of one
 * window row all columns and channels. A tile of four taps and eight filters stays in registers while the pixels go by.
 * Filters are four or more; where a vector does not divide them, the last one takes the last four filters, and dw has a
 * vector of its own for them.
 */
const filterGradient = define(
  'filterGradient',
  ['x', 'dy', 'dw', 'tapBytes', 'filterBytes', ...WALK],
  ({ x, dy, dw, tapBytes, filterBytes, ...step }, { i32, v128 }) => {
    const [tap, filter, line] = [i32(), i32(), i32()];
    const [wholeTaps, wholeFilters, own, last] = [i32(), i32(), i32(), i32()];
    const lineBytes = i32();
    const walk = walker(step, i32);
    const value = v128();
    const outputs = [i32(), i32(), i32(), i32()];
    const vectors = [v128(), v128()];
    const sums = outputs.map(() => vectors.map(v128));
    const tile = (height: number, width: number): Code => {
      const rows = outputs.slice(0, height).map((output, t) => ({
        output,
        parts: (sums[t] as Local[]).slice(0, width),
      }));
      const columns = vectors.slice(0, width);
      return [
        ...rows.flatMap(({ output, parts }, t) => [
          ...output.set(t === 0 ? add(line, filter) : add(outputs[t - 1] as Local, lineBytes)),
          ...parts.flatMap((part, v) => part.set(load(output, v * VECTOR))),
        ]),
        ...own.set(smaller(filter, last)),
        ...walk(add(x, tap), add(dy, own), (at, dyAt) => [
          ...columns.flatMap((vector, v) => vector.set(load(dyAt, v * VECTOR))),
          ...rows.flatMap(({ parts }, t) => [
            ...value.set(loadSplat(at, t * FLOAT)),
            ...parts.flatMap((part, v) =>
              part.set(f32x4.add(part, f32x4.multiply(value, columns[v] as Local))),
            ),
          ]),
        ]),
        ...rows.flatMap(({ output, parts }) => parts.flatMap((part, v) => store(output, part, v * VECTOR))),
      ];
    };
    const filters = (height: number): Code => [
      ...filter.set(0),
      ...countUp(filter, wholeFilters, 2 * VECTOR, tile(height, 2)),
      ...countUp(filter, filterBytes, VECTOR, tile(height, 1)),
      ...line.set(add(line, multiply(lineBytes, height))),
    ];
    return [
      ...wholeTaps.set(and(tapBytes, -4 * FLOAT)),
      ...wholeFilters.set(and(filterBytes, -2 * VECTOR)),
      ...last.set(subtract(filterBytes, VECTOR)),
      ...lineBytes.set(and(add(filterBytes, VECTOR - 1), -VECTOR)),
      ...line.set(dw),
      ...countUp(tap, wholeTaps, 4 * FLOAT, filters(4)),
      ...countUp(tap, tapBytes, FLOAT, filters(1)),
    ];
  },
);

/** dw[channel] += sum over the pixels of x[channel] * dy[channel], with the last channels as above. */
const depthwiseGradient = define(
  'depthwiseGradient',
  ['x', 'dy', 'dw', 'channelBytes', ...WALK],
  ({ x, dy, dw, channelBytes, ...step }, { i32, v128 }) => {
    const [channel, whole, output, own, last] = [i32(), i32(), i32(), i32(), i32()];
    const walk = walker(step, i32);
    const sums = [v128(), v128(), v128(), v128()];
    const tile = (width: number): Code => {
      const parts = sums.slice(0, width);
      return [
        ...output.set(add(dw, channel)),
        ...parts.flatMap((part, v) => part.set(load(output, v * VECTOR))),
        ...own.set(smaller(channel, last)),
        ...walk(add(x, own), add(dy, own), (at, dyAt) =>
          parts.flatMap((part, v) =>
            part.set(f32x4.add(part, f32x4.multiply(load(at, v * VECTOR), load(dyAt, v * VECTOR)))),
          ),
        ),
        ...parts.flatMap((part, v) => store(output, part, v * VECTOR)),
      ];
    };
    return [
      ...whole.set(and(channelBytes, -4 * VECTOR)),
      ...last.set(subtract(channelBytes, VECTOR)),
      ...countUp(channel, whole, 4 * VECTOR, tile(4)),
      ...countUp(channel, channelBytes, VECTOR, tile(1)),
    ];
  },
);

export const FILTER_KERNELS: readonly FunctionCode[] = [filterGradient, depthwiseGradient];
