import type { FeatureMap, LayerId } from '../../core/network/network.ts';
import type { Result } from '../../core/result.ts';
import type { ImportedModel } from '../model/imported.ts';
import { nameFromFile, readTextModel, refuse, someOf } from '../model/textModel.ts';
import { Unsupported } from './fields.ts';
import { mapOfData, mapOfDims } from './images.ts';
import { isData, isTrainingOnly, LEFT_OUT } from './layerTypes.ts';
import { type CaffeLayer, type CaffeNet, netOf } from './net.ts';
import {
  alias,
  batchNorm,
  clip,
  concat,
  dropout,
  eltwise,
  flatten,
  innerProduct,
  normalize,
  plain,
  relu,
  reshape,
  scale,
  shuffleChannel,
  softmax,
} from './plainLayers.ts';
import { parseTextFormat } from './textFormat.ts';
import { type Blob, type LayerReader, Translation } from './translation.ts';
import { convolution, deconvolution, isConvolution, pooling, upsample } from './windows.ts';

const READERS: ReadonlyMap<string, LayerReader> = new Map([
  ['Pooling', pooling],
  ['Deconvolution', deconvolution],
  ['Upsample', upsample],
  ['InnerProduct', innerProduct],
  ['ReLU', relu],
  ['ReLU6', plain({ kind: 'relu6' })],
  ['Clip', clip],
  ['Sigmoid', plain({ kind: 'sigmoid' })],
  ['TanH', plain({ kind: 'tanh' })],
  ['BatchNorm', batchNorm],
  ['BN', batchNorm],
  ['Scale', scale],
  ['Eltwise', eltwise],
  ['Concat', concat],
  ['Dropout', dropout],
  ['Softmax', softmax],
  ['Flatten', flatten],
  ['Reshape', reshape],
  ['Normalize', normalize],
  ['ShuffleChannel', shuffleChannel],
  ['Split', alias],
]);

const readerOf = (type: string): LayerReader | undefined =>
  isConvolution(type) ? convolution : READERS.get(type);

/** A blob before anything reads it: which layer writes it, and how often it is read. */
interface Written {
  readers: number;
}

/** How often each blob is read, told by the place of a layer's bottom; a blob written anew in place is another one. */
function countReadings({ inputs, layers }: CaffeNet): ReadonlyMap<CaffeLayer, readonly Written[]> {
  const written = new Map<string, Written>(inputs.map(({ name }) => [name, { readers: 0 }]));
  const read = new Map<CaffeLayer, readonly Written[]>();
  for (const layer of layers) {
    const blobs = layer.bottoms.map((bottom) => written.get(bottom) ?? { readers: 0 });
    for (const blob of blobs) blob.readers++;
    read.set(layer, blobs);
    for (const top of layer.tops) written.set(top, { readers: 0 });
  }
  return read;
}

/** Goes through the layers of a net in order, with what is in each blob. */
class NetReader {
  readonly #to: Translation;
  readonly #blobs = new Map<string, Blob>();
  /** Inputs that nothing has read yet. */
  readonly #waiting = new Map<string, () => FeatureMap>();
  readonly #unsupported = new Map<string, string>();
  readonly #leftOut: string[] = [];
  readonly #fileName: string;
  #image: LayerId | null = null;

