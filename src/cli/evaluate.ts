import { parseArgs } from 'node:util';
import type { LabeledImages } from '../core/data/labeledImages.ts';
import { type NormalizationChoice, plainChoice } from '../core/data/normalizationChoice.ts';
import type { Normalization } from '../core/exploration/design.ts';
import type { LayerId, Network, Weights } from '../core/network/network.ts';
import { FaultError } from '../core/result.ts';
import { activate } from '../ml/activate.ts';
import { measureApoz } from '../ml/apoz.ts';
import { predict } from '../ml/evaluate.ts';
import { ImageSet } from '../ml/images.ts';
import { useWasmInNode } from '../ml/nodeWasm.ts';
import { asJson, asTable, type Command, onlyInput, UsageError } from './command.ts';
import { readGivenImages } from './images.ts';
import { normalizationOption, readModel } from './input.ts';

export interface ClassCounts {
  readonly name: string;
  readonly correct: number;
  readonly total: number;
  /** Images taken for this class. */
  readonly predicted: number;
}

export interface Evaluation {
  /** correct / total */
  readonly accuracy: number;
  readonly correct: number;
  readonly total: number;
  /** 95 % interval of the accuracy (Wilson). */
  readonly accuracyInterval: readonly [number, number];
  /** Mean cross entropy in nats. */
  readonly loss: number;
  /** Share of the images whose class is among the k most probable, k = 1 up to 5. */
  readonly topK: readonly number[];
  readonly meanAveragePrecision: number | null;
  readonly expectedCalibrationError: number;
  readonly classes: readonly ClassCounts[];
  /** Mean APoZ over the channels of each ReLU, where asked for. */
  readonly apoz?: Readonly<Record<LayerId, number>>;
}

/**
 * Classifies every image on the active backend, its bytes normalized as the network was trained with, which only some
 * model files say. Images are resized where the network reads another size.
 * Throws a FaultError where the images can't be what the network reads, and where its answers are no numbers.
 */
export async function evaluateAll(
  network: Network,
  weights: Weights,
  images: LabeledImages,
  normalization: Normalization | NormalizationChoice,
  withApoz: boolean,
): Promise<Evaluation> {
  const set = new ImageSet(images, 0, 1, normalization);
  const { report } = await predict(network, weights, set);
  const { correct, imageCount, accuracyInterval, loss, topK, meanAveragePrecision, calibration } = report;
  const evaluation = {
    accuracy: correct / imageCount,
    correct,
    total: imageCount,
    accuracyInterval,
    loss,
    topK: topK.map((count) => count / imageCount),
    meanAveragePrecision,
    expectedCalibrationError: calibration.expectedError,
    classes: images.classNames.map((name, i) => {
      const { correct = 0, support = 0, predictedCount = 0 } = report.classes[i] ?? {};
      return { name, correct, total: support, predicted: predictedCount };
    }),
  };
  if (!withApoz) return evaluation;
  const { byActivation } = await measureApoz(network, weights, set);
  const means = Object.entries(byActivation).map(([id, shares]) => [
    id,
    shares.reduce((sum, share) => sum + share, 0) / shares.length,
  ]);
  return { ...evaluation, apoz: Object.fromEntries(means) };
}

const percent = (share: number) => `${(100 * share).toFixed(2)} %`;

function asText(evaluation: Evaluation): string {
  const { accuracy, correct, total, accuracyInterval, loss, topK, classes, apoz } = evaluation;
  const rows = classes.map(({ name, ...counts }) => [name, counts.correct, counts.total, counts.predicted]);
  const [low, high] = accuracyInterval;
  const top = topK[4];
  const lines = [
    asTable(['class', 'correct', 'total', 'predicted'], rows),
    `accuracy    ${percent(accuracy)} (${correct} of ${total}), 95 % interval ${percent(low)} to ${percent(high)}`,
    ...(top === undefined || topK.length >= classes.length ? [] : [`top-5       ${percent(top)}`]),
    `loss        ${loss.toFixed(4)}`,
    `ECE         ${percent(evaluation.expectedCalibrationError)}`,
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
