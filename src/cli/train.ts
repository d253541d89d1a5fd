import { basename, dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Recipe } from '../core/exploration/design.ts';
import { unwrap } from '../core/result.ts';
import { NAMED_RECIPES, withNamed } from '../core/training/recipes.ts';
import { progressLine } from '../core/training/transfer.ts';
import { writeModelFiles } from '../formats/model/writeModel.ts';
import { ImageSet } from '../ml/images.ts';
import { useWasmInNode as startWasm } from '../ml/nodeWasm.ts';
import { train } from '../ml/train.ts';
import { TrainControl } from '../ml/trainControl.ts';
import type { Teaching } from '../ml/trainSession.ts';
import type { TrainResult } from '../workers/protocol.ts';
import { asJson, type Command, onlyInput, UsageError } from './command.ts';
import { formatOf, isModelFormat } from './convertFormat.ts';
import { writeAll } from './files.ts';
import { readTeachers } from './teachers.ts';
import { checkFolder, freezeOption, imagesOf, type Start, startOf, type Task, taskOf } from './trainTask.ts';

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
  const recipe = named ? withNamed(task.recipe, named) : task.recipe;
  return { ...recipe, epochs: epochs ?? recipe.epochs, seed: seed ?? recipe.seed };
}

const percent = (share: number) => `${(100 * share).toFixed(1)} %`;

/** Trains, and tells each epoch, and every so many steps, on standard error: standard output is the result's. */
async function trainTold(
  start: Start,
  recipe: Recipe,
  images: ImageSet,
  teachers: Teaching,
  printEvery: number | null,
): Promise<TrainResult> {
  const control = new TrainControl();
  const validateEvery = printEvery ?? undefined;
  const run = train({ ...start, recipe, images, backend: 'wasm', control, teachers, validateEvery });
  const { epochs } = recipe;
  for (;;) {
    const { done, value } = await run.next();
    if (done) return value;
    if (value.kind === 'check') console.error(progressLine({ ...value, epochs }));
    if (value.kind !== 'epoch') continue;
    console.error(
      `Epoch ${value.epoch}/${epochs}  training loss ${value.trainLoss.toFixed(4)}, ${percent(value.trainAccuracy)}  validation loss ${value.validationLoss.toFixed(4)}, ${percent(value.validationAccuracy)}`,
    );
  }
}

export const trainCommand: Command = {
  usage:
    'train <input> [--data <file>]... [--recipe <id>] [--epochs <n>] [--seed <n>] [--teacher <model>]... [--new-head] [--freeze <choice>|<layers>] [--print-every <steps>] [--out <model>] [--json]      a session that Runs exported, a design, preset:<id> or a model; without --data the synthetic set of the design; --new-head: for the classes of the images; --freeze body: all but the head; --out as for convert',
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
        'new-head': { type: 'boolean' },
        freeze: { type: 'string' },
        'print-every': { type: 'string' },
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
    const printEvery = wholeOption('print-every', values['print-every'], 1);
    if (values.out !== undefined) checkFolder(dirname(values.out));
    const task = await taskOf(input, (values.teacher ?? []).length > 0);
    for (const sentence of task.missing) console.error(sentence);
    const named = recipeFor(task, values.recipe, epochs, seed);
    const { data } = task.design;
    const read = await imagesOf(task.design, values.data, input);
    const newHead = values['new-head'] ?? false;
    const start = startOf(input, task, read, { seed: named.seed, newHead });
    const { network } = start;
    const recipe =
      values.freeze === undefined ? named : { ...named, freeze: freezeOption(network, values.freeze) };
    await startWasm();
    const images = new ImageSet(read, data.splitSeed, data.validationShare, data, data);
    const teachers = await readTeachers(values.teacher ?? [], images);
    const result = await trainTold(start, recipe, images, teachers, printEvery);
    const { correct, total, loss } = result.validation;
    const files: string[] = [];
    if (values.out !== undefined && format !== null) {
      const { normalization, standardization } = data;
      const options = {
        bits: task.design.hardware,
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
