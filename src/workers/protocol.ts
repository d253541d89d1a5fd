import type { Part } from '../core/data/compile/entries.ts';
import type { CompiledSet } from '../core/data/compile/sink.ts';
import type { GeneratedSource } from '../core/data/generatedSets.ts';
import type { LabeledImages } from '../core/data/labeledImages.ts';
import type { NormalizationChoice } from '../core/data/normalizationChoice.ts';
import type { SplitChoice } from '../core/data/splitOf.ts';
import type { TrainingStatistics } from '../core/data/trainingStatistics.ts';
import type { CompileChoice, DataChoice, Design, Recipe } from '../core/exploration/design.ts';
import type { FifoReport } from '../core/hardware/finn/fifo/report.ts';
import type { GraphFolding, GraphFoldingChoice } from '../core/hardware/finn/graph/foldGraph.ts';
import type { FinnGraphReport } from '../core/hardware/finn/graph/graphReport.ts';
import type { FinnRecord } from '../core/hardware/finn/records.ts';
import type { BitsMap } from '../core/hardware/finn/tuning/sweeps.ts';
import type { CeilingChoice, Tuning, TuningMethod } from '../core/hardware/finn/tuning/tuneDesign.ts';
import type { PruningGain } from '../core/hardware/pruningGains.ts';
import type { RankedNetwork } from '../core/hardware/ranking.ts';
import type { HardwareReport } from '../core/hardware/report.ts';
import type { FoldingTable } from '../core/hardware/validation/folding.ts';
import type { ValidationSection } from '../core/hardware/validation/sections.ts';
import type { FeatureMap, LayerId, Network, Weights } from '../core/network/network.ts';
import type { Distribution, Moments } from '../core/network/weightStatistics.ts';
import type { PruningPlan } from '../core/pruning/plan.ts';
import type { Fault, Result } from '../core/result.ts';
import type { RunState } from '../core/training/checkpoint.ts';
import type { Viewpoint } from '../core/training/classOrder.ts';
import type { Predictions } from '../core/training/metrics.ts';
import type { MetricsReport } from '../core/training/metricsReport.ts';
import type { NormalizationCheck } from '../core/training/normalizationFit.ts';
import type { OpenedFile } from '../formats/model/openFile.ts';
import type { ModelFormat, WriteOptions } from '../formats/model/writeModel.ts';
import type { NetworkFormat } from '../formats/model/writeNetwork.ts';

/** One call a worker understands: what goes in, what is reported on the way, what comes out. */
interface Call<Request, Progress, Reply> {
  readonly request: Request;
  readonly progress: Progress;
  readonly reply: Reply;
}

/** Files that are open in the data worker as one source of images: nothing is decoded yet. */
export interface OpenSource {
  readonly id: string;
  readonly name: string;
  /** Sets of pixels, or pictures by class; what a container with paths only lists. */
  readonly kind: 'arrays' | 'pictures';
  readonly synthetic: boolean;
  readonly imageCount: number;
  readonly classNames: readonly string[];
  readonly countByClass: readonly number[];
  /** What all its images measure; null for pictures, which may differ. */
  readonly image: FeatureMap | null;
  /** Images that came in folders or files like train and test; the others have none. */
  readonly countByPart: Readonly<Record<Part, number>>;
}

/** A compiled set that the browser keeps for this page. */
export interface StoredSet extends CompiledSet {
  readonly id: string;
  /** Of its images, labels and parts: equal sets have equal ones, on every machine. */
  readonly fingerprint: string;
  /** Bytes on disk; 0 where it is in memory only, as in a private window. */
  readonly bytes: number;
  /** False where the browser keeps nothing: the set is gone with the page. */
  readonly isKept: boolean;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
  readonly choice: CompileChoice;
  /** Files or folders it was made of. */
  readonly sourceNames: readonly string[];
  /** A few images of each class (the first 100 classes). */
  readonly samples: readonly (readonly Uint8Array[])[];
}

export interface StorageUse {
  /** Bytes that this page uses and may use, as the browser tells. */
  readonly usedBytes: number;
  readonly quotaBytes: number;
}

