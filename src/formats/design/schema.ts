import * as v from 'valibot';
import {
  AUGMENTATION_KINDS,
  AUGMENTATIONS,
  type Augmentation,
  type AugmentationKind,
} from '../../core/data/augmentChoice.ts';
import { BALANCES } from '../../core/data/compile/balance.ts';
import { FITS } from '../../core/data/compile/resize.ts';
import {
  DEFAULT_DATA_OPTIONS,
  DEFAULT_DEVICE,
  DEFAULT_DPU_CHOICE,
  DEFAULT_LIU,
  DEFAULT_PHASES,
  DEFAULT_RECIPE_OPTIONS,
  DEFAULT_SET_FOLDING,
} from '../../core/exploration/defaultDesign.ts';
import type { Design } from '../../core/exploration/design.ts';

/** The version this program writes and the newest it reads. */
export const DESIGN_VERSION = 1;

export const LARGEST_LAYER_COUNT = 2000;
const LARGEST_WIDTH = 65_536;

/**
 * Names that every object already has: as the key of a record they would read or write something else
 * than the record's own entries.
 */
export const INHERITED_NAME =
  /^(?:__\w+__|constructor|prototype|hasOwnProperty|isPrototypeOf|propertyIsEnumerable|toLocaleString|toString|valueOf)$/;

const whole = (low: number, high: number) => {
  const message = `must be a whole number from ${low} to ${high}`;
  return v.pipe(v.number(message), v.integer(message), v.minValue(low, message), v.maxValue(high, message));
};

const between = (low: number, high: number) => {
  const message = `must be a number from ${low} to ${high}`;
  return v.pipe(v.number(message), v.minValue(low, message), v.maxValue(high, message));
};

const text = (longest: number) => {
  const message = `must be a text of 1 to ${longest} characters`;
  return v.pipe(v.string(message), v.minLength(1, message), v.maxLength(longest, message));
};

const oneOf = <const Options extends readonly (string | number)[]>(...options: Options) =>
  v.picklist(options, `must be one of ${options.join(', ')}`);

const listOf = <const Item extends v.GenericSchema>(item: Item, low: number, high: number) => {
  const message = `must be a list of ${low} to ${high} entries`;
  return v.pipe(v.array(item, message), v.minLength(low, message), v.maxLength(high, message));
};

const object = <const Entries extends v.ObjectEntries>(entries: Entries) =>
  v.strictObject(entries, (issue) =>
    issue.expected === 'never'
      ? 'is not known'
      : issue.received === 'undefined'
        ? 'is missing'
        : 'must be an object',
  );

const truth = v.boolean('must be true or false');
const seed = whole(0, 4_294_967_295);

/** Layer ids come from imported models too, so they may be long; they are keys of records. */
const id = v.pipe(
  text(200),
  v.regex(
    new RegExp(`^(?!${INHERITED_NAME.source.slice(1)})`),
    'is a name that cannot be used; choose another',
  ),
);

const recordOf = <const Value extends v.GenericSchema>(value: Value) =>
  v.pipe(
    v.record(id, value, 'must be an object'),
    v.maxEntries(LARGEST_LAYER_COUNT, `must have at most ${LARGEST_LAYER_COUNT} entries`),
  );

const pairOf = <const Item extends v.GenericSchema>(item: Item) =>
  v.strictTuple([item, item], 'must be a list of two numbers');
const windowPair = pairOf(whole(1, 4096));
const padRows = whole(0, 4096);
const padding = v.union(
  [v.picklist(['same', 'valid']), v.strictTuple([padRows, padRows, padRows, padRows])],
  'must be same, valid or a list of four whole numbers from 0 to 4096',
);

const inputs = v.pipe(
  v.array(id, 'must be a list of layer ids'),
  v.maxLength(64, 'must have at most 64 entries'),
);
const base = { id, inputs };
const window = { strides: windowPair, padding };

