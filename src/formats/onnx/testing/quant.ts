import type { ModelMaker } from './model.ts';

export const QONNX = 'qonnx.custom_op.general';

/** Of a Quant node: scale, zero point and bit width as given lists, one number or one a channel of the first axis. */
export interface QuantChoice {
  readonly scale?: readonly number[];
  readonly zero?: readonly number[];
  readonly bits?: readonly number[];
  readonly attributes?: Readonly<Record<string, number | string>>;
  readonly domain?: string;
  readonly opType?: string;
}

export function quant(m: ModelMaker, input: string, choice: QuantChoice = {}): string {
  const {
    scale = [0.25],
    zero = [0],
    bits = [4],
    attributes = {},
    domain = QONNX,
    opType = 'Quant',
  } = choice;
  const parameters = [scale, zero, bits].map((values) =>
    m.given(values.length === 1 ? [] : [values.length, 1, 1, 1], values),
  );
  return m.node(opType, [input, ...parameters], { signed: 1, narrow: 0, ...attributes }, domain);
}
