import { readBatchNorm, readNeg } from './affine.ts';
import { readGemm, readMatMul } from './dense.ts';
import { FOLDS, readConstantNode } from './fold.ts';
import type { NodeHandler } from './layers.ts';
import type { NodeMessage } from './messages.ts';
import { NodeReader } from './nodeReader.ts';
import { NORM_OPS, readNorm } from './normOps.ts';
import { withPadsInside } from './padding.ts';
import { PART_OPS } from './partOps.ts';
import { PLAIN_OPS, SHAPE_KEEPING } from './plainOps.ts';
import { LINEAR_QUANT_OPS, QONNX_OPS } from './quantOps.ts';
import { RESHAPE_OPS } from './reshapeOps.ts';
import { readResize } from './resize.ts';
import type { NetworkSketch } from './sketch.ts';
import { Unsupported, type Value } from './values.ts';
import { readAveragePool, readConv, readMaxPool } from './windows.ts';

/** Operator-set versions of the file, by domain. */
export interface Opsets {
  versionOf(domain: string): number;
}

/** FINN's hardware operations: finn.custom_op.fpgadataflow, since version 0.10 with .hls and .rtl. */
export const isFinnDomain = (domain: string): boolean =>
  /^finn\.custom_op\.fpgadataflow(?:\.|$)/.test(domain);

const PLAIN_DOMAIN = /^(?:ai\.onnx)?$/;
const QONNX_DOMAIN = /^(?:qonnx\.custom_op\.general|finn\.custom_op\.general|onnx\.brevitas)$/;

const HANDLERS: ReadonlyMap<string, NodeHandler> = new Map(
  Object.entries({
    ...PLAIN_OPS,
    ...RESHAPE_OPS,
    ...NORM_OPS,
    ...PART_OPS,
    ...LINEAR_QUANT_OPS,
    Conv: readConv,
    MaxPool: readMaxPool,
    AveragePool: readAveragePool,
    Resize: readResize,
    Upsample: readResize,
    Gemm: readGemm,
    MatMul: readMatMul,
    BatchNormalization: readBatchNorm,
    Neg: readNeg,
  }),
);
/** What reads the rows and columns of a Pad node as its own. */
const TAKES_PADS: ReadonlySet<string> = new Set(
  'Conv MaxPool AveragePool Transpose Identity Cast Quant IntQuant QuantizeLinear DequantizeLinear'.split(
    ' ',
  ),
);

const QUANTIZERS: ReadonlyMap<string, NodeHandler> = new Map(Object.entries(QONNX_OPS));
const FOLDERS = new Map(Object.entries(FOLDS));

/** An activation that no layer computes: passed by, because it changes no shape and no cost that is estimated. */
function passBy(node: NodeReader, sketch: NetworkSketch, reason: string): Value {
  const value = node.mapAt(0);
  sketch.note(
    `${node.label} was left out: ${reason}; shapes and estimates hold, the outputs are those of a network without it.`,
  );
  return value;
}

function readPlain(node: NodeReader, sketch: NetworkSketch): Value {
  const { opType } = node.message;
  if (opType === 'Constant') return readConstantNode(node);
  const constants = node.inputs.every((input) => input === null || input.kind === 'constant');
  const fold = constants ? FOLDERS.get(opType) : undefined;
  if (fold) return fold(node);
  if (node.inputs.some((input) => input?.kind === 'norm')) return readNorm(node, sketch);
  const handler = HANDLERS.get(opType);
  const keeps = SHAPE_KEEPING.has(opType);
  if (!handler && keeps) return passBy(node, sketch, 'no layer here computes it');
  if (!handler) throw new Unsupported('no layer here computes it');
  try {
    return handler(node, sketch);
  } catch (error) {
    if (keeps && error instanceof Unsupported) return passBy(node, sketch, error.message);
    throw error;
  }
}

/** One that is not understood hands on what it reads: weights and maps stay what they are. */
function readQuantizer(quantizer: NodeHandler, node: NodeReader, sketch: NetworkSketch): Value {
  try {
    return quantizer(node, sketch);
  } catch (error) {
    const [input] = node.inputs;
    if (!(error instanceof Unsupported) || !input || input.kind === 'norm') throw error;
    sketch.note(
      `${node.label} was left out: ${error.message}; what it quantizes stays as it is, so the outputs differ.`,
    );
    return input;
  }
}

/** The first output of a node. Throws Unsupported where no layer computes it, a FaultError where it is broken. */
export function translateNode(
  message: NodeMessage,
  opsets: Opsets,
  inputs: readonly (Value | null)[],
  sketch: NetworkSketch,
): Value {
  const version = opsets.versionOf(message.domain);
  const given = new NodeReader(message, version, inputs);
  const settled = (value: Value | null) =>
    value?.kind === 'map' ? withPadsInside(given, sketch, value) : value;
  const node = TAKES_PADS.has(message.opType) ? given : new NodeReader(message, version, inputs.map(settled));
  if (PLAIN_DOMAIN.test(message.domain)) return readPlain(node, sketch);
  const quantizer = QONNX_DOMAIN.test(message.domain) ? QUANTIZERS.get(message.opType) : undefined;
  if (quantizer) return readQuantizer(quantizer, node, sketch);
  throw new Unsupported(
    QONNX_DOMAIN.test(message.domain)
      ? 'no layer here computes it'
      : `operations of the domain ${message.domain} are unknown here`,
  );
}
