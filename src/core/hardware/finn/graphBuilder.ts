import type { LayerBits } from '../../exploration/design.ts';
import type { FeatureMap, LayerId } from '../../network/network.ts';
import type { Violation } from '../report.ts';
import { BINARY, BIPOLAR, type DataType, minimizedWeightType, signedInteger } from './datatypes.ts';
import type { FinnNode, MatrixVectorNode, OpType, VectorVectorNode } from './nodes.ts';
import { dspBlockOf } from './operators/model.ts';
import { accumulatorBits } from './operators/weighted.ts';

export interface LowerOptions {
  readonly weightBits: number;
  readonly activationBits: number;
  /** By layer id: layers whose bits differ from those. */
  readonly layerBits?: Readonly<Record<LayerId, LayerBits>>;
  /** Bits the input is quantized to, signed; 8 as in CNV. TFC quantizes to its activation width. */
  readonly inputBits?: number;
  /** Decides the DSP block, and with it which RTL units exist. Pynq-Z1's by default. */
  readonly fpgaPart?: string;
}

export const DEFAULT_PART = 'xc7z020clg400-1';

type WithoutNames<T> = T extends unknown ? Omit<T, 'name' | 'predecessors'> : never;
/** A node before names are given; `sources` are indices of the nodes read. */
type Draft = WithoutNames<FinnNode> & { readonly sources: readonly number[] };
type Weighted = WithoutNames<MatrixVectorNode | VectorVectorNode> & { readonly sources: readonly number[] };

/** What flows out of a layer while the graph is being built. */
export interface Stream {
  /** Index of the node it leaves. */
  readonly source: number;
  readonly map: FeatureMap;
  /** FINN's list of input vectors: [1, height, width], or [1] once flattened. */
  readonly vectors: readonly number[];
  readonly type: DataType;
  /** Whether the values are activations of few bits and not accumulators. */
  readonly quantized: boolean;
  /** Whether the source is a MVAU or VVAU that thresholds can still be fused into. */
  readonly open: boolean;
  /** Layers whose factors and summands (batch norm, biases) have not been given a node yet. */
  readonly scales: readonly LayerId[];
  readonly shifts: readonly LayerId[];
  /** The softmax on the way, which FINN drops. */
  readonly softmax: LayerId | null;
}

const unique = (ids: readonly LayerId[]): readonly LayerId[] => [...new Set(ids)];

/** Widest accumulator and parameter sums that HLS is asked for. */
export const WIDEST = 32;
/** Bits of batch-norm factors; FINN takes them from the trained values. */
const PARAMETER_BITS = 8;

/** Collects nodes in graph order. Small rules of FINN's conversion live here; layer kinds are in lower.ts. */
export class GraphBuilder {
  readonly violations: Violation[] = [];
  readonly #drafts: Draft[] = [];
  readonly #options: LowerOptions;

  constructor(options: LowerOptions) {
    this.#options = options;
  }

  violate(code: string, layerId: LayerId, message: string): void {
    this.violations.push({ code, message, layerIds: [layerId] });
  }

  /** Appends a node; its index. */
  push(draft: Draft): number {
    this.#drafts.push(draft);
    return this.#drafts.length - 1;
  }

  /**
   * Signed, as in the published CNV and TFC, whose quantizers follow the batch norm. FINN makes the output of
   * a true ReLU unsigned, which changes no cycles and at most one accumulator bit a PE.
   */
  activationType(bits = this.#options.activationBits): DataType {
    if (bits > 1) return signedInteger(bits);
    return this.#options.weightBits === 1 ? BINARY : BIPOLAR;
  }