/** data.worker: generates and reads images. Every returned buffer is transferred. */
export interface DataCalls {
  /** Looks into files and folders, and keeps them open. A container with its images is stored at once instead. */
  readonly openSources: Call<
    {
      readonly files: readonly { readonly path: string; readonly file: Blob }[];
      /** Open sources that these come instead of: their names are free, and they are closed by the caller afterwards. */
      readonly instead?: readonly string[];
    },
    { readonly done: number; readonly total: number },
    {
      readonly sources: readonly OpenSource[];
      readonly sets: readonly StoredSet[];
      /** Sentences about containers with paths only, which wait for sources that are not open yet. */
      readonly notes: readonly string[];
      /** Ids of open sources that such containers name: of those that wait still, and of those that are stored now. */
      readonly listed: readonly string[];
    }
  >;
  /** Forgets an open source. */
  readonly closeSource: Call<{ readonly id: string }, never, null>;
  /** Compiles open sources to a kept set. A canceled or failed one leaves nothing. */
  readonly compile: Call<
    {
      readonly sourceIds: readonly string[];
      readonly name: string;
      readonly choice: CompileChoice;
      /** For the order of the images in the set. */
      readonly seed: number;
    },
    { readonly done: number; readonly total: number; readonly skipped: number },
    StoredSet
  >;
  /** All kept sets, the newest first; what an earlier page left half-written is removed. */
  readonly storedSets: Call<
    null,
    never,
    { readonly sets: readonly StoredSet[]; readonly use: StorageUse | null }
  >;
  readonly deleteSet: Call<{ readonly id: string }, never, null>;
  /** A container: with the images, or with their paths only. */
  readonly exportSet: Call<
    { readonly id: string; readonly content: 'data' | 'paths' },
    { readonly done: number; readonly total: number },
    Blob
  >;
  /** The whole set, for what is in memory only (`isKept` is false); its buffers are transferred. */
  readonly takeSet: Call<{ readonly id: string }, never, LabeledImages>;
  readonly generate: Call<GeneratedSource, { done: number; total: number }, LabeledImages>;
  /** Mean and deviation of the images that a split leaves to train with; of those for validation where it leaves none. */
  readonly trainingStatistics: Call<
    { readonly images: GeneratedSource | { readonly setId: string } } & SplitChoice,
    { readonly done: number; readonly total: number },
    TrainingStatistics
  >;
}

/** file.worker: reads models that others wrote; formats that carry megabytes of code are loaded when needed. */
export interface FileCalls {
  readonly open: Call<
    {
      readonly files: readonly { readonly name: string; readonly bytes: ArrayBuffer }[];
      /** Fold batch norms and leave out dropout, where the file has weights. */
      readonly deployed: boolean;
    },
    never,
    OpenedFile
  >;
  /** A network without weights, in a format that needs none. */
  readonly writeNetwork: Call<
    { readonly format: NetworkFormat; readonly network: Network },
    never,
    Uint8Array<ArrayBuffer>
  >;
  readonly writeModel: Call<
    {
      readonly format: ModelFormat;
      readonly network: Network;
      readonly weights: Weights;
      readonly options: WriteOptions;
    },
    never,
    { readonly bytes: Uint8Array<ArrayBuffer>; readonly notes: readonly string[] }
  >;
  /** First pass over a piece of a parameter, which begins `offset` numbers into it. */
  readonly weightMoments: Call<
    { readonly values: Float32Array; readonly channelCount: number; readonly offset: number },
    never,
    Moments
  >;
  /** Second pass: `largest` is the largest magnitude of all pieces. */
  readonly weightDistribution: Call<
    { readonly values: Float32Array; readonly largest: number; readonly binCount: number },
    never,
    Distribution
  >;
}

/** A network on the hardware of another one, as the design chooses it. */
export interface HardwareQuery {
  readonly network: Network;
  readonly foldedLike: Network;
  readonly hardware: Design['hardware'];
}

/** A FINN graph that somebody opened, on a board at a clock. */
export interface FinnGraphQuery {
  readonly records: readonly FinnRecord[];
  readonly boardId: string;
  readonly clockHertz: number;
}

