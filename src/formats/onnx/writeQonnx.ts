import { largestValue } from '../../core/data/normalizationChoice.ts';
import type { LayerBits } from '../../core/exploration/design.ts';
import {
  type Layer,
  type LayerId,
  type Network,
  parameterKey,
  type Weights,
} from '../../core/network/network.ts';
import { inferGeometry } from '../../core/network/shapes.ts';
import { fail, ok, type Result } from '../../core/result.ts';
import { bitOwner } from './bitOwner.ts';
import type { GraphWriter } from './graphWriter.ts';
import type { Quantization } from './quantization.ts';
import {
  checkedGeometry,
  chosenForm,
  encodeNetwork,
  type NetworkWithWeights,
  type OnnxOptions,
} from './writeOnnx.ts';

export interface QonnxOptions extends OnnxOptions {
  readonly weightBits: number;
  readonly activationBits: number;
  /** By layer id: layers whose bits differ from those. 32 bits stay unquantized. */
  readonly layerBits?: Readonly<Record<LayerId, LayerBits>>;
  /** Bits the images are quantized to, signed; 8 as in the published CNV. */
  readonly inputBits?: number;
  /**
   * Signed quantizers in the place of ReLUs, as the published CNV and TFC have them. Otherwise the ReLUs stay,
   * followed by unsigned quantizers, the only ones FINN takes there (its qonnx_activation_handlers.py); activations of one bit are signs in either case.
   */
  readonly signedActivations?: boolean;
  /**
   * By layer id: the largest absolute value that its quantizer must hold, as measured on data. Without, it is
   * what the largest byte becomes, or 1 for images of which nothing is known, an activation's own bound, three standard deviations of the batch norm before, else 6.
   */
  readonly activationMaxima?: Readonly<Record<LayerId, number>>;
}

const DOMAIN = 'qonnx.custom_op.general';
const UNQUANTIZED = 32;

/** Activations, and whether they give no negative numbers. */
const ACTIVATIONS: Readonly<Record<string, 'unsigned' | 'signed'>> = {
  relu: 'unsigned',
  relu6: 'unsigned',
  sigmoid: 'unsigned',
  hardSigmoid: 'unsigned',
  leakyRelu: 'signed',
  tanh: 'signed',
  hardSwish: 'signed',
};

/** Where ReLU6 clips; and ReLU's bound, where neither data nor a batch norm says more. */
const SIX = 6;

/** Largest values by kind; ReLU has none. */
const BOUNDS: Readonly<Record<string, number>> = {
  input: 1,
  relu6: SIX,
  sigmoid: 1,
  hardSigmoid: 1,
  tanh: 1,
};

/** Layers that hand on quantized numbers where they read such. */
const PASSING: ReadonlySet<string> = new Set([
  'maxPool',
  'globalMaxPool',
  'flatten',
  'dropout',
  'concat',
  'channelShuffle',
]);

/**
 * Quantizers as FINN takes them (finn.md section 10, qonnx_activation_handlers.py): zero point 0 and one scale a tensor
 * everywhere; behind a Relu unsigned and not narrow, behind everything else signed; signs of activations of scale 1; up
 * to 8 bits, for wider ones become no thresholds. A Clip is everything else, so a ReLU6 is written as a Relu whose
 * quantizer clips: its largest number is 6.
 */
class QonnxQuantization implements Quantization {
  readonly splitsDense = true;
  readonly #owners = new Map<LayerId, LayerId | null>();
  readonly #layers: ReadonlyMap<LayerId, Layer>;
  /** By the layer whose result it shifts and scales: the batch norm, folded or not. */
  readonly #norms = new Map<LayerId, LayerId>();
  readonly #quantized = new Set<LayerId>();
  readonly #operands = new Map<string, string>();

  constructor(
    network: Network,
    /** The same network before batch norms were folded, which tell how far numbers reach. */
    readonly trained: NetworkWithWeights,
    readonly options: QonnxOptions,
  ) {
    this.#layers = new Map(network.layers.map((layer) => [layer.id, layer]));
    for (const { kind, id, inputs } of trained.network.layers) {
      const [first = ''] = inputs;
      if (kind === 'batchNorm') this.#norms.set(id, id).set(first, id);
      else if (ACTIVATIONS[kind] && this.#norms.has(first)) this.#norms.set(id, this.#norms.get(first) ?? id);
    }
    for (const layer of network.layers) {
      const before = this.#owners.get(layer.inputs[0] ?? '') ?? null;
      this.#owners.set(layer.id, bitOwner(layer, before));
    }
  }

  #bitsOf(id: LayerId): LayerBits | undefined {
    const { layerBits = {} } = this.options;
    return Object.hasOwn(layerBits, id) ? layerBits[id] : undefined;
  }

