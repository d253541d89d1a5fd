#!/usr/bin/env node
// The same core from a terminal: npm run --silent cli -- <command> ...
import { FaultError } from '../core/result.ts';
import { type Command, UsageError } from './command.ts';
import { convertCommand } from './convert.ts';
import { estimateCommand } from './estimate.ts';
import { evaluateCommand } from './evaluate.ts';
import { foldCommand } from './fold.ts';
import { inspectCommand } from './inspect.ts';
import { trainCommand } from './train.ts';

const COMMANDS: Readonly<Record<string, Command>> = {
  convert: convertCommand,
  estimate: estimateCommand,
  evaluate: evaluateCommand,
  fold: foldCommand,
  inspect: inspectCommand,
  train: trainCommand,
};

const usage = () =>
  [
    'usage: npm run --silent cli -- <command> ...',
    ...Object.values(COMMANDS).map((command) => `  ${command.usage}`),
    'An input is a design (.json), a share link, preset:<id> as in preset:cnv, or a model file (Keras, TensorFlow.js, ONNX).',
    "estimate, fold and inspect also take a graph of FINN's hardware nodes (.onnx).",
  ].join('\n');

/** Exit codes: 0 done, 1 the input is at fault (one sentence on standard error), 2 usage. */
async function run(argv: readonly string[]): Promise<number> {
  const [name = '', ...rest] = argv;
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  try {
    if (!command) throw new UsageError(name === '' ? 'no command' : `there is no command ${name}`);
    process.stdout.write(await command.run(rest));
    return 0;
  } catch (error) {
    if (error instanceof FaultError) {
      console.error(error.message);
      return 1;
    }
    if (error instanceof UsageError || (error as { code?: string }).code?.startsWith('ERR_PARSE_ARGS')) {
      console.error(`${(error as Error).message}\n${usage()}`);
      return 2;
    }
    throw error;
  }
}

process.exitCode = await run(process.argv.slice(2));