  constructor(net: CaffeNet, fileName: string) {
    this.#fileName = fileName;
    const readings = countReadings(net);
    this.#to = new Translation((layer, bottom) => readings.get(layer)?.[bottom]?.readers ?? 0);
    for (const { name, dims } of net.inputs)
      this.#waiting.set(name, () =>
        dims
          ? mapOfDims(name, dims)
          : refuse(
              'caffe-input',
              `The input ${name} has no shape; give it an input_shape of [images, channels, height, width].`,
              name,
            ),
      );
  }

  /** Images become a layer when they are first read, so that inputs nobody reads do not. */
  #admit(name: string, mapOf: () => FeatureMap): LayerId {
    this.#waiting.delete(name);
    if (this.#image !== null)
      refuse(
        'caffe-input',
        `${this.#fileName} computes from several inputs (${this.#image} and ${name}); a network here has one, the image.`,
        name,
      );
    this.#image = this.#to.sketch.push(name, { kind: 'input', shape: mapOf() }, []).id;
    return this.#image;
  }

  #read(layer: CaffeLayer, bottom: string): Blob {
    const waiting = this.#waiting.get(bottom);
    if (waiting) this.#blobs.set(bottom, this.#admit(bottom, waiting));
    const blob = this.#blobs.get(bottom);
    if (blob === undefined)
      return refuse(
        'caffe-blob',
        `Layer ${layer.name} reads ${bottom}, which no layer before it writes; the prototxt is incomplete.`,
        layer.name,
      );
    return blob;
  }

  #write(layer: CaffeLayer, blob: Blob): void {
    for (const top of layer.tops) {
      this.#waiting.delete(top);
      this.#blobs.set(top, blob);
    }
  }

  #data(layer: CaffeLayer): void {
    const [image] = layer.tops;
    this.#write(layer, null);
    if (image !== undefined)
      this.#waiting.set(image, () => mapOfData(layer, (sentence) => this.#to.note(sentence)));
  }

  #skip(layer: CaffeLayer, harm: string | undefined): void {
    if (harm === undefined) {
      this.#leftOut.push(`${layer.name} (${layer.type})`);
      this.#write(layer, null);
      return;
    }
    const [bottom] = layer.bottoms;
    this.#to.note(`${layer.name} (${layer.type}) is left out: ${harm}.`);
    this.#write(layer, bottom === undefined ? null : this.#read(layer, bottom));
  }

  step(layer: CaffeLayer): void {
    const { type } = layer;
    if (isData(type)) this.#data(layer);
    else if (isTrainingOnly(type)) this.#skip(layer, undefined);
    else if (Object.hasOwn(LEFT_OUT, type)) this.#skip(layer, LEFT_OUT[type]);
    else this.#translate(layer);
  }

  #translate(layer: CaffeLayer): void {
    const { type } = layer;
    const reader = readerOf(type);
    const blobs = layer.bottoms.map((bottom) => this.#read(layer, bottom));
    try {
      if (!reader) throw new Unsupported('');
      const inputs = blobs.filter((blob) => blob !== null);
      // What follows a layer that can't be read is not at fault itself.
      const whole = inputs.length === blobs.length;
      if (!whole && this.#unsupported.size === 0)
        throw new Unsupported('it reads a label, a loss or another blob that is only known while training');
      this.#write(layer, whole ? reader(layer, inputs, this.#to) : null);
    } catch (error) {
      if (!(error instanceof Unsupported)) throw error;
      this.#unsupported.set(layer.name, error.message ? `${type}: ${error.message}` : type);
      this.#write(layer, null);
    }
  }

  #refuseUnsupported(): void {
    if (this.#unsupported.size === 0) return;
    const several = this.#unsupported.size > 1;
    const named = [...this.#unsupported].map(([name, why]) => `${name} (${why})`);
    const shown = named.slice(0, 20).join(', ');
    const more = named.length > 20 ? ` and ${named.length - 20} more` : '';
    refuse(
      'unsupported-layer',
      `${several ? 'The layers' : 'The layer'} ${shown}${more} can't be read; replace ${several ? 'them' : 'it'} or cut the network before ${several ? 'them' : 'it'}.`,
      [...this.#unsupported.keys()][0],
    );
  }

  finish(net: CaffeNet): ImportedModel {
    this.#refuseUnsupported();
    const network = this.#to.sketch.network((net.name || nameFromFile(this.#fileName)).slice(0, 200));
    if (network.layers.length < 2)
      refuse(
        'caffe-empty',
        `${this.#fileName} has no layer behind its input; choose a prototxt with a network.`,
        this.#fileName,
      );
    const notes = [...this.#to.sketch.notes];
    if (this.#to.unscaled.size > 0)
      notes.push(
        `No Scale follows ${someOf([...this.#to.unscaled])}: gamma and beta, which Caffe does not have there, are counted as parameters.`,
      );
    if (net.trained.length > 0)
      notes.push(`Only while training, and left out: ${someOf(net.trained)} (phase TRAIN or a stage).`);
    if (this.#leftOut.length > 0)
      notes.push(`Without effect on what the network computes, and left out: ${someOf(this.#leftOut)}.`);
    if (this.#waiting.size > 0)
      notes.push(`Read by no layer, and left out: ${someOf([...this.#waiting.keys()])}.`);
    return { network, weights: null, source: 'Caffe prototxt', notes };
  }
}

/** Whether a text is a Caffe prototxt: it has a message `layer {` or `layers {`, or is a solver. */
export const isCaffeText = (text: string): boolean =>
  // at most so many spaces: without an end they are tried from each of their places
  /^[ \t\uFEFF]*layers?\s{0,64}:?\s{0,64}\{/m.test(text) ||
  /^[ \t\uFEFF]*(?:base_lr|train_net)\s*:/m.test(text);

/**
 * Opens a Caffe prototxt as a network without weights: today's `layer {}` and the older `layers {}`, of which what
 * runs in phase TEST is taken. NCHW becomes NHWC; pooling that rounds up gets padding at the end. Layers that can't be
 * read are all named in one fault; layers left out without harm to any shape are named in the notes.
 */
export function readCaffe(text: string, fileName: string): Result<ImportedModel> {
  return readTextModel(text, fileName, () => {
    const net = netOf(parseTextFormat(text, fileName), fileName);
    const reader = new NetReader(net, fileName);
    for (const layer of net.layers) reader.step(layer);
    return reader.finish(net);
  });
}
