import type { EngineView } from '../core/hardware/engineViewParts.ts';
import type { Bound, CostTerm } from '../core/hardware/report.ts';
import type { LayerId } from '../core/network/network.ts';

/** What every chart function `(container, data, options)` hands back. */
export interface Chart<Data, Options> {
  /** Options given here replace the earlier ones one by one; those left out stay. */
  update(data: Data, options?: Partial<Options>): void;
  /** Marks everything that belongs to this layer; null takes the mark away. Never calls `onHover`. */
  highlight(layerId: LayerId | null): void;
  dispose(): void;
  /** For export: see `toSvgText` and `toPngBlob`. */
  readonly svg: SVGSVGElement;
}

/** The numbers of a chart as a table; the same goes to the screen and into a CSV. */
export interface Table {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (string | number)[])[];
}

export interface ChartOptions {
  /** The accessible name; each chart has a default. */
  readonly label?: string;
  /** The user points at, or moves the focus to, a mark of this layer; null when leaving it. */
  readonly onHover?: (layerId: LayerId | null) => void;
}

export interface ApozGroup {
  readonly id: string;
  readonly label: string;
  readonly layerIds: readonly LayerId[];
  /** APoZ of every channel, highest first. */
  readonly trained: Float64Array;
  /** APoZ of the kept channels only, highest first. */
  readonly pruned: Float64Array;
  /** Channels above it fall. */
  readonly threshold: number;
  readonly width: number;
  readonly kept: number;
  /** Fallen after rounding; `removed + roundedBack` are above the threshold. */
  readonly removed: number;
  readonly roundedBack: number;
  /** Why this group cannot be pruned, or null. */
  readonly fixed: string | null;
}

export interface ApozData {
  readonly groups: readonly ApozGroup[];
  readonly selected: string | null;
}

export interface ApozOptions extends ChartOptions {
  readonly onSelect?: (groupId: string) => void;
  /** `drag` for each step on the way, `end` once when the pointer or the key is let go. */
  readonly onThreshold?: (groupId: string, value: number, phase: 'drag' | 'end') => void;
}

export interface LatencyRow {
  readonly id: string;
  readonly label: string;
  readonly layerIds: readonly LayerId[];
  /** Null where the row exists only after, or only before. */
  readonly before: number | null;
  readonly after: number | null;
  readonly bound: Bound;
  readonly boundSentence: string;
  readonly terms?: readonly CostTerm[];
}

export interface LatencyData {
  readonly rows: readonly LatencyRow[];
  readonly unit: 'cycles' | 'ms';
  readonly names: { readonly before: string; readonly after: string };
  /** The row to mark; the slowest one after when left out. */
  readonly bottleneckId?: string;
}

export interface LatencyOptions extends ChartOptions {
  readonly order?: 'network' | 'slowest';
  readonly onPick?: (rowId: string) => void;
}

export interface ParetoPoint {
  readonly id: string;
  readonly label: string;
  /** Throughput, images per second unless `axes` says otherwise. */
  readonly x: number;
  /** Accuracy in percent, 0..100, unless `axes` says otherwise. */
  readonly y: number;
  readonly yInterval?: readonly [number, number];
  readonly onFront: boolean;
  readonly current: boolean;
  /** Layers this design changes most; a highlight marks the point. */
  readonly layerHints?: readonly LayerId[];
}

export interface ParetoAxis {
  readonly label: string;
  readonly unit: string;
  readonly better: 'higher' | 'lower';
}

export interface ParetoData {
  readonly points: readonly ParetoPoint[];
  /** A sentence for when there is no point yet. */
  readonly empty: string;
  readonly axes?: { readonly x: ParetoAxis; readonly y: ParetoAxis };
  /** A limit on x: a labelled dashed line. */
  readonly budget?: { readonly value: number; readonly label: string };
}

export interface ParetoOptions extends ChartOptions {
  readonly onPick?: (pointId: string) => void;
}

export interface EpochPoint {
  /** 1 = the end of the first epoch. */
  readonly epoch: number;
  readonly trainLoss: number;
  readonly validationLoss: number | null;
  /** 0..1 */
  readonly trainAccuracy: number;
  readonly validationAccuracy: number | null;
}

export interface LearningData {
  readonly epochs: readonly EpochPoint[];
  /**
   * Loss of each batch, in order; may grow in place between updates (only the new end is read), or be a
   * new array. Batch i lies at epoch (i + 1) / batchesPerEpoch.
   */
  readonly batchLosses: ArrayLike<number>;
  readonly batchesPerEpoch: number;
  /** Where the x axis ends; at least what has been trained. */
  readonly plannedEpochs: number;
  /** Epochs at which something happened: "pruned 31 %". */
  readonly marks?: readonly { readonly epoch: number; readonly label: string }[];
  readonly empty: string;
}

