import type { AugmentationChoice } from '../data/augmentChoice.ts';
import type { Balance } from '../data/compile/balance.ts';
import type { Fit } from '../data/compile/resize.ts';
import type { LayerId, Network } from '../network/network.ts';

/** Where the images come from. Images themselves never travel with a design. */
export type DataSource =
  | {
      /** Drawn from a seed: see `core/data/generatedSets.ts`. */
      readonly kind: 'land-cover' | 'flowers' | 'logos';
      readonly imageCount: number;
      readonly seed: number;
    }
  | {
      readonly kind: 'file';
      /** `arrays` of pixels (CIFAR, MNIST and their kin; the first two words are older), or pictures by class. */
      readonly format: 'cifar10' | 'mnist' | 'arrays' | 'pictures';
      readonly fileNames: readonly string[];
      readonly imageCount: number;
      /** What was made of the files; null: as they are, pictures at the usual size. */
      readonly compile: CompileChoice | null;
      /** Tells the compiled set apart from any other, so that it is found again among the kept ones; null: not kept. */
      readonly fingerprint: string | null;
    };

/** How a set is made of sources. */
export interface CompileChoice {
  /** Sides in pixels; color images become gray where one channel is asked for. */
  readonly height: number;
  readonly width: number;
  readonly channels: 1 | 3;
  readonly fit: Fit;
  /** By a class's name in its source: its new name (equal ones are merged), or null where it is left out. */
  readonly classes: Readonly<Record<string, string | null>>;
}

/** How bytes reach the network: as they are, brought to 0..1 or to -1..1, or by mean and deviation. */
export type Normalization = 'none' | 'unit' | 'signed' | 'standardized';

/** (byte - mean) / deviation, one number a channel, in bytes. */
export interface Standardization {
  readonly mean: readonly number[];
  readonly deviation: readonly number[];
}

export interface DataChoice {
  readonly source: DataSource;
  readonly splitSeed: number;
  /** Share of the images that is held back for validation, 0..1; 1 leaves none to train with. */
  readonly validationShare: number;
  /** Share of the images that is neither trained nor validated with, 0..1: for a last, honest measurement. */
  readonly testShare: number;
  /** Whether images that came in folders or files like train and test stay in these parts. */
  readonly keepsParts: boolean;
  /** What the weights expect: a model from a file may want bytes as they are. */
  readonly normalization: Normalization;
  /** Used where the normalization is `standardized`: statistics of the training images, or what a model's file says. */
  readonly standardization: Standardization | null;
}

/** How the learning rate moves over a training; see `core/training/schedule.ts`. Shares are of `learningRate`. */
export type Schedule =
  | { readonly kind: 'constant' }
  | { readonly kind: 'step'; readonly factor: number; readonly everyEpochs: number }
  | { readonly kind: 'cosine'; readonly endShare: number }
  | {
      readonly kind: 'one-cycle';
      /** Share of the steps during which the rate rises. */
      readonly riseShare: number;
      readonly startShare: number;
      readonly endShare: number;
    }
  | {
      readonly kind: 'range';
      readonly low: number;
      readonly high: number;
      readonly shape: 'triangular' | 'cosine';
      /** Ways from `low` to `high` and back, over the whole training. */
      readonly cycles: number;
    };

export interface Recipe {
  readonly optimizer: 'adam' | 'adamw' | 'sgd' | 'rmsprop';
  readonly learningRate: number;
  /** Used by SGD only, as is `nesterov`. */
  readonly momentum: number;
  readonly batchSize: number;
  readonly epochs: number;
  readonly seed: number;
  readonly nesterov: boolean;
  /** Of kernels, never of biases and batch norms: decoupled for AdamW, added to the gradient (L2) for the others. */
  readonly weightDecay: number;
  /** Largest norm of the whole gradient; null leaves it as it is. */
  readonly clipNorm: number | null;
  /** Share of the target that is spread over all classes, 0..1. */
  readonly labelSmoothing: number;
  /** `balanced`: rare classes count more, as n / (classes * images of the class). */
  readonly classWeights: 'none' | 'balanced';
  readonly schedule: Schedule;
  /** Epochs, also parts of one, over which the rate rises first; not for schedules that begin low on their own. */
  readonly warmUpEpochs: number;
  readonly reduceOnPlateau: { readonly factor: number; readonly patience: number } | null;
  readonly earlyStopping: { readonly patience: number; readonly restoreBest: boolean } | null;
  readonly checkpoint: 'each-epoch' | 'best-only';
  /** Whether the mean average precision on the validation images is measured after each epoch. */
  readonly measuresMap: boolean;
  /** Batches that are called an epoch; null: as many as all images give. */
  readonly stepsPerEpoch: number | null;
  /** What is done to the training images, at random and anew in every epoch. */
  readonly augmentation: AugmentationChoice;
  /**
   * The id of a choice of `freezeChoices` (core/training/freeze.ts), of which `nothing` trains all layers; or the ids of
   * the layers that are frozen.
   */
  readonly freeze: string | readonly LayerId[];
  /** Which of the training images make an epoch where some classes have more than others. */
  readonly balance: Balance;
  /** How much a student listens to its teachers, where it has any. */
  readonly distillation: DistillationChoice;
}

/** Hinton et al. 2015: loss = soft * T^2 * cross entropy with the teachers' softened answers + hard * that with labels. */
export interface DistillationChoice {
  readonly temperature: number;
  readonly softWeight: number;
  readonly hardWeight: number;
  /** The transfer set: share of the training images that is trained with, 0.01..1, with teachers or without. */
  readonly transferShare: number;
}

