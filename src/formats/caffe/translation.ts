import type { FeatureMap, Layer, LayerId } from '../../core/network/network.ts';
import { describeMap } from '../../core/network/shapes.ts';
import { type LayerDraft, NetworkSketch } from '../onnx/sketch.ts';
import { Unsupported } from './fields.ts';
import type { CaffeLayer } from './net.ts';

/** The layer of ours that holds a blob; null where nothing here computes it (labels, losses). */
export type Blob = LayerId | null;

/** What the reader of a layer knows and does. */
export class Translation {
  readonly sketch = new NetworkSketch();
  readonly #flattened = new Map<LayerId, LayerId>();
  /** Batch norms that have taken no Scale yet. */
  readonly unscaled = new Set<LayerId>();
  /** How often each blob that a layer of ours holds is read. */
  readonly #readings: (layer: CaffeLayer, bottom: number) => number;

  constructor(readings: (layer: CaffeLayer, bottom: number) => number) {
    this.#readings = readings;
  }

  push(layer: CaffeLayer, draft: LayerDraft, ...inputs: readonly LayerId[]): LayerId {
    return this.sketch.push(layer.name, draft, inputs).id;
  }

  mapOf(id: LayerId): FeatureMap {
    return this.sketch.mapOf(id);
  }

  layer(id: LayerId): Layer | undefined {
    return this.sketch.layer(id);
  }

  /** The values of a map in a row: behind it, or itself where it has one pixel. One flatten serves all its readers. */
  flat(layer: CaffeLayer, source: LayerId, id = `${layer.name}_flatten`): LayerId {
    const { height, width } = this.mapOf(source);
    if (height === 1 && width === 1) return source;
    const known = this.#flattened.get(source);
    if (known !== undefined) return known;
    const flat = this.sketch.push(id, { kind: 'flatten' }, [source]).id;
    this.#flattened.set(source, flat);
    return flat;
  }

  isReadOnce(layer: CaffeLayer, bottom: number): boolean {
    return this.#readings(layer, bottom) === 1;
  }

  note(sentence: string): void {
    this.sketch.note(sentence);
  }
}

/** The only map a layer reads. */
export function onlyInput(inputs: readonly LayerId[]): LayerId {
  const [first, ...more] = inputs;
  if (first === undefined) throw new Unsupported('it reads nothing');
  if (more.length > 0) throw new Unsupported(`it reads ${inputs.length} blobs, and one is understood`);
  return first;
}

/** Reads one layer; what comes back holds all its tops. */
export type LayerReader = (layer: CaffeLayer, inputs: readonly LayerId[], to: Translation) => LayerId;

/** The axis that a layer names, which must be the channels' where a map has pixels. */
export function checkChannels(map: FeatureMap, axis: number): void {
  const vector = map.height === 1 && map.width === 1;
  if (axis === 1 || axis === -3 || (vector && axis === -1)) return;
  throw new Unsupported(`it works along axis ${axis} of ${describeMap(map)}, not along the channels`);
}