export type LearningOptions = ChartOptions;

export interface StripLayer {
  readonly id: LayerId;
  readonly label: string;
  /** Said in the tooltip: conv2d, maxPool ... */
  readonly kind: string;
  /** Layers drawn in this strip whose output this one reads. */
  readonly inputs: readonly LayerId[];
  readonly height: number;
  readonly width: number;
  readonly before: number;
  /** Channels after pruning; the same as before where nothing falls. */
  readonly after: number;
  /** One more line for the tooltip: "3x3, stride 2, 28.8 k cycles". */
  readonly note?: string;
}

export interface StripData {
  /** In network order; leave out what changes no shape (batchNorm, relu) or mention it in `note`. */
  readonly layers: readonly StripLayer[];
  readonly selected: LayerId | null;
}

export interface StripOptions extends ChartOptions {
  readonly onSelect?: (layerId: LayerId) => void;
}

export interface StaircaseData {
  readonly label: string;
  readonly layerIds: readonly LayerId[];
  /** Kept channels, ascending, and the time at each. */
  readonly widths: ArrayLike<number>;
  readonly values: ArrayLike<number>;
  readonly unit: 'cycles' | 'ms' | 'µs';
  /** Channels before any pruning planned now. */
  readonly now: number;
  /** The next smaller width that saves time; null when none does. */
  readonly next: number | null;
  /** Channels that the plan keeps. */
  readonly planned: number;
  readonly empty?: string;
}

export interface StaircaseOptions extends ChartOptions {
  readonly onPick?: (width: number) => void;
}

/** Where a layer stands under the roofs. */
export interface RooflineSpot {
  /** Operations (1 MAC = 2) per byte between chip and DRAM; Infinity where everything stays on the chip. */
  readonly opsPerByte: number;
  readonly opsPerSecond: number;
}

export interface RooflinePoint {
  readonly id: string;
  readonly label: string;
  readonly layerIds: readonly LayerId[];
  /** Null where the row exists only after, or only before. */
  readonly before: RooflineSpot | null;
  readonly after: RooflineSpot | null;
  readonly bound: Bound;
  readonly sentence: string;
}

export interface RooflineRoof {
  readonly name: string;
  readonly peakOpsPerSecond: number;
  readonly bandwidthBytesPerSecond: number;
}

export interface RooflineData {
  /** The leading target first, then the one it is compared with, if any. */
  readonly roofs: readonly RooflineRoof[];
  readonly points: readonly RooflinePoint[];
  readonly names?: { readonly before: string; readonly after: string };
  readonly empty?: string;
}

export interface RooflineOptions extends ChartOptions {
  readonly onPick?: (pointId: string) => void;
}

/** One layer from its start to its end, at one rate: what `timeline` of the DPU gives, in milliseconds. */
export interface TimelineBar {
  readonly id: string;
  readonly label: string;
  readonly layerIds: readonly LayerId[];
  readonly startMs: number;
  readonly endMs: number;
  /** 1e9 operations a second; 1 MAC = 2 operations. */
  readonly gops: number;
}

export interface TimelineSeries {
  readonly name: string;
  readonly peakGops: number;
  readonly bars: readonly TimelineBar[];
}

export interface TimelineData {
  /** Drawn as an outline; null where there is nothing to compare with. */
  readonly before: TimelineSeries | null;
  /** Drawn filled. */
  readonly after: TimelineSeries;
  readonly empty?: string;
}

export interface TimelineOptions extends ChartOptions {
  readonly onPick?: (barId: string) => void;
}

export interface GanttLane {
  readonly id: string;
  readonly label: string;
  readonly layerIds: readonly LayerId[];
}

export interface GanttBar {
  readonly laneId: string;
  /** Id of one of `kinds`. */
  readonly kind: string;
  /** Cycles; the bar lasts from start (inclusive) to end (exclusive). */
  readonly start: number;
  readonly end: number;
  readonly label: string;
}

export interface GanttKind {
  readonly id: string;
  readonly label: string;
  /** Not work (idle, stalled): drawn low, the first such kind in gray, and not counted as busy. */
  readonly quiet?: boolean;
}

export interface GanttData {
  readonly lanes: readonly GanttLane[];
  readonly bars: readonly GanttBar[];
  readonly kinds: readonly GanttKind[];
  readonly unit: 'cycles';
  /** Where the axis ends. */
  readonly end: number;
  readonly empty?: string;
}