/** hardware.worker */
export interface HardwareCalls {
  /** One report a (network, target) pair, in the order asked. */
  readonly estimate: Call<
    {
      readonly jobs: readonly {
        readonly network: Network;
        readonly targetId: string;
        readonly foldedLike: Network;
      }[];
      readonly hardware: Design['hardware'];
    },
    never,
    readonly Result<HardwareReport>[]
  >;
  /** A FINN folding of the network for the design's board, by one of the methods. */
  readonly tune: Call<
    Omit<HardwareQuery, 'foldedLike'> & { readonly method: TuningMethod; readonly ceilings: CeilingChoice },
    never,
    Result<Tuning>
  >;
  /** The fastest FINN folding on the design's board for every pair of bits. */
  readonly bitsMap: Call<
    Omit<HardwareQuery, 'foldedLike'> & { readonly ceilings: CeilingChoice },
    { readonly done: number; readonly total: number },
    Result<BitsMap>
  >;
  /** Every network the app knows, by its latency on targets. */
  readonly rank: Call<
    { readonly targetIds: readonly string[]; readonly hardware: Design['hardware'] },
    never,
    readonly RankedNetwork[]
  >;
  /** What each group's cut brings on a target, the other cuts being made. */
  readonly pruningGains: Call<
    HardwareQuery & { readonly targetId: string; readonly plan: PruningPlan },
    never,
    Result<readonly PruningGain[]>
  >;
  /** The pipeline of a FINN design with FIFOs of `depth` words everywhere, and the depths it needs. */
  readonly fifos: Call<HardwareQuery & { readonly depth: number }, never, Result<FifoReport>>;
  readonly finnGraph: Call<FinnGraphQuery, never, Result<FinnGraphReport>>;
  readonly foldFinnGraph: Call<
    FinnGraphQuery & { readonly choice: GraphFoldingChoice },
    never,
    Result<GraphFolding>
  >;
  /** Our folding search beside the others: takes some seconds. */
  readonly foldingTable: Call<null, never, FoldingTable>;
  /** Every family beside published numbers. */
  readonly validate: Call<null, never, readonly ValidationSection[]>;
  /** Cycles of one layer's row over its width: the staircase. `slots` from 1 to the group's width. */
  readonly widthSweep: Call<
    HardwareQuery & { readonly groupId: string; readonly targetId: string },
    never,
    Result<{ readonly widths: readonly number[]; readonly cycles: readonly number[] }>
  >;
}

export type BackendName = 'webgpu' | 'webgl' | 'wasm' | 'cpu';

export interface BackendMeasurement {
  readonly backend: BackendName;
  /** Images a second in a short training run, or null with the reason it can't be used. */
  readonly imagesPerSecond: number | null;
  readonly reason?: string;
  /** How far its losses and gradients were from cpu's, relative to the largest; null where nobody compared. */
  readonly difference?: number | null;
}

export interface BackendChoice {
  readonly active: BackendName;
  readonly measurements: readonly BackendMeasurement[];
  /** One sentence: why this one. */
  readonly explanation: string;
  /** Which network was trained to measure, in words. */
  readonly measuredWith: string;
  /** When it was measured, in milliseconds since 1970: maybe in an earlier visit. */
  readonly measuredAt: number;
}

export interface TrainStep {
  readonly kind: 'step';
  readonly epoch: number;
  readonly step: number;
  readonly stepsPerEpoch: number;
  readonly loss: number;
  /** Accuracy of this batch, 0..1. */
  readonly accuracy: number;
  /** Where there are teachers: what they and what the labels make of the loss, weighted; together it. */
  readonly softLoss?: number;
  readonly hardLoss?: number;
  /** That of this step. */
  readonly learningRate: number;
  readonly imagesPerSecond: number;
}

/** A look at the validation images between the ends of epochs, for trainings that are asked for it. */
export interface TrainCheck {
  readonly kind: 'check';
  readonly epoch: number;
  readonly step: number;
  /** Mean loss of the steps since the last look. */
  readonly trainLoss: number;
  readonly validationLoss: number;
  readonly validationAccuracy: number;
}

export interface TrainEpoch {
  readonly kind: 'epoch';
  /** 1 after the first. */
  readonly epoch: number;
  readonly trainLoss: number;
  readonly trainAccuracy: number;
  readonly validationLoss: number;
  readonly validationAccuracy: number;
  /** Mean average precision on the validation images, 0..1, where the recipe asks for it. */
  readonly validationMap?: number;
  /** Of the epoch's last step. */
  readonly learningRate: number;
  /** The validation loss reached a plateau: the rate is lower from the next epoch on. */
  readonly reduced: boolean;
  /** Early stopping ends the training here. */
  readonly stops: boolean;
  readonly weights: Weights;
  /** These weights are to be kept: always, or where only better epochs are, an improvement. */
  readonly saves: boolean;
  /** With the weights what a reload or a lost worker goes on from, whether they are to be kept or not. */
  readonly checkpoint: RunState;
  /** Tensors on the backend: the same after every epoch, or something leaks. */
  readonly tensorCount: number;
}

/** Shader compilation or first-step work that makes no progress a user can see. */
export interface TrainNotice {
  readonly kind: 'notice';
  readonly message: string;
}

