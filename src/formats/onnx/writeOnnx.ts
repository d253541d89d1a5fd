import { normalizationName } from '../../core/data/normalizationChoice.ts';
import { parameterShapes } from '../../core/network/counts.ts';
import { deployNetwork } from '../../core/network/deploy.ts';
import { type Network, parameterKey, type Weights } from '../../core/network/network.ts';
import { type Geometry, geometryAt, inferGeometry } from '../../core/network/shapes.ts';
import { fail, ok, type Result } from '../../core/result.ts';
import { type ImageNormalization, ONNX_NORMALIZATION, recordFor } from '../model/normalizationRecord.ts';
import { encodeModel } from './messages.ts';
import type { Quantization } from './quantization.ts';
import { sizeOf } from './values.ts';
import { LayerWriter } from './writeLayers.ts';

export interface NetworkWithWeights {
  readonly network: Network;
  readonly weights: Weights;
}

export interface OnnxOptions {
  /** For running only: without dropout, batch norms folded into the products before them. */
  readonly deployed?: boolean;
  /** How images reach the network, where the file is to say it. */
  readonly images?: ImageNormalization;
}

/** ONNX 1.8, of 2020: what today's tools all read. */
const OPSET = 13;
const IR_VERSION = 7;

/** The geometry of a network whose weights are all there, in their shapes, and numbers. */
export function checkedGeometry({ network, weights }: NetworkWithWeights): Result<Geometry> {
  const geometry = inferGeometry(network);
  if (!geometry.ok) return geometry;
  for (const layer of network.layers) {
    const shapes = parameterShapes(layer, geometryAt(geometry.value, layer.id));
    for (const [name, shape] of Object.entries(shapes)) {
      const values = weights[parameterKey(layer.id, name)]?.values;
      if (values?.length !== sizeOf(shape))
        return fail(
          'onnx-weights',
          `Layer ${layer.id} has ${values?.length ?? 'no'} numbers for its ${name} instead of ${sizeOf(shape)}; train the network or open its weights first.`,
          layer.id,
        );
      if (!values.every(Number.isFinite))
        return fail(
          'onnx-weights',
          `The ${name} of ${layer.id} holds values that are no numbers; train again with a smaller learning rate.`,
          layer.id,
        );
    }
  }
  return geometry;
}

/** The network that is written: as it is, or as it runs on a device. */
export function chosenForm(form: NetworkWithWeights, { deployed = false }: OnnxOptions): NetworkWithWeights {
  return deployed ? deployNetwork(form.network, form.weights) : form;
}

/** For people who open the file elsewhere. */
const told = ({ choice, inside }: ImageNormalization): string =>
  inside
    ? `Reads bytes, 0 to 255, and brings them to ${normalizationName(choice)} itself.`
    : `Reads pixels brought to ${normalizationName(choice)}${choice.normalization === 'standardized' ? ' of bytes: (byte - mean) / deviation' : ''}.`;

/** The bytes of a model of operator set 13. */
export async function encodeNetwork(
  { network, weights }: NetworkWithWeights,
  geometry: Geometry,
  quantization: Quantization,
  images: ImageNormalization | undefined,
  domains: readonly string[] = [],
): Promise<Uint8Array> {
  return encodeModel({
    irVersion: IR_VERSION,
    producerName: 'Sweetspot',
    ...(images ? { docString: told(images) } : {}),
    opsetImport: [{ domain: '', version: OPSET }, ...domains.map((domain) => ({ domain, version: 1 }))],
    graph: new LayerWriter(network, geometry, weights, quantization, images).graph(),
    ...(images
      ? { metadataProps: [{ key: ONNX_NORMALIZATION, value: JSON.stringify(recordFor(images)) }] }
      : {}),
  });
}

const UNQUANTIZED: Quantization = {
  weights: (_writer, _layerId, name) => name,
  operand: (_writer, _source, name) => name,
  result: (_writer, _layer, name) => name,
  replaces: () => false,
  clips: () => false,
  splitsDense: false,
};

/**
 * A network with its weights as an ONNX file of operator set 13: input [N, C, H, W], float32, weights inside.
 * Nodes carry the layers' ids. Missing weights, or weights that are no numbers, are a fault.
 */
export async function writeOnnx(
  network: Network,
  weights: Weights,
  options: OnnxOptions = {},
): Promise<Result<Uint8Array>> {
  const checked = checkedGeometry({ network, weights });
  if (!checked.ok) return checked;
  const form = chosenForm({ network, weights }, options);
  const geometry = inferGeometry(form.network);
  return geometry.ok ? ok(await encodeNetwork(form, geometry.value, UNQUANTIZED, options.images)) : geometry;
}
