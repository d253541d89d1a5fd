import type { Network } from '../../network/network.ts';
import { squeezenetSsd300, vggSsd300 } from '../../network/presets/detection.ts';
import { geometryOf } from '../../network/shapes.ts';
import { deviceById, type RooflineDevice } from './devices.ts';
import { framesSeconds } from './estimate.ts';
import { type FrameworkNode, frameworkNodes } from './nodes.ts';
import { BACK_END_MACS, type DetectorName, PUBLISHED_TIMES, PVA_SSD } from './published.ts';

/** The model beside one time of source 001, Table 4. */
export interface RooflineValidation {
  readonly name: string;
  /** Whether the device's constants were fitted on it; such a row proves nothing. */
  readonly fitted: boolean;
  readonly modelMs: number;
  readonly publishedMs: number;
  /** Model over published, minus 1: 0.02 = two percent too slow. */
  readonly error: number;
  readonly source: string;
  /** What the comparison takes for granted; null where nothing. */
  readonly assumption: string | null;
}

/** SSD300 of Pascal VOC: 20 classes and the background. */
const INPUT = { height: 300, width: 300, channels: 3 };
const CLASS_COUNT = 21;

const nodesOf = (network: Network): readonly FrameworkNode[] => frameworkNodes(network, geometryOf(network));

/** Its MACs and parameters spread over its nodes; source 001 gives no layer table, so no feature maps count. */
function pvaNodes(): readonly FrameworkNode[] {
  const { macCount, parameterCount, nodeCount } = PVA_SSD;
  // Back-end and heads apart, as pruning leaves the heads alone.
  const [backEnd] = BACK_END_MACS['PVA-SSD'];
  return [false, true].map((head) => {
    const share = head ? 1 - backEnd / macCount : backEnd / macCount;
    return {
      id: head ? 'heads' : 'back-end',
      layerIds: [],
      label: head ? 'heads' : 'back-end',
      kind: 'nodes',
      nodeCount: share * nodeCount,
      macCount: share * macCount,
      mapValues: 0,
      weightValues: share * parameterCount,
      head,
    };
  });
}

/**
 * Static pruning as source 001, Table 3 publishes it: the back-end keeps a share of its MACs, the heads keep
 * theirs. Which kernels fell is not published; every layer is taken to keep the same share of its channels,
 * whose square root is then that of the feature maps. No node goes.
 */
function prune(nodes: readonly FrameworkNode[], network: DetectorName): readonly FrameworkNode[] {
  const [original, pruned] = BACK_END_MACS[network];
  const share = pruned / original;
  return nodes.map((node) =>
    node.head
      ? node
      : {
          ...node,
          macCount: node.macCount * share,
          mapValues: node.mapValues * Math.sqrt(share),
          weightValues: node.weightValues * share,
        },
  );
}

export interface ValidationNodes {
  readonly original: readonly FrameworkNode[];
  readonly pruned: readonly FrameworkNode[];
}

/** The three detectors of Table 4 as nodes. */
export function detectorNodes(): Readonly<Record<DetectorName, ValidationNodes>> {
  const both = (name: DetectorName, original: readonly FrameworkNode[]): ValidationNodes => ({
    original,
    pruned: prune(original, name),
  });
  return {
    'VGG-SSD': both('VGG-SSD', nodesOf(vggSsd300(INPUT, CLASS_COUNT))),
    'PVA-SSD': both('PVA-SSD', pvaNodes()),
    'SqueezeNet-SSD': both('SqueezeNet-SSD', nodesOf(squeezenetSsd300(INPUT, CLASS_COUNT))),
  };
}

const PVA_ASSUMPTION = '1.3 G MACs over 400 nodes: the source gives no layer table';
const PRUNED_ASSUMPTION = 'every back-end layer keeps the share of MACs of Table 3';

function assumptionOf(network: DetectorName, pruned: boolean): string | null {
  const parts = [...(network === 'PVA-SSD' ? [PVA_ASSUMPTION] : []), ...(pruned ? [PRUNED_ASSUMPTION] : [])];
  return parts.length === 0 ? null : parts.join('; ');
}

/**
 * All 30 times of Table 4, in its order. `deviceOf` replaces the catalog's device by one with other constants,
 * which is how they are fitted.
 */
export function validateRoofline(
  deviceOf: (id: string) => RooflineDevice | undefined = deviceById,
): readonly RooflineValidation[] {
  const detectors = detectorNodes();
  return PUBLISHED_TIMES.flatMap((time) => {
    const device = deviceOf(time.deviceId);
    if (!device) return [];
    return [false, true].map((pruned) => {
      const nodes = detectors[time.network];
      const modelMs = 1e3 * framesSeconds(pruned ? nodes.pruned : nodes.original, device);
      const publishedMs = pruned ? time.prunedMs : time.originalMs;
      return {
        name: `${time.network}${pruned ? ' pruned' : ''}, ${time.platform} ${time.unit}`,
        fitted: !pruned,
        modelMs,
        publishedMs,
        error: modelMs / publishedMs - 1,
        source: `Source 001, Table 4, ${time.platform}`,
        assumption: assumptionOf(time.network, pruned),
      };
    });
  });
}
