import { basename, dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import type { LabeledImages } from '../core/data/labeledImages.ts';
import { PAINTERS } from '../core/data/paintSet.ts';
import type { Design, Recipe } from '../core/exploration/design.ts';
import type { Network, Weights } from '../core/network/network.ts';
import { presetById } from '../core/network/presets.ts';
import { FaultError, unwrap } from '../core/result.ts';
import { NAMED_RECIPES } from '../core/training/recipes.ts';
import { writeModelFiles } from '../formats/model/writeModel.ts';
import { looksLikeSession, parseSessionText, type Session } from '../formats/session/parse.ts';
import { ImageSet } from '../ml/images.ts';
import { initializeWeights } from '../ml/initialize.ts';
import { useWasmInNode as startWasm } from '../ml/nodeWasm.ts';
import { train } from '../ml/train.ts';
import { TrainControl } from '../ml/trainControl.ts';
import type { Teaching } from '../ml/trainSession.ts';
import type { TrainResult } from '../workers/protocol.ts';
import { asJson, type Command, onlyInput, UsageError } from './command.ts';
import { formatOf, isModelFormat } from './convertFormat.ts';
import { writeAll } from './files.ts';
import { readGivenImages } from './images.ts';
import { readDesign, readModel, readText } from './input.ts';
import { readTeachers } from './teachers.ts';

interface Task {
  readonly design: Design;
  readonly recipe: Recipe;
  /** Null where they are drawn from the seed. */
  readonly weights: Weights | null;
  /** What the training of the session had and this one has not. */
  readonly missing: readonly string[];
}

/** Weights do not travel in a session: neither those of teachers nor those that a run began with. */
function missingIn({ teachers, run }: Session, isTaught: boolean): string[] {
  const taught = run?.teachers ?? teachers;
  const missing: string[] = [];
  if (taught.length > 0 && !isTaught)
    missing.push(
      `The session has teachers (${taught.join(', ')}), whose weights do not travel: this training learns from labels alone; give the teachers with --teacher.`,
    );
  if (run && run.earlierEpochs > 0)
    missing.push(
      `The run of the session began with weights of ${run.earlierEpochs} epochs, which do not travel: this one begins from its seed.`,
    );
  return missing;
}

/** A session or a design says how it is trained; a preset and a model file get the usual recipe. */
async function taskOf(input: string, isTaught: boolean): Promise<Task> {
  if (/\.json$/i.test(input)) {
    const text = readText(input);
    if (looksLikeSession(text)) {
      const session = unwrap(parseSessionText(text));
      const { design, run } = session;
      const missing = missingIn(session, isTaught);
      return { design, recipe: run?.recipe ?? design.recipe, weights: null, missing };
    }
  }
  const design = await readDesign(input);
  const { weights } = await readModel(input);
  return { design, recipe: design.recipe, weights, missing: [] };
}

/** Those of the files; else the design's own, where it says how to draw them. */
async function imagesOf(
  design: Design,
  files: readonly string[] | undefined,
  input: string,
): Promise<LabeledImages> {
  const { source } = design.data;
  if (files) {
    const { images, note } = await readGivenImages(files, source.kind === 'file' ? source : null);
    if (note !== null) console.error(note);
    return images;
  }
  if (source.kind === 'file') {
    throw new FaultError({
      code: 'files-missing',
      message: `${input} was made with ${source.fileNames.join(', ')}, and images do not travel with a design; give them with --data, or the set that Data exports with its images.`,
      where: input,
    });
  }
  const painting = PAINTERS[source.kind](source.imageCount, source.seed);
  for (;;) {
    const step = painting.next();
    if (step.done) return step.value;
  }
}

/** A preset takes the shape and the classes of the images; other networks are as they are. */
function networkFor(input: string, { network }: Design, { image, classNames }: LabeledImages): Network {
  const preset = input.startsWith('preset:') ? presetById(input.slice('preset:'.length)) : undefined;
  if (!preset) return network;
  const { height, width } = preset.input;
  return preset.build({ height, width, channels: image.channels }, classNames.length);
}

const wholeOption = (name: string, text: string | undefined, low: number): number | null => {
  if (text === undefined) return null;
  const value = Number(text);
  if (!Number.isInteger(value) || value < low || value > 4_294_967_295)
    throw new UsageError(`--${name} ${text} is no whole number from ${low} on`);
  return value;
};

function recipeFor(task: Task, id: string | undefined, epochs: number | null, seed: number | null): Recipe {
  const named = id === undefined ? null : NAMED_RECIPES.find((one) => one.id === id);
  if (named === undefined)
    throw new UsageError(
      `there is no recipe ${id}; choose one of ${NAMED_RECIPES.map((one) => one.id).join(', ')}`,
    );
  const recipe = named?.recipe ?? task.recipe;
  return { ...recipe, epochs: epochs ?? recipe.epochs, seed: seed ?? recipe.seed };
}

const percent = (share: number) => `${(100 * share).toFixed(1)} %`;

/** Trains, and tells each epoch on standard error: standard output is the result's. */
async function trainTold(
  network: Network,
  weights: Weights,
  recipe: Recipe,
  images: ImageSet,
  teachers: Teaching,
): Promise<TrainResult> {
  const control = new TrainControl();
  const run = train({ network, weights, recipe, images, backend: 'wasm', control, teachers });
  for (;;) {
    const { done, value } = await run.next();
    if (done) return value;
    if (value.kind !== 'epoch') continue;
    console.error(
      `Epoch ${value.epoch}/${recipe.epochs}  training loss ${value.trainLoss.toFixed(4)}, ${percent(value.trainAccuracy)}  validation loss ${value.validationLoss.toFixed(4)}, ${percent(value.validationAccuracy)}`,
    );
  }
}

export const trainCommand: Command = {
  usage:
    'train <input> [--data <file>]... [--recipe <id>] [--epochs <n>] [--seed <n>] [--teacher <model>]... [--out <model>] [--json]      a session that Runs exported, a design, preset:<id> or a model; without --data the synthetic set of the design; --out as for convert',
  async run(args) {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        data: { type: 'string', multiple: true },
        recipe: { type: 'string' },
        epochs: { type: 'string' },
        seed: { type: 'string' },
        teacher: { type: 'string', multiple: true },
        out: { type: 'string' },
        json: { type: 'boolean' },
      },
    });
    const input = onlyInput(positionals);
    const format = values.out === undefined ? null : formatOf(basename(values.out), undefined);
    if (format !== null && !isModelFormat(format))
      throw new UsageError(
        `--out ${values.out} is no format with weights; choose .h5, .keras, .onnx or model.json`,
      );
    const epochs = wholeOption('epochs', values.epochs, 1);
    const seed = wholeOption('seed', values.seed, 0);
    const task = await taskOf(input, (values.teacher ?? []).length > 0);
    for (const sentence of task.missing) console.error(sentence);
    const recipe = recipeFor(task, values.recipe, epochs, seed);
    const { design } = task;
    const { data } = design;
    const read = await imagesOf(design, values.data, input);
    const network = networkFor(input, design, read);
    await startWasm();
    const images = new ImageSet(read, data.splitSeed, data.validationShare, data, data);
    const start = task.weights ?? initializeWeights(network, recipe.seed);
    const teachers = await readTeachers(values.teacher ?? [], images);
    const result = await trainTold(network, start, recipe, images, teachers);
    const { correct, total, loss } = result.validation;
    const files: string[] = [];
    if (values.out !== undefined && format !== null) {
      const { normalization, standardization } = data;
      const options = {
        bits: design.hardware,
        deployed: false,
        images: { choice: { normalization, standardization }, inside: false },
      };
      const written = unwrap(await writeModelFiles(format, network, result.weights, options));
      const [first, ...shards] = written.files;
      const folder = dirname(values.out);
      const named = [{ ...first, name: basename(values.out) }, ...shards];
      writeAll(folder, named);
      files.push(...named.map(({ name }) => join(folder, name)));
    }
    const stopped =
      result.stopped === null
        ? ''
        : typeof result.stopped === 'object'
          ? result.stopped.message
          : result.stopped;
    if (values.json)
      return asJson({
        accuracy: correct / total,
        correct,
        total,
        loss,
        epochs: result.epochs,
        steps: result.steps,
        seconds: Math.round(result.seconds * 10) / 10,
        stopped,
        files,
      });
    return [
      `accuracy    ${percent(correct / total)} (${correct} of ${total} validation images), loss ${loss.toFixed(4)}`,
      `trained     ${result.epochs} epochs, ${result.steps} steps in ${result.seconds.toFixed(1)} s${stopped === '' ? '' : `; ${stopped}`}`,
      ...files,
      '',
    ].join('\n');
  },
};
