import { beforeAll, expect, test } from 'vitest';
import { landCover } from '../core/data/landCover.ts';
import { defaultDesign } from '../core/exploration/defaultDesign.ts';
import { NetworkBuilder } from '../core/network/builder.ts';
import { replaceHead } from '../core/network/editing/replaceHead.ts';
import type { Network, Weights } from '../core/network/network.ts';
import { unwrap } from '../core/result.ts';
import { carryWeights } from '../core/training/transfer.ts';
import { evaluate } from './evaluate.ts';
import { ImageSet } from './images.ts';
import { completeWeights, initializeWeights } from './initialize.ts';
import { useWasmInNode } from './nodeWasm.ts';
import { train } from './train.ts';
import { TrainControl } from './trainControl.ts';

beforeAll(useWasmInNode);

function smallNetwork(classCount: number): Network {
  const b = new NetworkBuilder('small', { height: 16, width: 16, channels: 3 });
  b.convBlock(12, 3);
  b.maxPool(2);
  b.convBlock(24, 3);
  b.globalAveragePool();
  b.dense(classCount);
  b.softmax();
  return b.build();
}

async function trained(
  network: Network,
  weights: Weights,
  images: ImageSet,
  epochs: number,
): Promise<Weights> {
  const { recipe } = defaultDesign();
  const run = train({
    network,
    weights,
    recipe: { ...recipe, epochs, learningRate: 0.005, batchSize: 16 },
    images,
    backend: 'wasm',
    control: new TrainControl(),
  });
  for (;;) {
    const { done, value } = await run.next();
    if (done) return value.weights;
  }
}

test('with a tenth of the images a trained network with a new head is a better start than none (SI-09)', async () => {
  const pretrained = smallNetwork(10);
  const many = new ImageSet(landCover(700, 1), 1, 0.1);
  const weights = await trained(pretrained, initializeWeights(pretrained, 1), many, 8);

  // other scenes, a tenth of them to train with and the others to test with
  const few = new ImageSet(landCover(400, 2), 1, 0.9);
  expect(few.split.train).toHaveLength(40);
  const { network } = unwrap(replaceHead(pretrained, 10));
  const { weights: carried } = unwrap(carryWeights({ network: pretrained, weights }, network));
  const accuracy = async (start: Weights) => {
    const { correct, total } = await evaluate(network, await trained(network, start, few, 16), few);
    return correct / total;
  };
  const fromPretrained = await accuracy(completeWeights(network, carried, 2));
  const fromScratch = await accuracy(initializeWeights(network, 2));
  expect(fromPretrained).toBeGreaterThan(fromScratch + 0.05);
});
