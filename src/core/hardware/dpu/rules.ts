import type {
  ChannelShuffleLayer,
  Conv2dLayer,
  DepthwiseConv2dLayer,
  FeatureMap,
  Pair,
  UpsampleLayer,
} from '../../network/network.ts';
import type { LayerGeometry } from '../../network/shapes.ts';
import { BANK_DEPTH, type DpuArchitecture } from './architectures.ts';
import { blocks } from './cost.ts';

/** The smallest change that obeys the rule, as data. `inputChannels` is changed in the layer before. */
export interface Change {
  readonly attribute:
    | 'kernelSize'
    | 'strides'
    | 'padding'
    | 'dilationRate'
    | 'filters'
    | 'units'
    | 'inputChannels'
    | 'groups'
    | 'depthMultiplier'
    | 'poolSize'
    | 'slope';
  readonly to: number | Pair | readonly [number, number, number, number];
}

export interface Problem {
  /** A stable name of the rule: `kernel`, `weight-depth` ... */
  readonly rule: string;
  /** What is wrong, a clause: "its kernel is 17x17, ISA1 convolves up to 16x16". */
  readonly reason: string;
  /** What to do, an imperative clause: "make the kernel 16x16". Null where nothing helps. */
  readonly fix: string | null;
  readonly change: Change | null;
}

const by = ([a, b]: Pair): string => `${a}x${b}`;
const clamp = ([a, b]: Pair, low: number, high: number): Pair => [
  Math.min(high, Math.max(low, a)),
  Math.min(high, Math.max(low, b)),
];
const outside = (pair: Pair, low: number, high: number): boolean =>
  Math.min(...pair) < low || Math.max(...pair) > high;

const dilated = (kernel: Pair, dilation: Pair): Pair => [
  (kernel[0] - 1) * dilation[0] + 1,
  (kernel[1] - 1) * dilation[1] + 1,
];

/** How many channels a DPU reads or writes: 256 blocks. */
const mostChannels = (arch: DpuArchitecture): number => 256 * arch.channelParallelism;

function tooWide(
  side: 'inputChannels' | 'filters' | 'units',
  count: number,
  arch: DpuArchitecture,
): readonly Problem[] {
  const most = mostChannels(arch);
  if (count <= most) return [];
  const reads = side === 'inputChannels';
  return [
    {
      rule: reads ? 'input-channels' : 'output-channels',
      reason: `it ${reads ? 'reads' : 'has'} ${count} ${reads ? 'channels' : side}, ${arch.name} takes up to ${most}`,
      fix: reads ? `narrow or pool its input to ${most} channels` : `make it ${most} ${side}`,
      change: { attribute: side, to: most },
    },
  ];
}

/** One output-channel group's weights must fit the weight buffer. */
function tooDeep(kernel: Pair, channels: number, arch: DpuArchitecture): readonly Problem[] {
  const taps = kernel[0] * kernel[1];
  const depth = taps * blocks(channels, arch);
  if (depth <= BANK_DEPTH) return [];
  const most = Math.floor(BANK_DEPTH / taps) * arch.channelParallelism;
  const reason = `a group of its filters needs ${depth} of the weight buffer's ${BANK_DEPTH} words`;
  return most === 0
    ? [{ rule: 'weight-depth', reason, fix: 'make its kernel smaller', change: null }]
    : [
        {
          rule: 'weight-depth',
          reason,
          fix: `narrow its input to ${most} channels, or make its kernel smaller`,
          change: { attribute: 'inputChannels', to: most },
        },
      ];
}

const CONVOLUTION = { kernel: 16, stride: 8 };

