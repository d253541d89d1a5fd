import type { FinnNode } from '../../core/hardware/finn/nodes.ts';

/** Families of op types under the names they had before FINN 0.10. */
const OLD_FAMILIES: Readonly<Record<string, string>> = {
  MatrixVectorActivation: 'MVAU',
  StreamingFCLayer: 'MVAU',
  VectorVectorActivation: 'VVAU',
  Vector_Vector_Activate: 'VVAU',
  Thresholding: 'Thresholding',
  ConvolutionInputGenerator: 'ConvolutionInputGenerator',
  StreamingMaxPool: 'StreamingMaxPool',
  LabelSelect: 'LabelSelect',
  FMPadding: 'FMPadding',
  AddStreams: 'AddStreams',
  DuplicateStreams: 'DuplicateStreams',
  ChannelwiseOp: 'ChannelwiseOp',
  GlobalAccPool: 'GlobalAccPool',
  Pool: 'Pool',
  DownSampler: 'DownSampler',
  MVAU: 'MVAU',
  VVAU: 'VVAU',
};

/** What FINN inserts after folding: not in the graph that is folded. */
const INSERTED =
  /^(?:StreamingFIFO|StreamingDataWidthConverter|IODMA|TLastMarker)(?:_Batch)?(?:_hls|_rtl)?_\d+$/;

const familyOf = (opType: string): string => opType.replace(/_(?:hls|rtl)$/, '');

/**
 * The node that a file calls so: by its name, or by a name of FINN before 0.10, which counted both variants of an op
 * type together (`MatrixVectorActivation_3`).
 */
export function nodeNamed(nodes: readonly FinnNode[], name: string): FinnNode | 'inserted later' | null {
  const exact = nodes.find((node) => node.name === name);
  if (exact) return exact;
  if (INSERTED.test(name)) return 'inserted later';
  const old = /^(\w+?)(?:_Batch)?_(\d+)$/.exec(name);
  const written = old?.[1] ?? '';
  const family = Object.hasOwn(OLD_FAMILIES, written) ? OLD_FAMILIES[written] : undefined;
  if (family === undefined) return null;
  const members = nodes.filter((node) => familyOf(node.opType) === family);
  return members[Number(old?.[2])] ?? null;
}
