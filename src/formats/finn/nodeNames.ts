import type { FinnNode } from '../../core/hardware/finn/nodes.ts';

/** Names of the same op types before FINN 0.10, where they were others than today's without `_hls` or `_rtl`. */
const OLD_FAMILIES: Readonly<Record<string, string>> = {
  MatrixVectorActivation: 'MVAU',
  StreamingFCLayer: 'MVAU',
  VectorVectorActivation: 'VVAU',
  Vector_Vector_Activate: 'VVAU',
  ConvolutionInputGenerator1D: 'ConvolutionInputGenerator',
};

/** What FINN inserts after folding: not in the graph that is folded. */
const INSERTED =
  /^(?:StreamingFIFO|StreamingDataWidthConverter|IODMA|TLastMarker)(?:_Batch)?(?:_hls|_rtl)?_\d+$/;

const familyOf = (opType: string): string => opType.replace(/_(?:hls|rtl)$/, '');

/** Who a name in a file is. */
export type NodeByName = (name: string) => FinnNode | 'inserted later' | null;

/**
 * Finds the nodes that a file names: by their names, or by a name of FINN before 0.10 or before a backend is chosen,
 * which counts both variants of an op type together (`MatrixVectorActivation_3`, `MVAU_3`). Indexed, as a hostile file
 * may name far more nodes than there are.
 */
export function nodesByName(nodes: readonly FinnNode[]): NodeByName {
  const byName = new Map(nodes.map((node) => [node.name, node]));
  const families = new Map<string, FinnNode[]>();
  for (const node of nodes) {
    const family = families.get(familyOf(node.opType));
    if (family) family.push(node);
    else families.set(familyOf(node.opType), [node]);
  }
  return (name) => {
    const exact = byName.get(name);
    if (exact) return exact;
    if (INSERTED.test(name)) return 'inserted later';
    const old = /^(\w+?)(?:_Batch)?_(\d+)$/.exec(name);
    const written = old?.[1] ?? '';
    const family = Object.hasOwn(OLD_FAMILIES, written) ? OLD_FAMILIES[written] : written;
    return families.get(family ?? '')?.[Number(old?.[2])] ?? null;
  };
}
