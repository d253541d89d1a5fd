import * as v from 'valibot';
import type { Recipe } from '../../core/exploration/design.ts';
import { recipeSchema } from '../design/schema.ts';

/** The word that tells a session from every other JSON. */
export const SESSION_FORMAT = 'sweetspot-session';
/** The version this program writes and the newest it reads. */
export const SESSION_VERSION = 1;

/** A training as it went, without its weights: they never travel in a session. */
export interface SessionRun {
  readonly name: string;
  /** Milliseconds since 1970. */
  readonly startedAt: number;
  readonly seconds: number;
  readonly kind: 'train' | 'fine-tune' | 'distill';
  readonly phase: { readonly name: string; readonly round: number } | null;
  readonly recipe: Recipe;
  readonly backend: string | null;
  readonly imagesPerSecond: number | null;
  readonly earlierEpochs: number;
  /** Name of the weights that it began with; null where they were drawn from the seed. Older sessions do not tell. */
  readonly startWeights?: string | null | undefined;
  readonly curves: {
    readonly stepLosses: readonly number[];
    readonly stepsPerEpoch: number;
    readonly epochs: readonly {
      readonly epoch: number;
      readonly trainLoss: number;
      readonly trainAccuracy: number;
      readonly validationLoss: number;
      readonly validationAccuracy: number;
      readonly validationMap?: number | undefined;
      readonly learningRate?: number | undefined;
    }[];
  };
  readonly stepsPerLoss: number;
  readonly epochSeconds: readonly number[];
  readonly result: 'running' | 'finished' | 'early' | 'stopped' | 'failed' | 'interrupted';
  readonly sentence: string;
  readonly validation: { readonly correct: number; readonly total: number; readonly loss: number } | null;
  readonly teachers: readonly string[];
  readonly restoredEpoch: number | null;
}

const number = (low: number, high: number) => {
  const message = `must be a number from ${low} to ${high}`;
  return v.pipe(v.number(message), v.minValue(low, message), v.maxValue(high, message));
};

const whole = (low: number, high: number) => {
  const message = `must be a whole number from ${low} to ${high}`;
  return v.pipe(v.number(message), v.integer(message), v.minValue(low, message), v.maxValue(high, message));
};

const text = (longest: number) => {
  const message = `must be a text of at most ${longest} characters`;
  return v.pipe(v.string(message), v.maxLength(longest, message));
};

const list = <const Item extends v.GenericSchema>(item: Item, most: number) => {
  const message = `must be a list of at most ${most} entries`;
  return v.pipe(v.array(item, message), v.maxLength(most, message));
};

const object = <const Entries extends v.ObjectEntries>(entries: Entries) =>
  v.strictObject(entries, (issue) =>
    issue.expected === 'never'
      ? 'is not known'
      : issue.received === 'undefined'
        ? 'is missing'
        : 'must be an object',
  );

const oneOf = <const Options extends readonly string[]>(...options: Options) =>
  v.picklist(options, `must be one of ${options.join(', ')}`);

/** Any at all: a training that goes wrong has losses up to the largest number. */
const finite = v.pipe(v.number('must be a number'), v.finite('must be a number'));
/** JSON knows no NaN: a training that went wrong has null in its place. */
const measured = v.pipe(
  v.nullable(finite),
  v.transform((value) => value ?? Number.NaN),
);
const count = whole(0, 1e9);
const seconds = number(0, 1e9);

const epoch = object({
  epoch: number(0, 1e6),
  trainLoss: measured,
  trainAccuracy: measured,
  validationLoss: measured,
  validationAccuracy: measured,
  validationMap: v.optional(number(0, 1)),
  learningRate: v.optional(finite),
});

const validation = v.pipe(
  object({ correct: count, total: count, loss: measured }),
  v.check(({ correct, total }) => correct <= total, 'must not have more correct images than images'),
);

/** A run as JSON, complete: unknown fields are refused, so that a misspelled one is not silently lost. */
export const runSchema = object({
  name: text(200),
  startedAt: number(0, 8.64e15),
  seconds,
  kind: oneOf('train', 'fine-tune', 'distill'),
  phase: v.nullable(object({ name: text(200), round: whole(1, 10_000) })),
  recipe: recipeSchema,
  backend: v.nullable(text(40)),
  imagesPerSecond: v.nullable(number(0, 1e9)),
  earlierEpochs: count,
  startWeights: v.optional(v.nullable(text(200))),
  curves: object({
    stepLosses: list(measured, 20_000),
    stepsPerEpoch: whole(1, 1e6),
    epochs: list(epoch, 10_000),
  }),
  stepsPerLoss: whole(1, 1e6),
  epochSeconds: list(seconds, 10_000),
  result: oneOf('running', 'finished', 'early', 'stopped', 'failed', 'interrupted'),
  sentence: text(2000),
  validation: v.nullable(validation),
  teachers: list(text(200), 100),
  restoredEpoch: v.nullable(count),
});
