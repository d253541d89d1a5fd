import type { FeatureMap, Layer, Network, Pair } from '../../network/network.ts';
import { consumersOf } from '../../network/network.ts';
import { describeMap, type Geometry, geometryAt } from '../../network/shapes.ts';
import type { Violation } from '../report.ts';
import { BANK_DEPTH, type DpuArchitecture } from './architectures.ts';
import { blocks } from './cost.ts';
import type { DpuOp } from './ops.ts';

/** A window as the inspector sees it. */
interface Window {
  readonly ifm: FeatureMap;
  readonly ofm: FeatureMap;
  readonly kernelSize: Pair;
  readonly strides: Pair;
  readonly dilation: number;
  /** Rows and columns added at [top, bottom, left, right]. */
  readonly pads: readonly [number, number, number, number];
}

interface Rule {
  readonly code: string;
  /** Null where the window obeys; else what is wrong and the smallest change. */
  readonly check: (window: Window, arch: DpuArchitecture) => string | null;
}

/** Channels that a convolution reads or writes at most: 256 blocks. */
const mostChannels = (arch: DpuArchitecture): number => 256 * arch.channelParallelism;

/** Convolutions (Vitis AI inspector; dpu.md, section 3). */
const CONVOLUTION_RULES: readonly Rule[] = [
  {
    code: 'dpu-kernel',
    check: ({ kernelSize }) =>
      Math.max(...kernelSize) > 16
        ? `its kernel is ${kernelSize.join('x')}, a DPU convolves up to 16x16; make it 16 or smaller`
        : null,
  },
  {
    code: 'dpu-stride',
    check: ({ strides, kernelSize, ifm }) =>
      Math.max(...strides) > 8 && (kernelSize[0] !== ifm.height || kernelSize[1] !== ifm.width)
        ? `its stride is ${strides.join('x')}, a DPU strides up to 8; make it 8 or smaller`
        : null,
  },
  {
    code: 'dpu-input-channels',
    check: ({ ifm }, arch) =>
      ifm.channels > mostChannels(arch)
        ? `it reads ${ifm.channels} channels, this DPU takes up to ${mostChannels(arch)}; narrow its input by ${ifm.channels - mostChannels(arch)}`
        : null,
  },
  {
    code: 'dpu-output-channels',
    check: ({ ofm }, arch) =>
      ofm.channels > mostChannels(arch)
        ? `it writes ${ofm.channels} channels, this DPU takes up to ${mostChannels(arch)}; remove ${ofm.channels - mostChannels(arch)}`
        : null,
  },
  {
    code: 'dpu-dilation',
    check: ({ ifm, dilation }, arch) =>
      dilation > 1 && dilation * ifm.channels > mostChannels(arch)
        ? `dilation ${dilation} times ${ifm.channels} input channels is more than ${mostChannels(arch)}; dilate by ${Math.max(1, Math.floor(mostChannels(arch) / ifm.channels))} or less`
        : null,
  },
  {
    code: 'dpu-weight-depth',
    check: ({ kernelSize, ifm }, arch) => {
      const taps = kernelSize[0] * kernelSize[1];
      const depth = taps * blocks(ifm.channels, arch);
      if (depth <= BANK_DEPTH) return null;
      const channels = Math.floor(BANK_DEPTH / taps) * arch.channelParallelism;
      const change =
        channels > 0 ? `use a smaller kernel or at most ${channels} input channels` : 'use a smaller kernel';
      return `one group of its filters needs ${depth} words of the weight buffer's ${BANK_DEPTH}; ${change}`;
    },
  },
  {
    code: 'dpu-padding',
    check: ({ pads, kernelSize, dilation }) => {
      const [high, wide] = [dilation * (kernelSize[0] - 1) + 1, dilation * (kernelSize[1] - 1) + 1];
      return Math.max(pads[0], pads[1]) > high || Math.max(pads[2], pads[3]) > wide
        ? `it pads by ${pads.join(', ')}, a DPU by no more than its ${high}x${wide} window; pad less`
        : null;
    },
  },
];

/** Kernel and stride of everything the ALU slides, ISA1. */
const WINDOW_RULE: Rule = {
  code: 'dpu-window',
  check: ({ kernelSize, strides }) =>
    Math.max(...kernelSize, ...strides) > 256
      ? `its window is ${kernelSize.join('x')} with stride ${strides.join('x')}, the ALU takes up to 256 of both; make it smaller`
      : null,
};