  #activationBits(id: LayerId): number {
    const own = this.#bitsOf(this.#owners.get(id) ?? id)?.activationBits;
    if (own !== undefined) return own;
    return this.#layers.get(id)?.kind === 'input'
      ? (this.options.inputBits ?? 8)
      : this.options.activationBits;
  }

  /** What a quantizer's largest number is: FINN takes signs of activations only as -1 and 1. */
  #range(id: LayerId, bits: number): number {
    return bits === 1 ? 1 : this.#maximum(id);
  }

  /** The largest value that the quantizer behind a layer holds. */
  #maximum(id: LayerId): number {
    const { activationMaxima = {} } = this.options;
    const measured = Object.hasOwn(activationMaxima, id) ? activationMaxima[id] : undefined;
    const layer = this.#layers.get(id);
    if (measured !== undefined) return layer?.kind === 'relu6' ? Math.min(measured, SIX) : measured;
    if (layer?.kind === 'input' && this.options.images)
      return largestValue(this.options.images.choice, layer.shape.channels) || 1;
    const bound = BOUNDS[layer?.kind ?? ''];
    if (bound !== undefined) return bound;
    const [gamma, beta] = ['gamma', 'beta'].map(
      (name) => this.trained.weights[parameterKey(this.#norms.get(id) ?? '', name)]?.values,
    );
    if (!gamma || !beta) return SIX;
    const reach = gamma.reduce(
      (most, scale, c) => Math.max(most, Math.abs(beta[c] as number) + 3 * Math.abs(scale)),
      0,
    );
    return reach || SIX;
  }

  #quantizer(
    writer: GraphWriter,
    name: string,
    input: string,
    bits: number,
    maximum: number,
    { signed, narrow }: { readonly signed: boolean; readonly narrow: boolean },
  ): string {
    if (bits === 1) {
      const scale = writer.scalar(`${name}/scale`, maximum);
      return writer.helper('BipolarQuant', `${name}_quant`, [input, scale], {}, DOMAIN);
    }
    const steps = signed ? 2 ** (bits - 1) - 1 : 2 ** bits - 1;
    const inputs = [
      input,
      writer.scalar(`${name}/scale`, maximum / steps),
      writer.scalar(`${name}/zeropt`, 0),
      writer.scalar(`${name}/bitwidth`, bits),
    ];
    const attributes = { signed: signed ? 1 : 0, narrow: narrow ? 1 : 0, rounding_mode: 'ROUND' };
    return writer.helper('Quant', `${name}_quant`, inputs, attributes, DOMAIN);
  }

  /** One scale a tensor: its largest weight is the largest integer; of one bit, the mean weight is the step. */
  weights(writer: GraphWriter, layerId: LayerId, name: string, values: Float32Array): string {
    const bits = this.#bitsOf(layerId)?.weightBits ?? this.options.weightBits;
    if (bits >= UNQUANTIZED) return name;
    const magnitudes = values.map(Math.abs);
    const maximum =
      bits === 1
        ? magnitudes.reduce((sum, value) => sum + value, 0) / magnitudes.length
        : magnitudes.reduce((most, value) => Math.max(most, value), 0);
    return this.#quantizer(writer, name, name, bits, maximum || 1, { signed: true, narrow: true });
  }

  /** A signed quantizer for sums that leave without an activation, one for all that read them. */
  operand(writer: GraphWriter, source: LayerId, name: string): string {
    if (this.#quantized.has(source)) return name;
    const known = this.#operands.get(name);
    if (known !== undefined) return known;
    const bits = this.#activationBits(source);
    const form = { signed: true, narrow: false };
    const quantized =
      bits >= UNQUANTIZED
        ? name
        : this.#quantizer(writer, `${name}_out`, name, bits, this.#range(source, bits), form);
    this.#operands.set(name, quantized);
    return quantized;
  }

  replaces(layer: Layer): boolean {
    if (layer.kind !== 'relu' && layer.kind !== 'relu6') return false;
    const bits = this.#activationBits(layer.id);
    return bits === 1 || (bits < UNQUANTIZED && this.options.signedActivations === true);
  }

  clips(layer: Layer): boolean {
    return layer.kind === 'relu6' && this.#activationBits(layer.id) < UNQUANTIZED;
  }

  result(writer: GraphWriter, layer: Layer, name: string): string {
    const activation = ACTIVATIONS[layer.kind];
    const bits = this.#activationBits(layer.id);
    if (layer.kind === 'input' || activation) {
      this.#quantized.add(layer.id);
      if (bits >= UNQUANTIZED) return name;
      const signed = activation !== 'unsigned' || this.replaces(layer);
      return this.#quantizer(writer, layer.id, name, bits, this.#range(layer.id, bits), {
        signed,
        narrow: false,
      });
    }
    const repeats = layer.kind === 'upsample' && layer.interpolation === 'nearest';
    if ((repeats || PASSING.has(layer.kind)) && layer.inputs.every((id) => this.#quantized.has(id)))
      this.#quantized.add(layer.id);
    return name;
  }
}

const bitsFit = (bits: number) => Number.isInteger(bits) && bits >= 1 && bits <= UNQUANTIZED;

/**
 * A network as a QONNX file for FINN: ONNX of operator set 13 with Quant and BipolarQuant nodes of the domain
 * qonnx.custom_op.general. Bits are whole numbers from 1 to 32, where 32 stays unquantized; others are a fault.
 */
export async function writeQonnx(
  network: Network,
  weights: Weights,
  options: QonnxOptions,
): Promise<Result<Uint8Array>> {
  const checked = checkedGeometry({ network, weights });
  if (!checked.ok) return checked;
  const wide = [
    options.weightBits,
    options.activationBits,
    options.inputBits ?? 8,
    ...Object.values(options.layerBits ?? {}).flatMap((bits) => [bits.weightBits, bits.activationBits]),
  ].find((bits) => !bitsFit(bits));
  if (wide !== undefined)
    return fail(
      'qonnx-bits',
      `${wide} is no number of bits; choose a whole number from 1 to ${UNQUANTIZED}.`,
    );
  const maximum = Object.entries(options.activationMaxima ?? {}).find(
    ([, value]) => !(value > 0 && value < 3e38),
  );
  if (maximum)
    return fail(
      'qonnx-maximum',
      `The largest activation of ${maximum[0]} is ${maximum[1]}; it must be above 0.`,
      maximum[0],
    );
  const form = chosenForm({ network, weights }, options);
  const geometry = inferGeometry(form.network);
  if (!geometry.ok) return geometry;
  const quantization = new QonnxQuantization(form.network, { network, weights }, options);
  return ok(await encodeNetwork(form, geometry.value, quantization, options.images, [DOMAIN]));
}
