import type { Network } from '../../network/network.ts';
import { inferGeometry } from '../../network/shapes.ts';
import { formatCount, formatPercent, formatSeconds, formatSignificant } from '../../quantity.ts';
import { fail, ok, type Result } from '../../result.ts';
import type { Bound, HardwareReport, ReportRow } from '../report.ts';
import { isCatalogDevice, type RooflineDevice, sustainedOpsPerSecond } from './devices.ts';
import { type FrameworkNode, frameworkNodes } from './nodes.ts';

/**
 * A processor that runs software has no cycle that its layers could be counted in (its clock moves, its cores
 * differ), so that a cycle of these reports is a nanosecond.
 */
export const NANOSECOND_CLOCK_HERTZ = 1e9;

/** Seconds of one framework node. */
export interface NodeTime {
  readonly compute: number;
  readonly memory: number;
  readonly overhead: number;
  /** max(compute, memory) + overhead */
  readonly total: number;
  readonly bytes: number;
}

/**
 * Williams et al. 2009 with source 001's price of a node (SI-26): max(operations / sustained rate, bytes /
 * bandwidth) + overhead. Bytes count as if every node read its inputs from memory and wrote its output there:
 * caches make them fewer. In a batch the weights are read once.
 */
export function nodeTime(node: FrameworkNode, device: RooflineDevice, batch = 1): NodeTime {
  const bytes = device.bytesPerValue * (batch * node.mapValues + node.weightValues);
  const compute = (2 * batch * node.macCount) / sustainedOpsPerSecond(device);
  const memory = bytes / device.bandwidthBytesPerSecond;
  const overhead = node.nodeCount * device.overheadSecondsPerNode;
  return { compute, memory, overhead, total: Math.max(compute, memory) + overhead, bytes };
}

/** Seconds of one batch of frames. */
export const framesSeconds = (nodes: readonly FrameworkNode[], device: RooflineDevice, batch = 1): number =>
  nodes.reduce((sum, node) => sum + nodeTime(node, device, batch).total, 0);

function boundOf({ compute, memory, overhead }: NodeTime): Bound {
  if (overhead > Math.max(compute, memory)) return 'overhead';
  return memory > compute ? 'memory' : 'compute';
}

/** What bounds a node: its operations per byte beside those from which computing takes longer than moving. */
function sentenceOf(node: FrameworkNode, time: NodeTime, device: RooflineDevice): string {
  const sustained = sustainedOpsPerSecond(device);
  const ridge = formatSignificant(sustained / device.bandwidthBytesPerSecond);
  const opsPerByte = formatSignificant(time.bytes > 0 ? (2 * node.macCount) / time.bytes : 0);
  const bound = boundOf(time);
  if (bound === 'overhead') {
    const work = formatSeconds(Math.max(time.compute, time.memory));
    const calls = node.nodeCount === 1 ? 'Calling it' : `Calling its ${node.nodeCount} nodes`;
    return `${calls} takes ${formatSeconds(time.overhead)}, its work only ${work}: fewer, larger layers would help, less work would not.`;
  }
  const moving = `moving ${formatCount(time.bytes, 'B')} takes ${formatSeconds(time.memory)}`;
  if (bound === 'memory') {
    const why =
      node.macCount === 0
        ? 'It multiplies nothing'
        : `It does ${opsPerByte} operations per byte, fewer than the ${ridge} from which computing takes longer`;
    return `${why}: ${moving}, computing ${formatSeconds(time.compute)}.`;
  }
  const share = isCatalogDevice(device)
    ? ` at the ${formatPercent(device.sustainedShare, 0)} of the peak that software sustains`
    : '';
  return `It does ${opsPerByte} operations per byte, more than the ${ridge} from which computing takes longer than moving: computing takes ${formatSeconds(time.compute)}${share}, moving ${formatSeconds(time.memory)}.`;
}

function rowOf(node: FrameworkNode, device: RooflineDevice): ReportRow {
  const time = nodeTime(node, device);
  const nanoseconds = (seconds: number) => seconds * NANOSECOND_CLOCK_HERTZ;
  return {
    id: node.id,
    layerIds: node.layerIds,
    label: node.label,
    engine: node.kind,
    cycles: nanoseconds(time.total),
    bound: boundOf(time),
    // Written when it is read, as formatting takes longer than the estimate.
    get boundSentence() {
      return sentenceOf(node, time, device);
    },
    terms: [
      { name: 'compute', cycles: nanoseconds(time.compute) },
      { name: 'memory', cycles: nanoseconds(time.memory) },
      { name: 'overhead', cycles: nanoseconds(time.overhead) },
    ].filter(({ cycles }) => cycles > 0),
    macCount: node.macCount,
    trafficBytes: time.bytes,
  };
}

