import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import type { LayerId, Network, Weights } from '../core/network/network.ts';
import { TRAINED_PRESETS } from '../core/network/presets.ts';
import { applyPlan, maskChannels, transplant } from '../core/pruning/apply.ts';
import { channelGroups } from '../core/pruning/groups.ts';
import { createRandom } from '../core/random.ts';
import { initializeWeights } from './initialize.ts';
import { useWasmInNode } from './nodeWasm.ts';
import { layoutOf, upload, views } from './parameters.ts';
import { planOf } from './plan.ts';

beforeAll(useWasmInNode);

/** Weights with live batch-norm statistics and biases: a channel set to zero would come back through them. */
function lively(network: Network): Weights {
  const random = createRandom(8);
  return Object.fromEntries(
    Object.entries(initializeWeights(network, 3)).map(([key, { shape, values }]) => [
      key,
      { shape, values: key.endsWith('ernel') ? values : values.map((v) => v + 0.5 * random.next()) },
    ]),
  );
}

/** The logits, with the channels of each named layer set to zero behind it. */
function logits(
  network: Network,
  weights: Weights,
  values: Float32Array,
  masks: ReadonlyMap<LayerId, readonly number[]>,
): Float32Array {
  const plan = planOf(network);
  const layout = layoutOf(network, plan.geometry);
  const { height, width, channels } = plan.geometry.get(plan.inputId)!.ofm;
  return tf.tidy(() => {
    const parameters = views(upload(weights, layout), layout);
    const x = tf.tensor4d(values, [2, height, width, channels]);
    const outputs: tf.Tensor4D[] = [];
    for (const { layer, operation, inputs } of plan.steps) {
      const output = operation.infer(
        inputs.map((i) => (i < 0 ? x : outputs[i]!)),
        (name) => parameters.get(`${layer.id}/${name}`)!,
      );
      const mask = new Float32Array(output.shape[3]).fill(1);
      for (const channel of masks.get(layer.id) ?? []) mask[channel] = 0;
      outputs.push(tf.mul(output, mask) as tf.Tensor4D);
    }
    return outputs.at(-1)!.dataSync() as Float32Array;
  });
}

test.each(TRAINED_PRESETS.map((preset) => [preset.name, preset] as const))(
  '%s: the pruned network answers as the masked one',
  (_, preset) => {
    const extent = { 'custom-rs-classifier': 64, lenet: 28 }[preset.id] ?? 32;
    const network = preset.build({ height: extent, width: extent, channels: preset.input.channels }, 5);
    const groups = channelGroups(network);
    const random = createRandom(6);
    const keep = Object.fromEntries(
      groups.groups
        .filter((group) => group.fixed === null)
        .map(({ id, slotCount }) => {
          const slots = Array.from({ length: slotCount }, (_, i) => i).filter(() => random.next() < 0.6);
          return [id, slots.length > 0 ? slots : [0]];
        }),
    );
    expect(Object.keys(keep).length).toBeGreaterThan(0);
    const weights = lively(network);
    const pruned = applyPlan(network, groups, { keep });
    const values = Float32Array.from(
      { length: 2 * extent * extent * preset.input.channels },
      () => 2 * random.next() - 1,
    );
    const small = logits(
      pruned.network,
      transplant(weights, pruned.network, pruned.mapping),
      values,
      new Map(),
    );
    const masked = logits(network, weights, values, maskChannels(network, groups, { keep }));
    const whole = logits(network, weights, values, new Map());
    const scale = Math.max(...masked.map(Math.abs), 1e-6);
    const difference = (a: Float32Array, b: Float32Array) =>
      Math.max(...a.map((value, i) => Math.abs(value - b[i]!))) / scale;
    expect(difference(small, masked)).toBeLessThan(1e-4);
    expect(difference(whole, masked)).toBeGreaterThan(1e-2); // else the test would prove nothing
  },
);