const layer = v.variant(
  'kind',
  [
    object({
      kind: v.literal('input'),
      ...base,
      shape: object({
        height: whole(1, LARGEST_WIDTH),
        width: whole(1, LARGEST_WIDTH),
        channels: whole(1, LARGEST_WIDTH),
      }),
    }),
    object({
      kind: v.literal('conv2d'),
      ...base,
      ...window,
      filters: whole(1, LARGEST_WIDTH),
      kernelSize: windowPair,
      dilationRate: windowPair,
      groups: whole(1, LARGEST_WIDTH),
      useBias: truth,
    }),
    object({
      kind: v.literal('depthwiseConv2d'),
      ...base,
      ...window,
      kernelSize: windowPair,
      dilationRate: windowPair,
      depthMultiplier: whole(1, 1024),
      useBias: truth,
    }),
    object({ kind: v.literal('dense'), ...base, units: whole(1, LARGEST_WIDTH), useBias: truth }),
    object({ kind: v.picklist(['maxPool', 'averagePool']), ...base, ...window, poolSize: windowPair }),
    object({ kind: v.picklist(['globalAveragePool', 'globalMaxPool']), ...base }),
    object({ kind: v.literal('batchNorm'), ...base, epsilon: between(0, 1) }),
    object({ kind: v.literal('dropout'), ...base, rate: between(0, 1) }),
    object({
      kind: v.literal('upsample'),
      ...base,
      size: windowPair,
      interpolation: oneOf('nearest', 'bilinear'),
    }),
    object({ kind: v.literal('channelShuffle'), ...base, groups: whole(1, LARGEST_WIDTH) }),
    object({ kind: v.literal('l2Normalize'), ...base, epsilon: between(0, 1) }),
    object({ kind: v.literal('leakyRelu'), ...base, slope: between(0, 1) }),
    object({
      kind: v.picklist([
        'relu',
        'relu6',
        'sigmoid',
        'tanh',
        'hardSigmoid',
        'hardSwish',
        'add',
        'multiply',
        'concat',
        'flatten',
        'softmax',
      ]),
      ...base,
    }),
  ],
  (issue) => (issue.received === 'undefined' ? 'is missing' : 'is not a known layer kind'),
);

export const networkSchema = object({ name: text(200), layers: listOf(layer, 1, LARGEST_LAYER_COUNT) });

/** Choices of a recipe that came later; see LATER_HARDWARE. */
export const LATER_RECIPE = DEFAULT_RECIPE_OPTIONS;

const share = between(0, 1);
const rate = between(1e-9, 100);
const patience = whole(1, 10_000);

const schedule = v.variant(
  'kind',
  [
    object({ kind: v.literal('constant') }),
    object({ kind: v.literal('step'), factor: between(1e-6, 1), everyEpochs: whole(1, 10_000) }),
    object({ kind: v.literal('cosine'), endShare: share }),
    object({
      kind: v.literal('one-cycle'),
      riseShare: between(0.01, 0.99),
      startShare: share,
      endShare: share,
    }),
    object({
      kind: v.literal('range'),
      low: rate,
      high: rate,
      shape: oneOf('triangular', 'cosine'),
      cycles: whole(1, 1000),
    }),
  ],
  'must be constant, step, cosine, one-cycle or range',
);

const augmentation = object(
  Object.fromEntries(
    AUGMENTATION_KINDS.map((kind) => [
      kind,
      object({ on: truth, strength: between(0, AUGMENTATIONS[kind].most) }),
    ]),
  ) as unknown as Record<AugmentationKind, v.GenericSchema<Augmentation>>,
);

const freeze = v.union(
  [text(40), listOf(id, 0, LARGEST_LAYER_COUNT)],
  'must be what is frozen, as in nothing or body, or a list of layer ids',
);