export interface Accuracy {
  readonly correct: number;
  readonly total: number;
  readonly loss: number;
}

/** What a network says about the images of a held part, and what that comes to. */
export interface Prediction extends Predictions {
  /** Places of the images in their set, in the order of the probabilities. */
  readonly indices: Uint32Array;
  readonly report: MetricsReport;
}

/** Images as the set has them: bytes, NHWC. */
export interface Pictures {
  readonly image: FeatureMap;
  readonly pixels: Uint8Array;
}

export interface TrainResult {
  readonly weights: Weights;
  readonly epochs: number;
  readonly steps: number;
  readonly validation: Accuracy;
  readonly seconds: number;
  readonly backend: BackendName;
  /** Null where it ran to its end; else why it stopped (the last good weights are in `weights`). */
  readonly stopped: 'by the user' | 'early' | Fault | null;
  /** The epoch whose weights these are, where they are not the last ones but the best. */
  readonly restoredEpoch: number | null;
}

/** Share of zeros of each channel behind each ReLU. */
export interface ApozResult {
  readonly byActivation: Readonly<Record<LayerId, Float64Array>>;
  readonly imageCount: number;
  readonly seconds: number;
}

/** What a network is measured with: the validation images where nothing is said. */
export type HeldPart = 'validation' | 'test';

/** train.worker: the only place that loads tfjs. */
export interface TrainCalls {
  readonly chooseBackend: Call<
    {
      readonly override: BackendName | null;
      /** Measures even where the browser remembers an earlier measurement. */
      readonly again?: boolean;
    },
    { message: string },
    BackendChoice
  >;
  /** Gives the worker its images, or the id of a kept set to read them from; a later call replaces them. */
  readonly setImages: Call<
    { readonly images: LabeledImages | { readonly setId: string } } & Omit<DataChoice, 'source'>,
    never,
    { readonly trainCount: number; readonly validationCount: number; readonly testCount: number }
  >;
  /** Weights to start from: those given that fit, the others drawn from the seed. */
  readonly initialize: Call<
    { readonly network: Network; readonly seed: number; readonly carried?: Weights },
    never,
    Weights
  >;
  readonly train: Call<
    {
      readonly network: Network;
      readonly weights: Weights;
      readonly recipe: Recipe;
      readonly startPaused: boolean;
      /** The checkpoint to go on from, whose weights are given; null for a training from its first epoch. */
      readonly from: RunState | null;
      /** Trained networks to learn from, as the recipe's distillation says. */
      readonly teachers: readonly ({ readonly network: Network; readonly weights: Weights } & Viewpoint)[];
    },
    TrainStep | TrainCheck | TrainEpoch | TrainNotice,
    TrainResult
  >;
  readonly measureApoz: Call<
    { readonly network: Network; readonly weights: Weights },
    { done: number; total: number },
    ApozResult
  >;
  readonly evaluate: Call<
    { readonly network: Network; readonly weights: Weights; readonly part?: HeldPart },
    { done: number; total: number },
    Accuracy
  >;
  readonly predict: Call<
    {
      readonly network: Network;
      readonly weights: Weights;
      readonly part?: HeldPart;
      /** Left out, the network takes the images as the design has them. */
      readonly viewpoint?: Viewpoint;
    },
    { done: number; total: number },
    Prediction
  >;
  readonly imagesAt: Call<{ readonly indices: Uint32Array }, never, Pictures>;
  /** What some of the validation images do to a network in the chosen normalization and in others. */
  readonly checkActivations: Call<
    { readonly network: Network; readonly weights: Weights; readonly chosen: NormalizationChoice },
    never,
    NormalizationCheck
  >;
}

/** Said to a running call. Every call hears `cancel`; `train` hears the others. */
export type Control = 'cancel' | 'pause' | 'resume' | 'step' | 'stop';

export type ToWorker<Calls> =
  | { readonly id: number; readonly method: keyof Calls & string; readonly request: unknown }
  | { readonly id: number; readonly control: Control };

export type FromWorker =
  /** Said once: the worker holds this lock (Web Locks) as long as it lives. */
  | { readonly id: 0; readonly kind: 'alive'; readonly lock: string }
  | { readonly id: number; readonly kind: 'progress'; readonly progress: unknown }
  | { readonly id: number; readonly kind: 'done'; readonly reply: unknown }
  | { readonly id: number; readonly kind: 'failed'; readonly fault: Fault }
  | { readonly id: number; readonly kind: 'canceled' };

export type AnyCalls = Record<string, { request: unknown; progress: unknown; reply: unknown }>;
