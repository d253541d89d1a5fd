import { createRandom } from '../../../core/random.ts';
import { type AttributeValue, GraphWriter } from '../graphWriter.ts';
import { encodeModel } from '../messages.ts';

export interface TestModel {
  /** Shape of the input `x`. */
  readonly input: readonly (number | string)[];
  readonly outputDims?: readonly (number | string)[];
  readonly opset?: number;
  readonly domains?: readonly string[];
}

/** Draws weights and adds nodes; every method returns the name of a tensor. */
export class ModelMaker {
  readonly writer = new GraphWriter(['x']);
  readonly #random = createRandom(5);
  #count = 0;

  /** Random numbers in -1..1. */
  random(...dims: number[]): string {
    const size = dims.reduce((a, b) => a * b, 1);
    return this.given(
      dims,
      Float32Array.from({ length: size }, () => 2 * this.#random.next() - 1),
    );
  }

  given(dims: readonly number[], values: ArrayLike<number>): string {
    return this.writer.floats('w', dims, Float32Array.from(values));
  }

  integers(...values: number[]): string {
    return this.writer.integers('shape', values);
  }

  node(
    opType: string,
    input: readonly string[],
    attributes: Readonly<Record<string, AttributeValue>> = {},
    domain = '',
  ): string {
    this.#count++;
    return this.writer.helper(opType, `${opType.toLowerCase()}_${this.#count}`, input, attributes, domain);
  }
}

/** The bytes of a model that `make` puts together from its input `x`; what it returns is the output. */
export async function modelBytes(
  model: TestModel,
  make: (maker: ModelMaker) => string | readonly string[],
): Promise<Uint8Array> {
  const maker = new ModelMaker();
  const made = make(maker);
  const outputs = typeof made === 'string' ? [made] : made;
  return encodeModel({
    irVersion: 7,
    producerName: 'test',
    opsetImport: [
      { domain: '', version: model.opset ?? 13 },
      ...(model.domains ?? []).map((domain) => ({ domain, version: 1 })),
    ],
    graph: maker.writer.graph(
      'made by hand',
      [['x', model.input]],
      outputs.map((name) => [name, model.outputDims ?? []] as const),
    ),
  });
}
