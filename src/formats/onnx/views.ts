import type { FeatureMap } from '../../core/network/network.ts';
import { append } from './layers.ts';
import type { NodeReader } from './nodeReader.ts';
import type { NetworkSketch } from './sketch.ts';
import { type Axis, dimsOf, isPixel, type MapValue, type Run, sizeOf, Unsupported } from './values.ts';

/** Runs that lie end to end become one, runs of one number none. */
function simplified(axis: Axis): Axis {
  const runs: Run[] = [];
  for (const run of axis) {
    if (run.extent === 1) continue;
    const last = runs.at(-1);
    if (last && last.stride === run.stride * run.extent)
      runs.splice(-1, 1, { extent: last.extent * run.extent, stride: run.stride });
    else runs.push(run);
  }
  return runs;
}

const keyOf = (axes: readonly Axis[]): string =>
  axes
    .map((axis) =>
      simplified(axis)
        .map(({ extent, stride }) => `${extent}:${stride}`)
        .join('+'),
    )
    .join('|');

const alike = (a: readonly Axis[], b: readonly Axis[]) => a.length === b.length && keyOf(a) === keyOf(b);

/** Rows, columns and channels of a map as they lie in our memory. */
function runsOf({ height, width, channels }: FeatureMap): { rows: Axis; columns: Axis; channels: Axis } {
  return {
    rows: [{ extent: height, stride: width * channels }],
    columns: [{ extent: width, stride: channels }],
    channels: [{ extent: channels, stride: 1 }],
  };
}

/** What every axis behind the batch runs over. Throws Unsupported for several flattened maps in one vector. */
export function axesOf(value: MapValue): readonly Axis[] {
  if (value.view) return value.view;
  if (value.flattened && value.flattened.length > 1)
    throw new Unsupported('it takes a vector apart that several feature maps were joined to');
  const { rows, columns, channels } = runsOf(value.flattened?.[0] ?? value.map);
  if (value.layout === 'channelsFirst') return [channels, rows, columns];
  if (value.layout === 'channelsLast') return [rows, columns, channels];
  return [[...channels, ...rows, ...columns]];
}

/** The same numbers on axes of other extents, or null where an extent cuts through a run. */
export function regrouped(axes: readonly Axis[], dims: readonly number[]): readonly Axis[] | null {
  const waiting = [...simplified(axes.flat())];
  const groups: Axis[] = [];
  for (const extent of dims) {
    const group: Run[] = [];
    let left = extent;
    while (left > 1) {
      const run = waiting.shift();
      if (!run) return null;
      if (left % run.extent === 0) {
        group.push(run);
        left /= run.extent;
      } else if (run.extent % left === 0) {
        const inner = run.extent / left;
        group.push({ extent: left, stride: run.stride * inner });
        waiting.unshift({ extent: inner, stride: run.stride });
        left = 1;
      } else return null;
    }
    groups.push(group);
  }
  return waiting.length === 0 ? groups : null;
}

/** How many groups a channel axis was shuffled by: [groups, n] read as [n, groups]; 0 where it was not. */
function shuffledBy(axis: Axis | undefined, channels: number): number {
  const [outer, inner, ...more] = simplified(axis ?? []);
  const shuffled =
    outer?.stride === 1 &&
    inner?.stride === outer.extent &&
    outer.extent * inner.extent === channels &&
    more.length === 0;
  return shuffled ? (inner?.extent ?? 0) : 0;
}

/** A flatten layer, with ONNX's order of the numbers remembered. */
export function flatten(
  node: NodeReader,
  sketch: NetworkSketch,
  input: MapValue,
  flattened: MapValue['flattened'],
): MapValue {
  const { value } = append(node, sketch, input, { kind: 'flatten' });
  return { ...value, layout: 'vector', flattened, view: null };
}

/** Whether the axes run through our memory without a jump. */
const inMemoryOrder = (axes: readonly Axis[]): boolean => {
  const runs = simplified(axes.flat());
  return runs.length === 0 || (runs.length === 1 && runs[0]?.stride === 1);
};

/**
 * `input` on other axes, as the simplest value that they describe: a map, a vector behind a flatten layer, a map
 * behind a channel shuffle, or else a view that only few nodes understand.
 */
