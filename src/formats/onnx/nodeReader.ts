import { ATTRIBUTE, type AttributeMessage, type NodeMessage, type TensorMessage } from './messages.ts';
import { type Constant, dimsOf, fault, type MapValue, Unsupported, type Value } from './values.ts';

const text = new TextDecoder();

const typeWords: Readonly<Record<number, string>> = Object.fromEntries(
  Object.entries(ATTRIBUTE).map(([word, type]) => [type, word]),
);

/** How a node is named to people: "Conv 'conv1'". */
export function describeNode(node: NodeMessage): string {
  const name = node.name || node.output[0];
  return name ? `${node.opType} '${name}'` : node.opType;
}

/** A single-precision number as somebody wrote it: 0.01, and not 0.009999999776. */
const tidy = (single: number): number => Number(single.toPrecision(7));

/** One node while it is being read: its attributes by name and its inputs by place. Throws FaultErrors. */
export class NodeReader {
  readonly message: NodeMessage;
  /** Version of the node's operator set. */
  readonly opset: number;
  /** Null where an optional input is not given. */
  readonly inputs: readonly (Value | null)[];

  constructor(message: NodeMessage, opset: number, inputs: readonly (Value | null)[]) {
    this.message = message;
    this.opset = opset;
    this.inputs = inputs;
  }

  get label(): string {
    return describeNode(this.message);
  }

  fault(message: string): ReturnType<typeof fault> {
    return fault('onnx-node', `${this.label}: ${message}`, this.message.name || this.message.opType);
  }

  has(name: string): boolean {
    return this.message.attribute.some((attribute) => attribute.name === name);
  }

  #attribute(name: string, type: number): AttributeMessage | undefined {
    const found = this.message.attribute.find((attribute) => attribute.name === name);
    // Files before IR version 2 leave the type out.
    if (found && found.type !== type && found.type !== 0)
      throw this.fault(`attribute ${name} must be of type ${typeWords[type]}; export the model again.`);
    return found;
  }

  integer(name: string, usual: number): number {
    return this.#attribute(name, ATTRIBUTE.int)?.i ?? usual;
  }

  float(name: string, usual: number): number {
    const found = this.#attribute(name, ATTRIBUTE.float)?.f;
    return found === undefined ? usual : tidy(found);
  }

  word(name: string, usual: string): string {
    const bytes = this.#attribute(name, ATTRIBUTE.string)?.s;
    return bytes ? text.decode(bytes) : usual;
  }

  integers(name: string): readonly number[] | undefined {
    return this.#attribute(name, ATTRIBUTE.ints)?.ints;
  }

  floats(name: string): readonly number[] | undefined {
    return this.#attribute(name, ATTRIBUTE.floats)?.floats;
  }

  tensor(name: string): TensorMessage | undefined {
    return this.#attribute(name, ATTRIBUTE.tensor)?.t ?? undefined;
  }

  /** Whole numbers that newer operator sets take as an input and older ones as an attribute. */
  integersAt(index: number, attribute: string): readonly number[] | undefined {
    const input = this.inputs[index];
    if (!input) return this.integers(attribute);
    return [...this.constantAt(index).values];
  }

  /** One number that newer operator sets take as an input and older ones as an attribute. */
  numberAt(index: number, attribute: string, usual: number): number {
    const input = this.inputs[index];
    if (!input) return this.float(attribute, usual);
    const [value] = this.constantAt(index).values;
    return value === undefined ? usual : tidy(value);
  }

  /**
   * A feature map or vector; one with rows added by a Pad node, seen on other axes, or cut off by a minimum only
   * where the reader says that it understands these.
   */
  mapAt(index: number, { padded = false, viewed = false, cut = false } = {}): MapValue {
    const value = this.inputs[index];
    if (!value) throw this.fault(`input ${index} is missing; export the model again.`);
    if (value.kind === 'norm') throw new Unsupported('it reads the length of a pixel');
    if (value.kind !== 'map') throw new Unsupported('it reads constants only');
    if (value.pending && !padded) throw new Unsupported('it reads the result of a Pad node');
    if (value.most !== undefined && !cut)
      throw new Unsupported(`it reads a minimum with ${value.most}, which no layer here computes by itself`);
    if (value.view && !viewed)
      throw new Unsupported(`it reads a tensor of shape [${dimsOf(value).join(', ')}]`);
    return value;
  }

  constantAt(index: number): Constant {
    const value = this.inputs[index];
    if (!value) throw this.fault(`input ${index} is missing; export the model again.`);
    if (value.kind !== 'constant') throw new Unsupported(`its input ${index} is computed from the image`);
    return value;
  }
}
