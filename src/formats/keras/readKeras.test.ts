import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { unwrap } from '../../core/result.ts';
import { infer } from '../../ml/forward.ts';
import { useWasmInNode } from '../../ml/nodeWasm.ts';
import { Session } from '../../ml/session.ts';
import type { ImportedModel } from '../model/imported.ts';
import { readKeras } from './readKeras.ts';

const testing = join(import.meta.dirname, 'testing');
const expected: Record<string, number[]> = JSON.parse(readFileSync(join(testing, 'expected.json'), 'utf8'));
const read = (name: string) => readKeras(readFileSync(join(testing, name)), name);

/** What the network computes for the image that fixtures.py showed Keras. */
function compute({ network, weights }: ImportedModel): number[] {
  const input = network.layers[0]!;
  if (input.kind !== 'input') throw new Error('the first layer is no input');
  const { height, width, channels } = input.shape;
  const values = Float32Array.from({ length: height * width * channels }, (_, i) => Math.sin(i * 1.7) * 1.5);
  const session = new Session(network, weights!);
  const x = tf.tensor4d(values, [1, height, width, channels]);
  const logits = infer(session.plan, x, session.parameters);
  // the plan leaves the last softmax to the loss
  const output = network.layers.at(-1)!.kind === 'softmax' ? tf.softmax(logits) : logits;
  const result = [...output.dataSync()];
  for (const tensor of new Set([x, logits, output])) tensor.dispose();
  session.dispose();
  return result;
}

describe('files that Keras 3.15 saved', () => {
  beforeAll(useWasmInNode);

  test.each(['blocks.keras', 'blocks.h5', 'plain.keras', 'plain.h5', 'gates.keras', 'gates.h5'])(
    '%s computes what Keras computes',
    async (name) => {
      const model = unwrap(await read(name));
      const wanted = expected[name.replace(/\..*/, '')]!;
      const computed = compute(model);
      expect(computed).toHaveLength(wanted.length);
      computed.forEach((value, i) => {
        expect(value).toBeCloseTo(wanted[i]!, 5);
      });
    },
  );
});