export const recipeSchema = object({
  optimizer: oneOf('adam', 'adamw', 'sgd', 'rmsprop'),
  learningRate: rate,
  momentum: share,
  batchSize: whole(1, 4096),
  epochs: whole(1, 10_000),
  seed,
  nesterov: v.optional(truth, LATER_RECIPE.nesterov),
  weightDecay: v.optional(between(0, 10), LATER_RECIPE.weightDecay),
  clipNorm: v.optional(v.nullable(between(1e-6, 1e6)), LATER_RECIPE.clipNorm),
  labelSmoothing: v.optional(between(0, 0.99), LATER_RECIPE.labelSmoothing),
  classWeights: v.optional(oneOf('none', 'balanced'), LATER_RECIPE.classWeights),
  schedule: v.optional(schedule, LATER_RECIPE.schedule),
  warmUpEpochs: v.optional(between(0, 10_000), LATER_RECIPE.warmUpEpochs),
  reduceOnPlateau: v.optional(
    v.nullable(object({ factor: between(1e-6, 1), patience })),
    LATER_RECIPE.reduceOnPlateau,
  ),
  earlyStopping: v.optional(v.nullable(object({ patience, restoreBest: truth })), LATER_RECIPE.earlyStopping),
  checkpoint: v.optional(oneOf('each-epoch', 'best-only'), LATER_RECIPE.checkpoint),
  measuresMap: v.optional(truth, LATER_RECIPE.measuresMap),
  stepsPerEpoch: v.optional(v.nullable(whole(1, 100_000)), LATER_RECIPE.stepsPerEpoch),
  augmentation: v.optional(augmentation, LATER_RECIPE.augmentation),
  freeze: v.optional(freeze, LATER_RECIPE.freeze),
  balance: v.optional(v.picklist(BALANCES, `must be one of ${BALANCES.join(', ')}`), LATER_RECIPE.balance),
  distillation: v.optional(
    object({
      temperature: between(0.1, 100),
      softWeight: between(0, 100),
      hardWeight: between(0, 100),
      transferShare: v.optional(between(0.01, 1), LATER_RECIPE.distillation.transferShare),
    }),
    LATER_RECIPE.distillation,
  ),
});

const side = whole(1, 1024);
const compileChoice = object({
  height: side,
  width: side,
  channels: oneOf(1, 3),
  fit: v.picklist(FITS, `must be one of ${FITS.join(', ')}`),
  classes: recordOf(v.nullable(text(200))),
});

const source = v.variant(
  'kind',
  [
    object({ kind: v.picklist(['land-cover', 'flowers', 'logos']), imageCount: whole(1, 20_000), seed }),
    object({
      kind: v.literal('file'),
      format: oneOf('cifar10', 'mnist', 'arrays', 'pictures'),
      fileNames: listOf(text(260), 1, 100),
      imageCount: whole(1, 10_000_000),
      compile: v.optional(v.nullable(compileChoice), null),
      fingerprint: v.optional(
        v.nullable(v.pipe(v.string(), v.regex(/^[0-9a-f]{16,64}$/, 'is no fingerprint'))),
        null,
      ),
    }),
  ],
  'must be land-cover, flowers, logos or file',
);

const memMode = oneOf('internal_decoupled', 'internal_embedded', 'external');
const ramStyle = oneOf('auto', 'block', 'distributed', 'ultra');
const resType = oneOf('auto', 'lut', 'dsp');
const implementation = object({ memMode, ramStyle, resType });
const nodeSetting = object({
  pe: v.exactOptional(whole(1, 1 << 24)),
  simd: v.exactOptional(whole(1, 1 << 24)),
  parallelWindow: v.exactOptional(truth),
  memMode: v.exactOptional(memMode),
  ramStyle: v.exactOptional(ramStyle),
  resType: v.exactOptional(resType),
});

const lanes = whole(1, 1024);
const liu = object({
  pk: lanes,
  pv: lanes,
  pc: lanes,
  pf: lanes,
  pd: lanes,
  padding: oneOf('operation-separate', 'direct'),
  overlap: oneOf('all', 'maps', 'none'),
});

