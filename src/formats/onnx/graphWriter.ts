import type { FeatureMap } from '../../core/network/network.ts';
import {
  ATTRIBUTE,
  type AttributeMessage,
  DATA_TYPE,
  type Draft,
  type GraphMessage,
  type NodeMessage,
  type TensorMessage,
  type ValueInfoMessage,
} from './messages.ts';

export type AttributeValue = number | string | readonly number[] | { readonly float: number };

const encoder = new TextEncoder();

function attribute(name: string, value: AttributeValue): Draft<AttributeMessage> {
  if (typeof value === 'number') return { name, type: ATTRIBUTE.int, i: value };
  if (typeof value === 'string') return { name, type: ATTRIBUTE.string, s: encoder.encode(value) };
  if ('float' in value) return { name, type: ATTRIBUTE.float, f: value.float };
  return { name, type: ATTRIBUTE.ints, ints: value };
}

const bytesOf = (values: Float32Array | BigInt64Array) =>
  new Uint8Array(values.buffer, values.byteOffset, values.byteLength);

/** A feature map as ONNX sees it: [N, C, H, W], or [N, C] once it is a vector. */
export const onnxDims = (map: FeatureMap, rank: 2 | 4): readonly (number | string)[] =>
  rank === 2 ? ['N', map.channels] : ['N', map.channels, map.height, map.width];

/** Collects the nodes and initializers of a graph; names of tensors are made unique. */
export class GraphWriter {
  readonly #nodes: Draft<NodeMessage>[] = [];
  readonly #initializers: Draft<TensorMessage>[] = [];
  readonly #taken: Set<string>;

  /** @param reserved names that layers' own tensors have */
  constructor(reserved: Iterable<string>) {
    this.#taken = new Set(reserved);
  }

  /** A name that no tensor has yet. */
  free(wanted: string): string {
    let name = wanted;
    for (let n = 2; this.#taken.has(name); n++) name = `${wanted}_${n}`;
    this.#taken.add(name);
    return name;
  }

  floats(name: string, dims: readonly number[], values: Float32Array): string {
    const free = this.free(name);
    this.#initializers.push({ name: free, dims, dataType: DATA_TYPE.float, rawData: bytesOf(values) });
    return free;
  }

  scalar(name: string, value: number): string {
    return this.floats(name, [], Float32Array.of(value));
  }

  integers(name: string, values: readonly number[]): string {
    const free = this.free(name);
    const rawData = bytesOf(BigInt64Array.from(values, BigInt));
    this.#initializers.push({ name: free, dims: [values.length], dataType: DATA_TYPE.int64, rawData });
    return free;
  }

  /** A node that carries a layer's id, for readers name the layer after it, and whose output has another name. */
  named(
    opType: string,
    name: string,
    output: string,
    input: readonly string[],
    attributes: Readonly<Record<string, AttributeValue>> = {},
    domain = '',
    docString = '',
  ): string {
    this.#nodes.push({
      opType,
      name,
      input,
      output: [output],
      domain,
      docString,
      attribute: Object.entries(attributes).map(([key, value]) => attribute(key, value)),
    });
    return output;
  }

  /** A layer that is one node: name and output are its id. */
  layer(
    opType: string,
    id: string,
    input: readonly string[],
    attributes: Readonly<Record<string, AttributeValue>> = {},
  ): string {
    return this.named(opType, id, id, input, attributes);
  }

  /** A node between layers: its output, under a name that is still free. */
  helper(
    opType: string,
    name: string,
    input: readonly string[],
    attributes: Readonly<Record<string, AttributeValue>> = {},
    domain = '',
  ): string {
    const free = this.free(name);
    return this.named(opType, free, free, input, attributes, domain);
  }

  graph(
    name: string,
    inputs: readonly (readonly [string, readonly (number | string)[]])[],
    outputs: readonly (readonly [string, readonly (number | string)[]])[],
  ): Draft<GraphMessage> {
    const info = ([tensor, dims]: readonly [
      string,
      readonly (number | string)[],
    ]): Draft<ValueInfoMessage> => ({
      name: tensor,
      type: {
        tensorType: {
          elemType: DATA_TYPE.float,
          shape: {
            dim: dims.map((extent) =>
              typeof extent === 'number' ? { dimValue: extent } : { dimParam: extent },
            ),
          },
        },
      },
    });
    return {
      name,
      node: this.#nodes,
      initializer: this.#initializers,
      input: inputs.map(info),
      output: outputs.map(info),
    };
  }
}
