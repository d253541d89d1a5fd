import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { readImages } from '../cli/input.ts';
import { replaceHead } from '../core/network/editing/replaceHead.ts';
import { createRandom } from '../core/random.ts';
import { unwrap } from '../core/result.ts';
import { frozenAllButHead } from '../core/training/freeze.ts';
import { bitEqual, carryWeights } from '../core/training/transfer.ts';
import { readKeras } from '../formats/keras/readKeras.ts';
import { ImageSet } from './images.ts';
import { completeWeights } from './initialize.ts';
import { useWasmInNode } from './nodeWasm.ts';
import { adam } from './optimizers.ts';
import { Session } from './session.ts';

const shared = join(import.meta.dirname, '../../../shared');
const model = join(shared, 'models/mlperf_tiny_resnet8_cifar10.h5');
const data = join(shared, 'data/cifar10_test_1000.bin');

describe.skipIf(!existsSync(model) || !existsSync(data))('the pretrained ResNet-8 with a new head', () => {
  beforeAll(useWasmInNode);

  test('keeps its body to the bit, and only the head learns (VT-05)', async () => {
    const { network: old, weights } = unwrap(await readKeras(readFileSync(model), 'resnet8.h5'));
    const { network, added } = unwrap(replaceHead(old, 10));
    const carried = unwrap(carryWeights({ network: old, weights: weights! }, network));
    expect(carried.fresh).toEqual(added);
    const frozen = unwrap(frozenAllButHead(network));
    const start = completeWeights(network, carried.weights, 1);
    const session = new Session(network, start, { frozen });
    expect(session.layout.trained.map(({ key }) => key)).toEqual([`${added[0]}/kernel`, `${added[0]}/bias`]);
    const images = new ImageSet(readImages([data]), 1, 0.2, 'none');
    const optimizer = adam(0.01);
    const losses: number[] = [];
    for (let i = 0; i < 8; i++) {
      const batch = session.batch(images, images.split.train.slice(0, 32));
      losses.push((await session.step(batch, optimizer, createRandom(1))).loss);
    }
    const after = await session.weights();
    optimizer.dispose();
    session.dispose();
    expect(losses.at(-1)).toBeLessThan(losses[0]!);
    expect(carried.kept.length).toBeGreaterThan(10);
    expect(bitEqual(start, after, frozen)).toBe(true);
    for (const id of carried.kept) expect(bitEqual(weights!, after, [id]), id).toBe(true);
    expect(bitEqual(start, after, added)).toBe(false);
  });
});
