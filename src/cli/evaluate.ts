import { parseArgs } from 'node:util';
import type { LabeledImages } from '../core/data/labeledImages.ts';
import { type NormalizationChoice, plainChoice } from '../core/data/normalizationChoice.ts';
import type { Normalization } from '../core/exploration/design.ts';
import type { LayerId, Network, Weights } from '../core/network/network.ts';
import { FaultError } from '../core/result.ts';
import { activate } from '../ml/activate.ts';
import { measureApoz } from '../ml/apoz.ts';
import { inputOf, overHeld } from '../ml/evaluate.ts';
import { ImageSet } from '../ml/images.ts';
import { useWasmInNode } from '../ml/nodeWasm.ts';
import { Session } from '../ml/session.ts';
import { asJson, asTable, type Command, onlyInput, UsageError } from './command.ts';
import { readGivenImages } from './images.ts';
import { normalizationOption, readModel } from './input.ts';

export interface ClassCounts {
  readonly name: string;
  readonly correct: number;
  readonly total: number;
}

export interface Evaluation {
  /** correct / total */
  readonly accuracy: number;
  readonly correct: number;
  readonly total: number;
  readonly classes: readonly ClassCounts[];
  /** Mean APoZ over the channels of each ReLU, where asked for. */
  readonly apoz?: Readonly<Record<LayerId, number>>;
}

const largest = (logits: Float32Array, from: number, count: number): number => {
  let best = 0;
  for (let i = 1; i < count; i++)
    if ((logits[from + i] as number) > (logits[from + best] as number)) best = i;
  return best;
};

/**
 * Classifies every image on the active backend, its bytes normalized as the network was trained with, which only some
 * model files say. Images are resized where the network reads another size.
 * Throws a FaultError where the images can't be what the network reads.
 */
export async function evaluateAll(
  network: Network,
  weights: Weights,
  images: LabeledImages,
  normalization: Normalization | NormalizationChoice,
  withApoz: boolean,
): Promise<Evaluation> {
  const set = new ImageSet(images, 0, 1, normalization);
  const session = new Session(network, weights);
  const correct = new Uint32Array(images.classNames.length);
  const total = new Uint32Array(images.classNames.length);
  try {
    const { plan } = session;
    set.check(inputOf(plan), plan.classCount);
    await overHeld(plan, set, 'validation', {}, async (batch) => {
      const logits = await session.logits(batch);
      batch.labels.forEach((label, i) => {
        const hit = largest(logits, i * plan.classCount, plan.classCount) === label;
        total[label] = (total[label] ?? 0) + 1;
        if (hit) correct[label] = (correct[label] ?? 0) + 1;
      });
    });
  } finally {
    session.dispose();
  }
  const hits = correct.reduce((sum, n) => sum + n, 0);
  const classes = images.classNames.map((name, i) => ({
    name,
    correct: correct[i] ?? 0,
    total: total[i] ?? 0,
  }));
  const counts = {
    accuracy: hits / images.labels.length,
    correct: hits,
    total: images.labels.length,
    classes,
  };
  if (!withApoz) return counts;
  const { byActivation } = await measureApoz(network, weights, set);
  const means = Object.entries(byActivation).map(([id, shares]) => [
    id,
    shares.reduce((sum, share) => sum + share, 0) / shares.length,
  ]);
  return { ...counts, apoz: Object.fromEntries(means) };
}

function asText({ accuracy, correct, total, classes, apoz }: Evaluation): string {
  const rows = classes.map(({ name, ...counts }) => [name, counts.correct, counts.total] as const);
  const lines = [
    asTable(['class', 'correct', 'total'], rows),
    `accuracy    ${(100 * accuracy).toFixed(2)} % (${correct} of ${total})`,
  ];
  for (const [id, mean] of Object.entries(apoz ?? {})) lines.push(`APoZ        ${mean.toFixed(4)} ${id}`);
  return `${lines.join('\n')}\n`;
}

const START = { wasm: useWasmInNode, cpu: () => activate('cpu') };

export const evaluateCommand: Command = {
  usage:
    'evaluate <model> --data <file> [--data <file>] [--normalization none|unit|signed|<means>/<deviations>] [--apoz] [--backend wasm|cpu] [--json]      the files of CIFAR or MNIST, or a set that Data exported with its images; without --normalization as the model file says, else bytes as they are',
  async run(args) {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        data: { type: 'string', multiple: true },
        normalization: { type: 'string' },
        /** The older name. */
        normalize: { type: 'string' },
        apoz: { type: 'boolean' },
        backend: { type: 'string' },
        json: { type: 'boolean' },
      },
    });
    const input = onlyInput(positionals);
    if (!values.data) throw new UsageError('evaluate needs --data with a file of images');
    const { backend = 'wasm' } = values;
    const asked = normalizationOption(values.normalization ?? values.normalize);
    if (backend !== 'wasm' && backend !== 'cpu')
      throw new UsageError(`there is no --backend ${backend} here; choose wasm or cpu`);
    const { network, weights, normalization = plainChoice('none') } = await readModel(input);
    if (!weights) {
      throw new FaultError({
        code: 'no-weights',
        message: `${input} holds a network without weights, which classifies nothing; choose a trained model (.h5, .keras or model.json).`,
        where: input,
      });
    }
    const { images } = await readGivenImages(values.data, null);
    await START[backend]();
    const evaluation = await evaluateAll(
      network,
      weights,
      images,
      asked ?? normalization,
      values.apoz ?? false,
    );
    return values.json ? asJson(evaluation) : asText(evaluation);
  },
};