const device = object({
  name: text(60),
  peakOpsPerSecond: between(1e6, 1e18),
  bandwidthBytesPerSecond: between(1e3, 1e15),
  overheadSecondsPerNode: between(0, 10),
  powerWatts: v.nullable(between(0.001, 1e5)),
  bytesPerValue: between(0.125, 8),
});

const dpu = object({
  isa: oneOf(0, 1),
  aluPixels: v.nullable(oneOf(1, 2, 4, 8)),
  ramUsage: oneOf('low', 'high'),
  dspUsage: oneOf('low', 'high'),
  uram: truth,
});

/** Choices that came later: designs without them keep opening, and links leave them out while they are these. */
export const LATER_HARDWARE = {
  setFolding: DEFAULT_SET_FOLDING,
  layerBits: {},
  implementations: {},
  nodeSettings: {},
  boardId: 'pynq-z1',
  dpu: DEFAULT_DPU_CHOICE,
  liu: DEFAULT_LIU,
  device: DEFAULT_DEVICE,
} as const;
export const LATER_DATA = DEFAULT_DATA_OPTIONS;
export const LATER_DESIGN = { phases: DEFAULT_PHASES } as const;

const standardization = object({
  mean: listOf(between(-1e6, 1e6), 1, 4),
  deviation: listOf(between(1e-9, 1e6), 1, 4),
});

/** A design as JSON, complete: unknown fields are refused, so that a misspelled one is not silently lost. */
export const designSchema = object({
  version: v.literal(DESIGN_VERSION, `must be ${DESIGN_VERSION}`),
  data: object({
    source,
    splitSeed: seed,
    validationShare: between(0, 1),
    testShare: v.optional(share, LATER_DATA.testShare),
    keepsParts: v.optional(truth, LATER_DATA.keepsParts),
    normalization: v.optional(oneOf('none', 'unit', 'signed', 'standardized'), LATER_DATA.normalization),
    standardization: v.optional(v.nullable(standardization), LATER_DATA.standardization),
  }),
  network: networkSchema,
  baseline: networkSchema,
  recipe: recipeSchema,
  fineTune: recipeSchema,
  phases: v.optional(
    object({ pruneRounds: whole(0, 50), channelShare: between(0, 0.9), finalEpochs: whole(0, 10_000) }),
    LATER_DESIGN.phases,
  ),
  pruning: object({ thresholds: recordOf(between(0, 1)), keepMultiple: oneOf(1, 2, 4, 8, 16) }),
  hardware: object({
    targetId: text(100),
    comparedTargetId: text(100),
    clockHertz: recordOf(between(1e3, 1e11)),
    foldings: recordOf(object({ pe: whole(1, LARGEST_WIDTH), simd: whole(1, 1 << 24) })),
    targetCycles: whole(1, 1e12),
    weightBits: whole(1, 32),
    activationBits: whole(1, 32),
    // See LATER_HARDWARE.
    setFolding: v.optional(
      object({ wwidthMax: whole(1, 1 << 20), twoPass: truth }),
      LATER_HARDWARE.setFolding,
    ),
    layerBits: v.optional(
      recordOf(object({ weightBits: whole(1, 32), activationBits: whole(1, 32) })),
      LATER_HARDWARE.layerBits,
    ),
    implementations: v.optional(recordOf(implementation), LATER_HARDWARE.implementations),
    nodeSettings: v.optional(recordOf(nodeSetting), LATER_HARDWARE.nodeSettings),
    boardId: v.optional(text(100), LATER_HARDWARE.boardId),
    dpu: v.optional(dpu, LATER_HARDWARE.dpu),
    liu: v.optional(liu, LATER_HARDWARE.liu),
    device: v.optional(device, LATER_HARDWARE.device),
  }),
});

type Mutable<T> = { -readonly [K in keyof T]: Mutable<T[K]> };
type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : false) : false;

/** Compiles only while the validator and the interface say the same: whoever changes one changes the other. */
export const schemaMatchesDesign: Same<v.InferOutput<typeof designSchema>, Mutable<Design>> = true;
