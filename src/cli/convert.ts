import { writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Network, Weights } from '../core/network/network.ts';
import { FaultError, unwrap } from '../core/result.ts';
import { parseDesign } from '../formats/design/parse.ts';
import { writeKeras } from '../formats/keras/writeKeras.ts';
import { writeOnnx } from '../formats/onnx/writeOnnx.ts';
import { writeTfjs } from '../formats/tfjs/writeTfjs.ts';
import { initializeWeights } from '../ml/initialize.ts';
import { type Command, UsageError } from './command.ts';
import { designFor, readModel } from './input.ts';

interface OutputFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

type Writer = (network: Network, weights: Weights, name: string) => Promise<readonly OutputFile[]>;

/** By the ending of a file's name, the first that fits. */
const WRITERS: readonly (readonly [ending: string, writer: Writer])[] = [
  ['.h5', async (network, weights, name) => [{ name, bytes: unwrap(await writeKeras(network, weights)) }]],
  ['.onnx', async (network, weights, name) => [{ name, bytes: unwrap(await writeOnnx(network, weights)) }]],
  [
    'model.json',
    async (network, weights, name) => {
      const [model, ...shards] = unwrap(await writeTfjs(network, weights));
      return [{ ...model, name }, ...shards];
    },
  ],
];

const ENDINGS = '.h5 (Keras), model.json (TensorFlow.js), .onnx, or .json (a design, without weights)';

function writeAll(folder: string, files: readonly OutputFile[]): void {
  for (const { name, bytes } of files) {
    const path = join(folder, name);
    try {
      writeFileSync(path, bytes);
    } catch (error) {
      const { code } = error as { code?: string };
      throw new FaultError({
        code: 'unwritable',
        message: `${path} can't be written (${code ?? String(error)}); choose another folder.`,
      });
    }
  }
}

const seedOf = (text: string | undefined): number | null => {
  if (text === undefined) return null;
  const seed = Number(text);
  if (!Number.isInteger(seed) || seed < 0 || seed > 4_294_967_295)
    throw new UsageError(`--seed ${text} is no whole number from 0 to 4294967295`);
  return seed;
};

export const convertCommand: Command = {
  usage: `convert <input> <output> [--seed <n>]      by the output's ending: ${ENDINGS}; --seed draws weights where the input has none`,
  async run(args) {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { seed: { type: 'string' } },
    });
    const [input, output, extra] = positionals;
    if (input === undefined || output === undefined || extra !== undefined)
      throw new UsageError('convert needs an input and an output');
    const seed = seedOf(values.seed);
    const name = basename(output);
    const writer = WRITERS.find(([ending]) => name.endsWith(ending))?.[1];
    if (!writer && !name.endsWith('.json'))
      throw new UsageError(`${name} has an ending that is not known; choose ${ENDINGS}`);
    const model = await readModel(input);
    const { network, notes } = model;
    const told = notes.map((note) => `! ${note}\n`).join('');
    if (!writer) {
      const design = unwrap(parseDesign(designFor(model)));
      writeAll(dirname(output), [{ name, bytes: new TextEncoder().encode(JSON.stringify(design)) }]);
      return `${told}${output}\n`;
    }
    const weights = model.weights ?? (seed === null ? null : initializeWeights(network, seed));
    if (!weights) {
      throw new FaultError({
        code: 'no-weights',
        message: `${input} holds a network without weights; add --seed 1 to draw them at random, or choose a trained model.`,
        where: input,
      });
    }
    const files = await writer(network, weights, name);
    writeAll(dirname(output), files);
    return `${told}${files.map((file) => join(dirname(output), file.name)).join('\n')}\n`;
  },
};
