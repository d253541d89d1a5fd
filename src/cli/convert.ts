import { basename, dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import type { NormalizationChoice } from '../core/data/normalizationChoice.ts';
import { deployNetwork } from '../core/network/deploy.ts';
import type { Network, Weights } from '../core/network/network.ts';
import { FaultError, unwrap } from '../core/result.ts';
import { parseDesign } from '../formats/design/parse.ts';
import type { ImportedModel } from '../formats/model/imported.ts';
import { type ModelFormat, type QuantizationChoice, writeModelFiles } from '../formats/model/writeModel.ts';
import { writeNetwork } from '../formats/model/writeNetwork.ts';
import { initializeWeights } from '../ml/initialize.ts';
import { type Command, UsageError } from './command.ts';
import { type ConvertFormat, FORMATS_TOLD, formatOf, isModelFormat } from './convertFormat.ts';
import { type OutputFile, writeAll } from './files.ts';
import { parseBits } from './finnChoices.ts';
import { designFor, normalizationOption, readDesign, readModel } from './input.ts';

/** Files to write, and what is told of them. */
interface Converted {
  readonly files: readonly OutputFile[];
  readonly notes: readonly string[];
}

const seedOf = (text: string | undefined): number | null => {
  if (text === undefined) return null;
  const seed = Number(text);
  if (!Number.isInteger(seed) || seed < 0 || seed > 4_294_967_295)
    throw new UsageError(`--seed ${text} is no whole number from 0 to 4294967295`);
  return seed;
};

interface Choices {
  readonly name: string;
  readonly deployed: boolean;
  /** Null draws none. */
  readonly seed: number | null;
  readonly bits: string | undefined;
  /** Null where the input's own holds, if it has one. */
  readonly normalization: NormalizationChoice | null;
  /** The output normalizes bytes itself. */
  readonly inside: boolean;
}

/** Weights of the file, or drawn at random; one sentence where there are none. */
function weightsOf(input: string, { network, weights }: ImportedModel, seed: number | null): Weights {
  if (weights) return weights;
  if (seed !== null) return initializeWeights(network, seed);
  throw new FaultError({
    code: 'no-weights',
    message: `${input} holds a network without weights; add --seed 1 to draw them at random, or choose a trained model.`,
    where: input,
  });
}

/** Bits asked for hold for every layer; else those of the input's design or file. */
async function bitsFor(input: string, asked: string | undefined): Promise<QuantizationChoice> {
  if (asked !== undefined) return { ...parseBits(asked), layerBits: {} };
  return (await readDesign(input)).hardware;
}

async function convertModel(
  format: ModelFormat,
  input: string,
  model: ImportedModel,
  choices: Choices,
): Promise<Converted> {
  const weights = weightsOf(input, model, choices.seed);
  const bits = await bitsFor(input, choices.bits);
  const choice = choices.normalization ?? model.normalization;
  if (choices.inside && !choice)
    throw new UsageError(
      `${input} does not say how pixels reach it; add --normalization to --normalize-inside`,
    );
  const images = choice ? { images: { choice, inside: choices.inside } } : {};
  const options = { bits, deployed: choices.deployed, ...images };
  const { files, notes } = unwrap(await writeModelFiles(format, model.network, weights, options));
  const [first, ...shards] = files;
  return { files: [{ ...first, name: choices.name }, ...shards], notes };
}

async function convertNetwork(
  format: Exclude<ConvertFormat, ModelFormat>,
  model: ImportedModel,
  { name, deployed, normalization }: Choices,
): Promise<Converted> {
  const form: { readonly network: Network; readonly notes: readonly string[] } = deployed
    ? deployNetwork(model.network, model.weights)
    : { network: model.network, notes: [] };
  const bytes =
    format === 'design'
      ? new TextEncoder().encode(
          JSON.stringify(
            unwrap(
              parseDesign(
                designFor({
                  ...model,
                  network: form.network,
                  ...(normalization ? { normalization } : {}),
                }),
              ),
            ),
          ),
        )
      : unwrap(await writeNetwork(format, form.network));
  return { files: [{ name, bytes }], notes: form.notes };
}

export const convertCommand: Command = {
  usage: `convert <input> <output> [--format <format>] [--bits W2A4] [--deployed] [--normalization none|unit|signed|<means>/<deviations>] [--normalize-inside] [--seed <n>]      ${FORMATS_TOLD}; --bits is for qonnx; --deployed leaves dropout out and folds batch norms; --normalization is written into the file, which --normalize-inside makes read bytes; --seed draws weights where the input has none`,
  async run(args) {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        seed: { type: 'string' },
        format: { type: 'string' },
        bits: { type: 'string' },
        deployed: { type: 'boolean', default: false },
        normalization: { type: 'string' },
        'normalize-inside': { type: 'boolean', default: false },
      },
    });
    const [input, output, extra] = positionals;
    if (input === undefined || output === undefined || extra !== undefined)
      throw new UsageError('convert needs an input and an output');
    const name = basename(output);
    const choices = {
      name,
      deployed: values.deployed,
      seed: seedOf(values.seed),
      bits: values.bits,
      normalization: normalizationOption(values.normalization),
      inside: values['normalize-inside'],
    };
    const format = formatOf(name, values.format);
    if (values.bits !== undefined && format !== 'qonnx')
      throw new UsageError('--bits is for QONNX files; add --format qonnx');
    if (choices.inside && !isModelFormat(format))
      throw new UsageError(
        '--normalize-inside is for files with weights; choose .h5, .keras, .onnx or model.json',
      );
    const model = await readModel(input);
    const { files, notes } = isModelFormat(format)
      ? await convertModel(format, input, model, choices)
      : await convertNetwork(format, model, choices);
    writeAll(dirname(output), files);
    const told = [...model.notes, ...notes].map((note) => `! ${note}\n`).join('');
    return `${told}${files.map((file) => join(dirname(output), file.name)).join('\n')}\n`;
  },
};