/** Rules of a convolution of one group (Vitis-AI inspector, PG338; dpu.md, section 3). */
export function convolutionProblems(
  layer: Conv2dLayer,
  { ifm, pads }: LayerGeometry,
  arch: DpuArchitecture,
): readonly Problem[] {
  const { kernelSize, strides, dilationRate, filters } = layer;
  const found: Problem[] = [];
  if (outside(kernelSize, 1, CONVOLUTION.kernel)) {
    const to = clamp(kernelSize, 1, CONVOLUTION.kernel);
    found.push({
      rule: 'kernel',
      reason: `its kernel is ${by(kernelSize)}, a DPU convolves up to 16x16`,
      fix: `make its kernel ${by(to)}`,
      change: { attribute: 'kernelSize', to },
    });
  }
  const whole = kernelSize[0] === ifm.height && kernelSize[1] === ifm.width;
  if (!whole && outside(strides, 1, CONVOLUTION.stride)) {
    const to = clamp(strides, 1, CONVOLUTION.stride);
    found.push({
      rule: 'stride',
      reason: `its stride is ${by(strides)}, a DPU convolves with strides up to 8`,
      fix: `make its stride ${by(to)}`,
      change: { attribute: 'strides', to },
    });
  }
  found.push(...tooWide('inputChannels', ifm.channels, arch), ...tooWide('filters', filters, arch));
  const most = mostChannels(arch);
  const rate = Math.max(...dilationRate);
  if (rate > 1 && ifm.channels <= most && rate * ifm.channels > most) {
    const to = clamp(dilationRate, 1, Math.floor(most / ifm.channels));
    found.push({
      rule: 'dilation',
      reason: `its dilation of ${rate} times ${ifm.channels} channels is more than ${most}`,
      fix: `make its dilation ${by(to)}`,
      change: { attribute: 'dilationRate', to },
    });
  }
  found.push(...tooDeep(kernelSize, ifm.channels, arch));
  const [height, width] = dilated(kernelSize, dilationRate);
  const [top, bottom, left, right] = pads;
  if (Math.max(top, bottom) > height || Math.max(left, right) > width) {
    const to = [
      Math.min(top, height),
      Math.min(bottom, height),
      Math.min(left, width),
      Math.min(right, width),
    ] as const;
    found.push({
      rule: 'padding',
      reason: `its padding of ${pads.join(', ')} is more than its kernel of ${height}x${width}`,
      fix: `make its padding ${to.join(', ')}`,
      change: { attribute: 'padding', to },
    });
  }
  return found;
}

/** What the rules read of a depthwise convolution. */
type Depthwise = Pick<DepthwiseConv2dLayer, 'kernelSize' | 'strides' | 'depthMultiplier'>;

/** ISA0 treats depthwise convolutions as other ones; ISA1 gives them to the ALU (dpu.md, section 3). */
export function depthwiseProblems(
  layer: Depthwise,
  { pads }: LayerGeometry,
  { isa }: DpuArchitecture,
): readonly Problem[] {
  const { kernelSize, strides, depthMultiplier } = layer;
  const limits = isa === 0 ? CONVOLUTION : { kernel: 256, stride: 256 };
  const found: Problem[] = [];
  const limit = (attribute: 'kernelSize' | 'strides', word: string, value: Pair, most: number) => {
    if (!outside(value, 1, most)) return;
    const to = clamp(value, 1, most);
    found.push({
      rule: word,
      reason: `its ${word} is ${by(value)}, depthwise convolutions of ISA${isa} go up to ${most}`,
      fix: `make its ${word} ${by(to)}`,
      change: { attribute, to },
    });
  };
  limit('kernelSize', 'kernel', kernelSize, limits.kernel);
  limit('strides', 'stride', strides, limits.stride);
  if (isa === 1 && kernelSize[0] * kernelSize[1] > BANK_DEPTH && !outside(kernelSize, 1, 256)) {
    const side = Math.floor(Math.sqrt(BANK_DEPTH));
    const short = Math.min(...kernelSize);
    const long = Math.floor(BANK_DEPTH / Math.min(short, side));
    const to: Pair = short > side ? [side, side] : kernelSize[0] === short ? [short, long] : [long, short];
    found.push({
      rule: 'window',
      reason: `its kernel of ${by(kernelSize)} has more than ${BANK_DEPTH} taps`,
      fix: `make its kernel ${by(to)}`,
      change: { attribute: 'kernelSize', to },
    });
  }
  const [top, bottom, left, right] = pads;
  if (isa === 1 && Math.max(top, left) > 15) {
    const to = [Math.min(top, 15), bottom, Math.min(left, 15), right] as const;
    found.push({
      rule: 'padding',
      reason: `it pads ${top} rows above and ${left} columns to the left, depthwise convolutions of ISA1 pad up to 15`,
      fix: `make its padding ${to.join(', ')}`,
      change: { attribute: 'padding', to },
    });
  }
  if (depthMultiplier !== 1)
    found.push({
      rule: 'depth-multiplier',
      reason: `its depth multiplier is ${depthMultiplier}, and a DPU knows only 1`,
      fix: 'make its depth multiplier 1 and widen the 1x1 convolution behind it',
      change: { attribute: 'depthMultiplier', to: 1 },
    });
  return found;
}