/** Training in phases: the recipe, then rounds of pruning and fine-tuning, then a last recipe. */
export interface PhasesChoice {
  readonly pruneRounds: number;
  /** Share of the prunable channels that falls in each round, those with the highest APoZ, 0..0.9. */
  readonly channelShare: number;
  /** Epochs of the last phase, with the fine-tuning recipe; 0 leaves it out. */
  readonly finalEpochs: number;
}

export type KeepMultiple = 1 | 2 | 4 | 8 | 16;

export interface PruningChoice {
  /** By channel group id. A channel falls where its APoZ is greater; a group without an entry keeps all (1). */
  readonly thresholds: Readonly<Record<string, number>>;
  readonly keepMultiple: KeepMultiple;
}

/** FINN's parallelism of one layer: `simd` inputs times `pe` outputs per cycle. */
export interface Folding {
  readonly pe: number;
  readonly simd: number;
}

/** FINN: where a layer's weights live and what multiplies them; FINN's attributes of the same names. */
export interface Implementation {
  readonly memMode: 'internal_decoupled' | 'internal_embedded' | 'external';
  readonly ramStyle: 'auto' | 'block' | 'distributed' | 'ultra';
  readonly resType: 'auto' | 'lut' | 'dsp';
}

/**
 * FINN: attributes of one node, as in an entry of its folding_config.json: what a layer's choices can't say (a sliding
 * window folded apart from its unit) and what a search or an imported file sets.
 */
export interface NodeSetting {
  readonly pe?: number;
  readonly simd?: number;
  readonly parallelWindow?: boolean;
  readonly memMode?: Implementation['memMode'];
  readonly ramStyle?: Implementation['ramStyle'];
  readonly resType?: Implementation['resType'];
}

/** FINN: number formats of one layer. */
export interface LayerBits {
  readonly weightBits: number;
  /** Of what the layer hands on. */
  readonly activationBits: number;
}

/** What a builder of a DPU chooses beside its size (PG338, DPU configuration). */
export interface DpuChoice {
  /** Instruction set. */
  readonly isa: 0 | 1;
  /** ALU_PP, pixels that the ALU computes at once; null takes the recommended half of PP. */
  readonly aluPixels: 1 | 2 | 4 | 8 | null;
  /** Feature-map bank groups: `low` = 2, `high` = 3. */
  readonly ramUsage: 'low' | 'high';
  /** `high`: DSPs accumulate too; `low`: they only multiply. */
  readonly dspUsage: 'low' | 'high';
  readonly uram: boolean;
}

/** The engine of Liu et al.: how many multipliers in which direction, and how transfers are hidden. */
export interface LiuChoice {
  /** Kernel taps in parallel: a square number. */
  readonly pk: number;
  /** Pixels of a pointwise convolution in parallel. */
  readonly pv: number;
  /** Input channels in parallel. */
  readonly pc: number;
  /** Filters in parallel. */
  readonly pf: number;
  /** Pixels of a depthwise convolution in parallel. */
  readonly pd: number;
  readonly padding: 'operation-separate' | 'direct';
  /** `all`: four tasks overlap; `maps`: weights load before each block; `none`: one task after the other. */
  readonly overlap: 'all' | 'maps' | 'none';
}

/** A processor or accelerator of the user's own, as a roofline sees it. */
export interface DeviceChoice {
  readonly name: string;
  /** Operations a second (1 MAC = 2 operations). */
  readonly peakOpsPerSecond: number;
  readonly bandwidthBytesPerSecond: number;
  /** What every node of the graph costs before it computes. */
  readonly overheadSecondsPerNode: number;
  /** Null where unknown. */
  readonly powerWatts: number | null;
  /** Of weights and feature maps. */
  readonly bytesPerValue: number;
}

export interface HardwareChoice {
  /** The target whose numbers lead: scoreboard and Pareto front. */
  readonly targetId: string;
  /** The target beside it in comparisons. */
  readonly comparedTargetId: string;
  /** By target id; a target without an entry runs at its default clock. */
  readonly clockHertz: Readonly<Record<string, number>>;
  /** FINN, by layer id; layers without an entry are folded automatically for `targetCycles`. */
  readonly foldings: Readonly<Record<LayerId, Folding>>;
  /** FINN: automatic foldings aim at this many cycles a frame. */
  readonly targetCycles: number;
  /** FINN's SetFolding: most bits of a weight stream (mvau_wwidth_max), and whether what it reached is aimed at again. */
  readonly setFolding: { readonly wwidthMax: number; readonly twoPass: boolean };
  /** FINN: bits of weights and activations that the estimate assumes. */
  readonly weightBits: number;
  readonly activationBits: number;
  /** FINN, by layer id: layers whose bits differ from those. */
  readonly layerBits: Readonly<Record<LayerId, LayerBits>>;
  /** FINN, by layer id: layers that do not leave these choices to FINN. */
  readonly implementations: Readonly<Record<LayerId, Implementation>>;
  /** FINN, by node name (`MVAU_hls_0`): attributes set by a search or a file. Choices by layer come before them. */
  readonly nodeSettings: Readonly<Record<string, NodeSetting>>;
  /** FINN: the board whose budget holds, by id; its part decides the DSP block. */
  readonly boardId: string;
  readonly dpu: DpuChoice;
  readonly liu: LiuChoice;
  /** The target `custom-device`. */
  readonly device: DeviceChoice;
}

/** Everything a user chose: one JSON document. Undo keeps it, the link carries it, the command line reads it. */
export interface Design {
  readonly version: 1;
  readonly data: DataChoice;
  /** The network as it is now, physically pruned if it was pruned. */
  readonly network: Network;
  /** What changes are measured against: the network before its first pruning. */
  readonly baseline: Network;
  readonly recipe: Recipe;
  readonly fineTune: Recipe;
  readonly phases: PhasesChoice;
  readonly pruning: PruningChoice;
  readonly hardware: HardwareChoice;
}
