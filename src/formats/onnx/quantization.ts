import type { Layer, LayerId } from '../../core/network/network.ts';
import type { GraphWriter } from './graphWriter.ts';

/** What a writer of quantized files adds; the plain one returns what it is given. */
export interface Quantization {
  /** The weights that a product reads; `name` is that of the initializer. */
  weights(writer: GraphWriter, layerId: LayerId, name: string, values: Float32Array): string;
  /** Called for every input of a layer that computes sums; the name it reads instead. */
  operand(writer: GraphWriter, source: LayerId, name: string): string;
  /** Called for every layer's result; the name that readers read instead. */
  result(writer: GraphWriter, layer: Layer, name: string): string;
  /** Whether a quantizer stands in the place of this activation. */
  replaces(layer: Layer): boolean;
  /** Whether the quantizer behind this ReLU6 clips at 6 by itself, so that a Relu is enough before it. */
  clips(layer: Layer): boolean;
  /** FINN reads MatMul and Add, not Gemm. */
  readonly splitsDense: boolean;
}