const DEPTHWISE_RULES: readonly Rule[] = [
  WINDOW_RULE,
  {
    code: 'dpu-weight-depth',
    check: ({ kernelSize }) =>
      kernelSize[0] * kernelSize[1] > BANK_DEPTH
        ? `its kernel has ${kernelSize[0] * kernelSize[1]} weights a channel, the ALU takes up to ${BANK_DEPTH}; make it smaller`
        : null,
  },
  {
    code: 'dpu-padding',
    check: ({ pads }) =>
      Math.max(pads[0], pads[2]) > 15
        ? `it pads ${pads[0]} rows on top and ${pads[2]} columns on the left, the ALU up to 15; use a smaller kernel or less padding`
        : null,
  },
];

const POOL_RULES: readonly Rule[] = [WINDOW_RULE];

interface Problem {
  readonly code: string;
  readonly text: string;
}

function problemsOf(rules: readonly Rule[], window: Window, arch: DpuArchitecture): Problem[] {
  return rules.flatMap(({ code, check }) => {
    const text = check(window, arch);
    return text === null ? [] : [{ code, text }];
  });
}

/**
 * A dense layer runs as a 1x1 convolution, or, behind a flatten, as one whose kernel is the whole map (VGG16's
 * first: 25,088 inputs are 512 channels of 7x7). Either way will do.
 */
function denseProblems(window: Window, source: FeatureMap, arch: DpuArchitecture): Problem[] {
  const plain = problemsOf(CONVOLUTION_RULES, window, arch);
  if (plain.length === 0 || source.height * source.width === 1) return plain;
  const kernelSize: Pair = [source.height, source.width];
  const whole = problemsOf(CONVOLUTION_RULES, { ...window, ifm: source, kernelSize }, arch);
  if (whole.length === 0 || plain.every(({ code }) => code === 'dpu-output-channels')) return whole;
  const text = `its ${window.ifm.channels} inputs are too many for a 1x1 convolution (up to ${mostChannels(arch)}), and its ${describeMap(source)} map for a whole one; pool before the flatten`;
  return [
    { code: 'dpu-input-channels', text },
    ...whole.filter(({ code }) => code === 'dpu-output-channels'),
  ];
}

function opProblems(op: DpuOp, window: Window, source: FeatureMap, arch: DpuArchitecture): Problem[] {
  switch (op.kind) {
    case 'convolution':
      return problemsOf(CONVOLUTION_RULES, window, arch);
    case 'dense':
      return denseProblems(window, source, arch);
    case 'depthwise':
      return problemsOf(DEPTHWISE_RULES, window, arch);
    case 'maxPool':
    case 'averagePool':
      return problemsOf(POOL_RULES, window, arch);
    default:
      return [];
  }
}

/** What no op shows: grouped convolutions, and a softmax with layers behind it. */
function layerProblem(layer: Layer, inputChannels: number, isRead: boolean): Problem | null {
  if (layer.kind === 'conv2d' && layer.groups > 1 && layer.groups !== inputChannels) {
    const text = `it is a grouped convolution of ${layer.groups} groups; use a plain or a depthwise one`;
    return { code: 'dpu-groups', text };
  }
  if (layer.kind === 'softmax' && isRead)
    return {
      code: 'dpu-softmax',
      text: 'it is a softmax that other layers read, which splits the graph; put it at the end',
    };
  return null;
}

/**
 * Layers that a DPU can't run: they go to the CPU and split the graph. A softmax at the end always does, and is
 * no violation. The rows of a report count such layers as if the DPU ran them.
 */
export function dpuViolations(
  network: Network,
  geometry: Geometry,
  ops: readonly DpuOp[],
  arch: DpuArchitecture,
): Violation[] {
  const byId = new Map(ops.map((op) => [op.id, op]));
  const readers = consumersOf(network);
  return network.layers.flatMap((layer) => {
    const at = geometryAt(geometry, layer.id);
    const found: Problem[] = [];
    const op = byId.get(layer.id);
    if (op && 'kernelSize' in op) {
      const dilation = 'dilationRate' in layer ? Math.max(...layer.dilationRate) : 1;
      const { ifm, ofm, kernelSize, strides } = op;
      const source = byId.get(op.inputs[0] ?? '')?.ofm ?? ifm;
      found.push(...opProblems(op, { ifm, ofm, kernelSize, strides, dilation, pads: at.pads }, source, arch));
    }
    const own = layerProblem(layer, at.ifm.channels, readers.get(layer.id)?.length !== 0);
    if (own) found.push(own);
    return found.map(({ code, text }) => ({
      code,
      layerIds: [layer.id],
      message: `${layer.id} would run on the CPU: ${text}.`,
    }));
  });
}
