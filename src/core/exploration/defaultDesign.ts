import { NO_AUGMENTATION } from '../data/augmentChoice.ts';
import { presetById } from '../network/presets.ts';
import type {
  DataChoice,
  Design,
  DeviceChoice,
  DpuChoice,
  LiuChoice,
  PhasesChoice,
  Recipe,
} from './design.ts';

/** FINN's own defaults (finn.md, section 8). */
export const DEFAULT_SET_FOLDING = { wwidthMax: 36, twoPass: true };

/** A DPU as Xilinx ships it in its board images. */
export const DEFAULT_DPU_CHOICE: DpuChoice = {
  isa: 1,
  aluPixels: null,
  ramUsage: 'low',
  dspUsage: 'high',
  uram: false,
};

/** The published engine (source 004, section 7). */
export const DEFAULT_LIU: LiuChoice = {
  pk: 9,
  pv: 9,
  pc: 16,
  pf: 16,
  pd: 6,
  padding: 'operation-separate',
  overlap: 'maps',
};

/** Round figures of a small edge accelerator, to be overwritten. */
export const DEFAULT_DEVICE: DeviceChoice = {
  name: 'My device',
  peakOpsPerSecond: 1e12,
  bandwidthBytesPerSecond: 10e9,
  overheadSecondsPerNode: 20e-6,
  powerWatts: 10,
  bytesPerValue: 1,
};

/** What a recipe does where it says nothing: a plain optimizer at a constant rate, all epochs. */
export const DEFAULT_RECIPE_OPTIONS = {
  nesterov: false,
  weightDecay: 0,
  clipNorm: null,
  labelSmoothing: 0,
  classWeights: 'none',
  schedule: { kind: 'constant' },
  warmUpEpochs: 0,
  reduceOnPlateau: null,
  earlyStopping: null,
  checkpoint: 'each-epoch',
  measuresMap: false,
  stepsPerEpoch: null,
  augmentation: NO_AUGMENTATION,
  freeze: 'nothing',
  balance: 'as is',
  distillation: { temperature: 2, softWeight: 0.25, hardWeight: 0.75, transferShare: 1 },
} as const satisfies Partial<Recipe>;

/** What a data choice says where it says nothing. */
export const DEFAULT_DATA_OPTIONS = {
  testShare: 0,
  keepsParts: true,
  normalization: 'signed',
  standardization: null,
} as const satisfies Partial<DataChoice>;

export const DEFAULT_PHASES: PhasesChoice = { pruneRounds: 3, channelShare: 0.1, finalEpochs: 5 };

/** What a new visitor sees: the generated images and the smallest network, trained in seconds. */
export function defaultDesign(): Design {
  const preset = presetById('tiny-cnn');
  if (!preset) throw new Error('The preset tiny-cnn is missing');
  const network = preset.build({ height: 32, width: 32, channels: 3 }, 10);
  const recipe = { ...DEFAULT_RECIPE_OPTIONS, optimizer: 'adam', momentum: 0.9, batchSize: 32 } as const;
  return {
    version: 1,
    data: {
      source: { kind: 'land-cover', imageCount: 2000, seed: 1 },
      splitSeed: 1,
      validationShare: 0.2,
      ...DEFAULT_DATA_OPTIONS,
    },
    network,
    baseline: network,
    recipe: { ...recipe, learningRate: 0.002, epochs: 8, seed: 1 },
    fineTune: { ...recipe, learningRate: 0.001, epochs: 3, seed: 2 },
    phases: DEFAULT_PHASES,
    pruning: { thresholds: {}, keepMultiple: 4 },
    hardware: {
      targetId: 'finn',
      comparedTargetId: 'dpu-b4096',
      clockHertz: {},
      foldings: {},
      targetCycles: 20_000,
      setFolding: DEFAULT_SET_FOLDING,
      weightBits: 2,
      activationBits: 2,
      layerBits: {},
      implementations: {},
      nodeSettings: {},
      boardId: 'pynq-z1',
      dpu: DEFAULT_DPU_CHOICE,
      liu: DEFAULT_LIU,
      device: DEFAULT_DEVICE,
    },
  };
}