function checkDevice(device: RooflineDevice): Result<null> {
  const above = (value: number) => value > 0 && Number.isFinite(value);
  const from = (value: number) => value >= 0 && Number.isFinite(value);
  const { name, powerWatts } = device;
  const wrong = (field: string, value: number, need: string) =>
    fail('device', `The ${field} of ${name} is ${value}; it must be ${need}.`, field);
  if (!above(device.peakOpsPerSecond))
    return wrong('peak in operations a second', device.peakOpsPerSecond, 'above 0');
  if (!above(device.bandwidthBytesPerSecond))
    return wrong('bandwidth in bytes a second', device.bandwidthBytesPerSecond, 'above 0');
  if (!above(device.bytesPerValue)) return wrong('bytes per value', device.bytesPerValue, 'above 0');
  if (!from(device.overheadSecondsPerNode))
    return wrong('overhead per node in seconds', device.overheadSecondsPerNode, '0 or more');
  if (powerWatts !== null && !from(powerWatts)) return wrong('power in watts', powerWatts, '0 or more');
  return ok(null);
}

/** The nodes of a network that a device can be timed on, or what is wrong with either. */
function preparedNodes(network: Network, device: RooflineDevice): Result<readonly FrameworkNode[]> {
  const checked = checkDevice(device);
  if (!checked.ok) return checked;
  const geometry = inferGeometry(network);
  if (!geometry.ok) return geometry;
  const nodes = frameworkNodes(network, geometry.value);
  return nodes.length > 0
    ? ok(nodes)
    : fail('nothing-to-run', `${network.name} has no layer to run; add a convolution.`);
}

/** Report of nodes that need not come from a network of ours. */
export function reportOfNodes(nodes: readonly FrameworkNode[], device: RooflineDevice): HardwareReport {
  const rows = nodes.map((node) => rowOf(node, device));
  const cycles = rows.reduce((sum, row) => sum + row.cycles, 0);
  const latencySeconds = cycles / NANOSECOND_CLOCK_HERTZ;
  return {
    targetId: isCatalogDevice(device) ? device.id : 'custom-device',
    clockHertz: NANOSECOND_CLOCK_HERTZ,
    rows,
    schedule: 'sequential',
    initiationInterval: cycles,
    bottleneckId:
      rows.reduce<ReportRow | null>((a, b) => (a && a.cycles >= b.cycles ? a : b), null)?.id ?? '',
    latencySeconds,
    throughputFps: 1 / latencySeconds,
    violations: [],
  };
}

/**
 * One frame on a CPU or GPU that runs a framework, node after node. Cycles are nanoseconds
 * ({@link NANOSECOND_CLOCK_HERTZ}). Latency and throughput are those of single images (SI-08).
 */
export function estimateRoofline(network: Network, device: RooflineDevice): Result<HardwareReport> {
  const nodes = preparedNodes(network, device);
  return nodes.ok ? ok(reportOfNodes(nodes.value, device)) : nodes;
}

export interface BatchEstimate {
  readonly batch: number;
  /** Of one image by itself: no batch makes it shorter (SI-08). */
  readonly imageLatencySeconds: number;
  /** From the first image's start to the whole batch's end: what an image in a batch waits. */
  readonly batchSeconds: number;
  readonly throughputFps: number;
}

/** Several images at once: a batch calls every node and reads every weight once. It raises throughput only. */
export function estimateBatch(
  network: Network,
  device: RooflineDevice,
  batch: number,
): Result<BatchEstimate> {
  if (!Number.isInteger(batch) || batch < 1)
    return fail('batch', `A batch of ${batch} images is not possible; use a whole number from 1.`, 'batch');
  const nodes = preparedNodes(network, device);
  if (!nodes.ok) return nodes;
  const batchSeconds = framesSeconds(nodes.value, device, batch);
  return ok({
    batch,
    imageLatencySeconds: framesSeconds(nodes.value, device),
    batchSeconds,
    throughputFps: batch / batchSeconds,
  });
}

/**
 * Joules of one frame: power times latency (SI-34). The catalog's power is the most its board may draw, so that
 * this is an upper bound; null where the device names no power.
 */
export const energyPerFrameJoules = (report: HardwareReport, device: RooflineDevice): number | null =>
  device.powerWatts === null ? null : device.powerWatts * report.latencySeconds;

/** Frames a second a watt: 25 / 15 and 18 / 250 of source 001's demo (SI-34). */
export const framesPerJoule = (framesPerSecond: number, powerWatts: number): number =>
  framesPerSecond / powerWatts;
