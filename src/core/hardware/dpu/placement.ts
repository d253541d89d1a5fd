import {
  consumersOf,
  type Layer,
  type LayerId,
  type LayerKind,
  type Network,
} from '../../network/network.ts';
import { type Geometry, geometryAt, type LayerGeometry } from '../../network/shapes.ts';
import { assertNever } from '../../result.ts';
import type { Violation } from '../report.ts';
import { curveProblems, hardActivationProblems, leakyReluProblems } from './activationRules.ts';
import type { DpuArchitecture } from './architectures.ts';
import {
  convolutionProblems,
  denseProblems,
  depthwiseProblems,
  groupedProblems,
  type Problem,
  poolProblems,
  shuffleProblems,
  upsampleProblems,
} from './rules.ts';

/** USER is where the input comes from, as in the graphs of Vitis AI. */
export type Device = 'DPU' | 'CPU' | 'USER';

/** Where a layer runs, and the rules that keep it off the DPU. */
export interface Placed {
  readonly layerId: LayerId;
  readonly kind: LayerKind;
  readonly device: Device;
  /** The rules it breaks, each with the smallest change; empty on the DPU. */
  readonly problems: readonly Problem[];
}

/** A softmax at the end always runs on the processor, and nobody minds. */
const LAST_SOFTMAX: Problem = { rule: 'softmax', reason: 'a DPU has no softmax', fix: null, change: null };
const INNER_SOFTMAX: Problem = {
  rule: 'softmax',
  reason: 'it is a softmax that other layers read, which splits the graph',
  fix: 'put it at the end',
  change: null,
};

const L2_NORMALIZATION: Problem = {
  rule: 'l2-normalization',
  reason: 'it is an L2 normalization, and a DPU divides by no sum of squares',
  fix: 'use a batch norm',
  change: null,
};

/** Becomes part of the layer it reads, and runs where that one runs. */
const FOLLOWS: ReadonlySet<LayerKind> = new Set([
  'relu',
  'relu6',
  'leakyRelu',
  'hardSigmoid',
  'hardSwish',
  'batchNorm',
  'dropout',
  'flatten',
  'concat',
]);

/** The map that a dense layer's flatten takes in; null where there is none. */
function flattenedMap(
  byId: ReadonlyMap<LayerId, Layer>,
  layer: Layer,
  geometry: Geometry,
): LayerGeometry['ifm'] | null {
  let source = byId.get(layer.inputs[0] ?? '');
  while (source?.kind === 'dropout' || source?.kind === 'relu') source = byId.get(source.inputs[0] ?? '');
  return source?.kind === 'flatten' ? geometryAt(geometry, source.id).ifm : null;
}

interface Surroundings {
  readonly byId: ReadonlyMap<LayerId, Layer>;
  readonly readers: ReadonlyMap<LayerId, readonly Layer[]>;
  readonly geometry: Geometry;
  readonly arch: DpuArchitecture;
}

function problemsOf(layer: Layer, { byId, readers, geometry, arch }: Surroundings): readonly Problem[] {
  const at = geometryAt(geometry, layer.id);
  switch (layer.kind) {
    case 'conv2d':
      return layer.groups === 1 ? convolutionProblems(layer, at, arch) : groupedProblems(layer, at, arch);
    case 'depthwiseConv2d':
      return depthwiseProblems(layer, at, arch);
    case 'maxPool':
    case 'averagePool':
      return poolProblems(layer.kind === 'maxPool' ? 'max' : 'average', layer.poolSize, true, arch);
    case 'globalMaxPool':
    case 'globalAveragePool': {
      const kind = layer.kind === 'globalMaxPool' ? 'max' : 'average';
      return poolProblems(kind, [at.ifm.height, at.ifm.width], false, arch);
    }
    case 'dense':
      return denseProblems(layer.units, at.ifm, flattenedMap(byId, layer, geometry), arch);
    case 'softmax':
      return [(readers.get(layer.id)?.length ?? 0) > 0 ? INNER_SOFTMAX : LAST_SOFTMAX];
    case 'upsample':
      return upsampleProblems(layer);
    case 'channelShuffle':
      return shuffleProblems(layer);
    case 'l2Normalize':
      return [L2_NORMALIZATION];
    case 'leakyRelu':
      return leakyReluProblems(layer.slope);
    case 'hardSigmoid':
    case 'hardSwish':
      return hardActivationProblems(layer.kind, arch);
    case 'sigmoid':
    case 'tanh':
      return curveProblems(layer.kind, (readers.get(layer.id)?.length ?? 0) > 0, arch);
    case 'input':
    case 'relu':
    case 'relu6':
    case 'batchNorm':
    case 'add':
    case 'multiply':
    case 'concat':
    case 'dropout':
    case 'flatten':
      return [];
    default:
      return assertNever(layer);
  }
}

/** The processor's layer that a layer is folded into; null where it runs on the DPU. */
function followed(layer: Layer, devices: ReadonlyMap<LayerId, Device>): LayerId | null {
  const all = layer.inputs.every((id) => devices.get(id) === 'CPU');
  return FOLLOWS.has(layer.kind) && all ? (layer.inputs[0] ?? null) : null;
}

/** Which layers run on the DPU and which on the processor, in graph order. */
export function placeLayers(network: Network, geometry: Geometry, arch: DpuArchitecture): readonly Placed[] {
  const devices = new Map<LayerId, Device>();
  const byId = new Map(network.layers.map((layer) => [layer.id, layer]));
  const around = { byId, readers: consumersOf(network), geometry, arch };
  return network.layers.map((layer) => {
    const own = problemsOf(layer, around);
    const leader = followed(layer, devices);
    const problems: readonly Problem[] =
      own.length === 0 && leader !== null
        ? [
            {
              rule: 'follows',
              reason: `it runs where ${leader} runs`,
              fix: `move ${leader} to the DPU`,
              change: null,
            },
          ]
        : own;
    const device = layer.kind === 'input' ? 'USER' : problems.length > 0 ? 'CPU' : 'DPU';
    devices.set(layer.id, device);
    return { layerId: layer.id, kind: layer.kind, device, problems };
  });
}

/** Why a layer runs on the processor and what to do, one sentence; empty on the DPU. */
export function verdictSentence({ layerId, problems }: Pick<Placed, 'layerId' | 'problems'>): string {
  if (problems.length === 0) return '';
  const clauses = problems.map(({ reason, fix }) => (fix === null ? reason : `${reason}; ${fix}`));
  return `${layerId} runs on the CPU: ${clauses.join('; ')}.`;
}

/**
 * Layers that a DPU can't run though they could be changed: they go to the processor and split the graph. The
 * rows of a report count them as if the DPU ran them. What merely follows such a layer is not listed again.
 */
export function dpuViolations(network: Network, geometry: Geometry, arch: DpuArchitecture): Violation[] {
  return placeLayers(network, geometry, arch).flatMap((placed) => {
    const problems = placed.problems.filter(({ rule, fix }) => rule !== 'follows' && fix !== null);
    const [first] = problems;
    if (!first) return [];
    const message = verdictSentence({ layerId: placed.layerId, problems });
    return [{ code: `dpu-${first.rule}`, layerIds: [placed.layerId], message }];
  });
}