  /** The bits of the first of these layers that has its own. */
  #ownBits(layerIds: readonly LayerId[]): LayerBits | undefined {
    const { layerBits = {} } = this.#options;
    const id = layerIds.find((layerId) => Object.hasOwn(layerBits, layerId));
    return id === undefined ? undefined : layerBits[id];
  }

  inputType(): DataType {
    return this.activationType(this.#options.inputBits ?? 8);
  }

  /** Attributes that every MVAU and VVAU starts with: unfolded, accumulators leave, memory styles left to FINN. */
  weighted(layerId: LayerId, input: Stream, depth: number) {
    const bits = this.#ownBits([layerId])?.weightBits ?? this.#options.weightBits;
    // FINN counts ones where both sides are bipolar; weights keep BIPOLAR beside wider inputs.
    const binaryXnorMode = bits === 1 && input.type.name === BINARY.name;
    const oneBit = binaryXnorMode ? BINARY : BIPOLAR;
    const weightType = bits === 1 ? oneBit : signedInteger(bits);
    const sum = accumulatorBits(depth, minimizedWeightType(weightType), input.type);
    return {
      simd: 1,
      inputType: input.type,
      weightType,
      outputType: signedInteger(Math.min(WIDEST, sum)),
      accumulatorType: signedInteger(WIDEST),
      noActivation: true,
      binaryXnorMode,
      memMode: 'internal_decoupled',
      ramStyle: 'auto',
      resType: 'auto',
    } as const;
  }

  /** The stream with thresholds: fused into an open MVAU or VVAU, as a node of their own elsewhere. */
  threshold(stream: Stream, layerIds: readonly LayerId[]): Stream {
    const ids = unique([...stream.shifts, ...stream.scales, ...layerIds]);
    const draft = this.#drafts[stream.source];
    const fusing = stream.open && (draft?.opType === 'MVAU_hls' || draft?.opType === 'VVAU_hls');
    const owners = fusing ? [...draft.layerIds.slice(0, 1), ...layerIds] : layerIds;
    const type = this.activationType(this.#ownBits(owners)?.activationBits);
    const quantized = { ...stream, type, quantized: true, open: false, scales: [], shifts: [] };
    if (fusing) {
      const fused: Weighted = { ...draft, noActivation: false, outputType: type };
      this.#drafts[stream.source] = { ...fused, layerIds: unique([...draft.layerIds, ...ids]) };
      return quantized;
    }
    return { ...quantized, source: this.thresholding(stream, type, ids) };
  }

  thresholding(stream: Stream, outputType: DataType, layerIds: readonly LayerId[]): number {
    return this.push({
      opType: 'Thresholding_rtl',
      sources: stream.source < 0 ? [] : [stream.source],
      layerIds,
      pe: 1,
      channels: stream.map.channels,
      numInputVectors: stream.vectors,
      inputType: stream.type,
      weightType: stream.type,
      outputType,
      uniformThresholds: false,
      depthTriggerBram: 0,
      depthTriggerUram: 0,
    });
  }

  /** What a convolution or dense layer can read: accumulators and pending factors become thresholds. */
  quantize(stream: Stream): Stream {
    return stream.quantized && stream.scales.length + stream.shifts.length === 0
      ? stream
      : this.threshold(stream, []);
  }

  /** Gives pending factors and summands their ChannelwiseOp nodes: what a pool, an addition or an output reads. */
  settle(stream: Stream): Stream {
    let { source, type } = stream;
    const apply = (layerIds: readonly LayerId[], moreBits: number) => {
      if (layerIds.length === 0) return;
      source = this.push({
        opType: 'ChannelwiseOp_hls',
        sources: [source],
        layerIds: unique(layerIds),
        pe: 1,
        channels: stream.map.channels,
        numInputVectors: stream.vectors,
        inputType: type,
        ramStyle: 'distributed',
      });
      type = signedInteger(Math.min(WIDEST, type.bits + moreBits));
    };
    apply(stream.scales, PARAMETER_BITS);
    apply(stream.shifts, 1);
    const quantized = stream.quantized && source === stream.source;
    return { ...stream, source, type, quantized, open: false, scales: [], shifts: [] };
  }

  /** Copies a stream that several layers read. */
  duplicate(stream: Stream, layerId: LayerId): Stream {
    const settled = this.settle(stream);
    const source = this.push({
      opType: 'DuplicateStreams_hls',
      sources: [settled.source],
      layerIds: [layerId],
      pe: 1,
      channels: settled.map.channels,
      numInputVectors: settled.vectors,
      inputType: settled.type,
    });
    return { ...settled, source };
  }

  /** RTL units where FINN would choose them (finn.md section 7); weights are taken to be narrow-range. */
  #specialized(draft: Draft): Draft {
    if (draft.opType !== 'MVAU_hls' && draft.opType !== 'VVAU_hls') return draft;
    const { inputType, weightType } = draft;
    const possible =
      draft.noActivation &&
      !draft.binaryXnorMode &&
      weightType.signed &&
      weightType.bits <= 8 &&
      inputType.bits <= (inputType.signed ? 9 : 8);
    if (!possible || inputType.bits < 4 || weightType.bits < 4) return draft;
    if (draft.opType === 'MVAU_hls') return { ...draft, opType: 'MVAU_rtl' };
    const versal = dspBlockOf(this.#options.fpgaPart ?? DEFAULT_PART) === 'DSP58';
    return versal && draft.opType === 'VVAU_hls' ? { ...draft, opType: 'VVAU_rtl' } : draft;
  }

  /** The finished nodes under FINN's names: each op type counts in graph order. */
  finish(): readonly FinnNode[] {
    const counts = new Map<OpType, number>();
    const names: string[] = [];
    return this.#drafts.map((unspecialized) => {
      const { sources, ...draft } = this.#specialized(unspecialized);
      const count = counts.get(draft.opType) ?? 0;
      counts.set(draft.opType, count + 1);
      const name = `${draft.opType}_${count}`;
      names.push(name);
      const predecessors = sources.map((source) => names[source] ?? '');
      // Only the two attributes that a draft lacks are added; the union cannot follow a spread.
      return { ...draft, name, predecessors } as FinnNode;
    });
  }
}