export function onAxes(
  node: NodeReader,
  sketch: NetworkSketch,
  input: MapValue,
  axes: readonly Axis[],
): MapValue {
  const value = { ...input, view: null };
  const { rows, columns, channels } = runsOf(input.map);
  if (alike(axes, axesOf(value))) return value;
  const plain = input.layout !== 'vector' || !input.flattened;
  if (plain && alike(axes, [channels, rows, columns])) return { ...value, layout: 'channelsFirst' };
  if (plain && alike(axes, [rows, columns, channels])) return { ...value, layout: 'channelsLast' };
  if (plain && axes.length === 3) {
    for (const layout of ['channelsFirst', 'channelsLast'] as const) {
      const groups = shuffledBy(axes[layout === 'channelsFirst' ? 0 : 2], input.map.channels);
      const others = layout === 'channelsFirst' ? axes.slice(1) : axes.slice(0, 2);
      if (groups === 0 || !alike(others, [rows, columns])) continue;
      return append(node, sketch, { ...value, layout }, { kind: 'channelShuffle', groups }).value;
    }
  }
  if (axes.length === 1) {
    if (input.layout === 'vector' && inMemoryOrder(axes)) return { ...value, flattened: null };
    const squeezed = isPixel(input.map) && !/^(?:Reshape|Flatten)$/.test(node.message.opType);
    if (squeezed) return { ...value, layout: 'vector', flattened: null };
    if (input.layout !== 'vector' && inMemoryOrder(axes)) return flatten(node, sketch, value, null);
    if (input.layout !== 'vector' && alike(axes, [[...channels, ...rows, ...columns]]))
      return flatten(node, sketch, value, [input.map]);
  }
  return { ...value, view: axes };
}

/** The axis of a view's channels, batch counted, or -1 where none holds all of them and nothing else. */
export function channelAxisOf(value: MapValue): number {
  if (!value.view) return value.layout === 'channelsLast' ? 3 : 1;
  const { channels } = runsOf(value.map);
  return value.view.findIndex((axis) => alike([axis], [channels])) + 1 || -1;
}

/** The view behind a layer that turns the channels into `channels` others and leaves the pixels. */
export function withChannels(value: MapValue, channels: number): readonly Axis[] | null {
  const at = channelAxisOf(value) - 1;
  const before = value.map.channels;
  if (!value.view || at < 0) return null;
  return value.view.map((axis, i) =>
    i === at
      ? [{ extent: channels, stride: 1 }]
      : axis.map(({ extent, stride }) => ({ extent, stride: (stride / before) * channels })),
  );
}

/** Boxes of several maps one after another, as detectors join them: [N, boxes, numbers] along axis 1. */
export function joinedViews(
  node: NodeReader,
  sketch: NetworkSketch,
  values: readonly MapValue[],
  axis: number,
): MapValue {
  const shapes = values.map(dimsOf);
  const tail = shapes[0]?.slice(2) ?? [];
  const fits = shapes.every((dims) => dims.slice(2).join() === tail.join());
  if (axis !== 1 || !fits || !values.every((value) => inMemoryOrder(axesOf(value))))
    throw new Unsupported(
      `it joins tensors of shapes ${shapes.map((dims) => `[${dims.join(', ')}]`).join(' and ')}`,
    );
  const vectors = values.map((value) =>
    value.layout === 'vector' ? value : flatten(node, sketch, { ...value, view: null }, null),
  );
  const { name, output, opType } = node.message;
  const layer = sketch.push(
    name || output[0] || opType,
    { kind: 'concat' },
    vectors.map(({ source }) => source),
  );
  const map = sketch.mapOf(layer.id);
  const rows = map.channels / sizeOf(tail);
  const view = regrouped([[{ extent: map.channels, stride: 1 }]], [rows, ...tail]);
  const [first] = vectors as [MapValue];
  return { ...first, source: layer.id, map, flattened: null, view, shared: false };
}

/** Rows and columns, or one of both, become one number by a pooling; null where other axes do. */
export function reduced(
  node: NodeReader,
  sketch: NetworkSketch,
  input: MapValue,
  gone: ReadonlySet<number>,
  kind: 'average' | 'max',
): MapValue | null {
  const axes = axesOf(input);
  const { rows, columns, channels } = runsOf(input.map);
  const kept = axes.map((axis, i) => (gone.has(i) ? [] : axis));
  const left = [simplified(kept.flat())];
  const dims = kept.filter((_, i) => node.integer('keepdims', 1) !== 0 || !gone.has(i));
  const grid = { ...input, view: null };
  if (alike(left, [channels])) {
    const draft = { kind: kind === 'average' ? 'globalAveragePool' : 'globalMaxPool' } as const;
    return onAxes(node, sketch, append(node, sketch, grid, draft).value, dims);
  }
  const lost = [axes.filter((_, i) => gone.has(i)).flat()];
  const narrow = alike(lost, [columns]);
  if (!narrow && !alike(lost, [rows])) return null;
  const { height, width } = input.map;
  const poolSize = narrow ? ([1, width] as const) : ([height, 1] as const);
  const pool = {
    kind: kind === 'average' ? 'averagePool' : 'maxPool',
    poolSize,
    strides: [1, 1],
    padding: 'valid',
  } as const;
  const { value } = append(node, sketch, grid, pool);
  // Without columns the rows lie closer.
  const closer = dims.map((axis) =>
    axis.map((run) =>
      narrow && run.stride >= input.map.channels ? { ...run, stride: run.stride / width } : run,
    ),
  );
  return onAxes(node, sketch, value, closer);
}