export interface GanttOptions extends ChartOptions {
  readonly onPick?: (laneId: string) => void;
}

export interface DepthPoint {
  /** Words in each FIFO, at least 1. */
  readonly depth: number;
  /** Null where the graph deadlocks at this depth. */
  readonly throughputFps: number | null;
}

export interface DepthSeries {
  readonly name: string;
  readonly points: readonly DepthPoint[];
}

export interface DepthData {
  readonly series: readonly DepthSeries[];
  /** Throughput with FIFOs that are never full: clock over the slowest node's cycles. */
  readonly idealFps: number;
  readonly empty?: string;
}

export interface DepthOptions extends ChartOptions {
  readonly onPick?: (depth: number) => void;
}

export interface SparsityPoint {
  /** Share of the weights set to zero, 0..1. */
  readonly sparsity: number;
  /** Board-level power in watts. */
  readonly powerWatts: number;
  /** Top-1 accuracy in percent, 0..100. */
  readonly accuracyPercent: number;
}

export interface SparsityData {
  /** In any order; the axis ends at the largest sparsity. */
  readonly points: readonly SparsityPoint[];
  /** Share 0..1, marked with its values; null where none is chosen. */
  readonly chosen: number | null;
  /** The network whose accuracy and power these are: "MobileNetV2". */
  readonly accuracyOf: string;
  readonly empty?: string;
}

export interface SparsityOptions extends ChartOptions {
  /** The share of a point, at a click and at every arrow key. */
  readonly onPick?: (sparsity: number) => void;
}

export interface HeatmapCell {
  /** Index into `rows` and `columns`. */
  readonly row: number;
  readonly column: number;
  /** Decides the shade; null where there is no value. */
  readonly value: number | null;
  /** What the cell says; two short lines where it has no value: "does not / fit". */
  readonly text: readonly string[];
  /** "W1A2" and what is known of it, for the tooltip, the accessible name and the table. */
  readonly name: string;
  readonly details: readonly string[];
}

export interface HeatmapData {
  readonly rows: readonly string[];
  readonly columns: readonly string[];
  readonly rowTitle: string;
  readonly columnTitle: string;
  /** What is shaded, with its unit: "throughput (fps)". */
  readonly quantity: string;
  readonly cells: readonly HeatmapCell[];
  /** The cell that is in force, by its name; null where none is. */
  readonly current: string | null;
  readonly empty?: string;
}

export interface HeatmapOptions extends ChartOptions {
  readonly onPick?: (cellName: string) => void;
}

export interface SweepLinePoint {
  readonly x: number;
  readonly y: number;
  /** More lines for the tooltip. */
  readonly details: readonly string[];
}

export interface SweepLine {
  readonly name: string;
  /** Ascending in x. */
  readonly points: readonly SweepLinePoint[];
  /** Holds the choice in force: drawn in any case, and stronger. */
  readonly current: boolean;
}

export interface SweepLinesData {
  readonly lines: readonly SweepLine[];
  readonly xLabel: string;
  readonly yLabel: string;
  /** `log`: both axes, for values far apart; zeros lie on the base line. */
  readonly scale: 'linear' | 'log';
  /** The choice in force, on the line that is `current`. */
  readonly now: { readonly x: number; readonly y: number; readonly label: string } | null;
  readonly layerIds: readonly LayerId[];
  /** A sentence about the shape of the lines, for the summary. */
  readonly shape: string;
  readonly empty?: string;
}

export interface SweepLinesOptions extends ChartOptions {
  readonly onPick?: (line: string, x: number) => void;
}

export interface EngineData {
  /** Null where there is nothing to draw; `empty` says why. */
  readonly view: EngineView | null;
  readonly layerIds: readonly LayerId[];
  readonly empty?: string;
}

export type EngineOptions = ChartOptions;

export interface RunCurve {
  /** "A": what stands at its end, and before its name elsewhere. */
  readonly key: string;
  readonly name: string;
  /** Ascending in x. */
  readonly points: readonly { readonly x: number; readonly y: number }[];
}

export interface RunCurvesData {
  /** At most six: each has its color, dash and symbol by its place. */
  readonly runs: readonly RunCurve[];
  /** "Validation accuracy" */
  readonly quantity: string;
  /** "%" for shares, else empty. */
  readonly unit: '%' | '';
  readonly better: 'higher' | 'lower';
  /** Time is in seconds. */
  readonly xName: 'epoch' | 'step' | 'time';
  /** Factor of the moving average, 0 (none) to below 1. */
  readonly smoothing: number;
  readonly empty: string;
}

export type RunCurvesOptions = ChartOptions;