/**
 * As many groups as channels is a depthwise convolution (UG1414, operator table); every other grouped convolution
 * runs on the processor.
 */
export function groupedProblems(
  layer: Conv2dLayer,
  at: LayerGeometry,
  arch: DpuArchitecture,
): readonly Problem[] {
  const { filters, groups } = layer;
  if (groups === at.ifm.channels)
    return depthwiseProblems({ ...layer, depthMultiplier: filters / groups }, at, arch);
  return [
    {
      rule: 'groups',
      reason: `it is a convolution of ${groups} groups`,
      fix: 'use one group, or a depthwise and a 1x1 convolution',
      change: { attribute: 'groups', to: 1 },
    },
  ];
}

/** `adjustable` is false for global pooling, whose window is the map. */
export function poolProblems(
  kind: 'max' | 'average',
  window: Pair,
  adjustable: boolean,
  { isa }: DpuArchitecture,
): readonly Problem[] {
  const [low, high] = isa === 1 ? [1, 256] : kind === 'max' ? [1, 8] : [2, 8];
  const square = isa === 0 && kind === 'average';
  const crooked = square && window[0] !== window[1];
  if (!outside(window, low, high) && !crooked) return [];
  const clamped = clamp(window, low, high);
  const side = Math.min(...clamped);
  const to: Pair = square ? [side, side] : clamped;
  return [
    {
      rule: 'pool-window',
      reason: `it pools over ${by(window)}, ${kind} pooling of ISA${isa} takes ${square ? 'squares of ' : ''}${low} to ${high}`,
      fix: adjustable ? `make its window ${by(to)}` : `pool the map before it to ${by(to)}`,
      change: adjustable ? { attribute: 'poolSize', to } : null,
    },
  ];
}

const BILINEAR_SIZES: readonly number[] = [2, 4, 8];

/** Nearest by any size; bilinear by 2, 4 or 8 along both axes (dpu.md, section 3). */
export function upsampleProblems({ size, interpolation }: UpsampleLayer): readonly Problem[] {
  if (interpolation === 'nearest') return [];
  if (size[0] === size[1] && BILINEAR_SIZES.includes(size[0])) return [];
  return [
    {
      rule: 'upsample-size',
      reason: `it enlarges by ${by(size)}, bilinear upsampling of a DPU takes 2x2, 4x4 or 8x8`,
      fix: 'make its interpolation nearest, or its size one of these',
      change: null,
    },
  ];
}

/** A reshape and a transpose of the channels: of moving data a DPU knows concat and upsampling only (dpu.md, section 3). */
export function shuffleProblems({ groups }: ChannelShuffleLayer): readonly Problem[] {
  return [
    {
      rule: 'channel-shuffle',
      reason: `it is a channel shuffle of ${groups} groups, and a DPU transposes no channels`,
      fix: 'leave it out, with convolutions of one group around it',
      change: null,
    },
  ];
}

/**
 * A dense layer is a 1x1 convolution, or, behind a flatten, one whose kernel is the whole map: the compiler
 * takes whichever fits (VGG16's fc6 runs as 7x7x512). `flattened` is the map before the flatten.
 */
export function denseProblems(
  units: number,
  ifm: FeatureMap,
  flattened: FeatureMap | null,
  arch: DpuArchitecture,
): readonly Problem[] {
  const outputs = tooWide('units', units, arch);
  const inputs = tooWide('inputChannels', ifm.channels, arch);
  if (inputs.length === 0 || flattened === null) return [...inputs, ...outputs];
  const kernel: Pair = [flattened.height, flattened.width];
  const fits =
    !outside(kernel, 1, CONVOLUTION.kernel) &&
    flattened.channels <= mostChannels(arch) &&
    tooDeep(kernel, flattened.channels, arch).length === 0;
  return fits ? outputs : [...inputs, ...outputs];
}
