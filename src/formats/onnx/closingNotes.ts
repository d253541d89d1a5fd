import type { Layer, LayerId } from '../../core/network/network.ts';
import type { Mark, NetworkSketch } from './sketch.ts';

// What can only be said of the whole network: one sentence a matter, the nodes it concerns by name.

const SHOWN = 3;

const named = (marks: readonly Mark[]): string => {
  const labels = [...new Set(marks.map(({ label }) => label))];
  const more = labels.length - SHOWN;
  return `${labels.slice(0, SHOWN).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
};

const WEIGHTED: ReadonlySet<string> = new Set(['conv2d', 'depthwiseConv2d', 'dense']);

/** Layers that compute nothing that a product could not. */
const LINEAR: ReadonlySet<string> = new Set([
  'batchNorm',
  'flatten',
  'dropout',
  'averagePool',
  'globalAveragePool',
]);

/** Those that stand between two products with nothing else but a pool, so that the network is linear there. */
function betweenProducts(marks: readonly Mark[], layers: readonly Layer[]): readonly Mark[] {
  const byId = new Map(layers.map((layer) => [layer.id, layer]));
  /** A product of which a layer hands on the result, through layers that are linear. */
  const behind = new Set<LayerId>();
  for (const { id, kind, inputs } of layers) {
    const passes = (LINEAR.has(kind) || kind === 'maxPool') && behind.has(inputs[0] ?? '');
    if (WEIGHTED.has(kind) || passes) behind.add(id);
  }
  /** Layers whose result a product reads, through the same. */
  const before = new Set<LayerId>();
  for (const { id, kind, inputs } of layers.toReversed()) {
    const passes = (LINEAR.has(kind) || kind === 'maxPool') && before.has(id);
    if (WEIGHTED.has(kind) || passes) for (const input of inputs) before.add(input);
  }
  return marks.filter(({ id }) => id !== undefined && byId.has(id) && behind.has(id) && before.has(id));
}

/** Sentences about nodes that were marked while the network was read. */
export function closingNotes(sketch: NetworkSketch): readonly string[] {
  const { layers } = sketch.network('');
  const marks = (kind: Mark['kind']) => sketch.marks.filter((mark) => mark.kind === kind);
  const notes: string[] = [];
  const add = (found: readonly Mark[], sentence: (names: string) => string) => {
    if (found.length > 0) notes.push(sentence(named(found)));
  };
  add(
    marks('relus'),
    (names) =>
      `Quantizers that hand on no negative numbers became ReLUs, for the file has no activation before them: ${names}.`,
  );
  add(
    betweenProducts(marks('signed'), layers),
    (names) =>
      `Only quantizers stand between layers with weights, and no activation: ${names}. In the file they clip and round, here the network is linear there, so its outputs differ; shapes, bits and estimates hold.`,
  );
  add(
    marks('thresholds'),
    (names) =>
      `FINN's thresholds hold activations and batch norms: ${names}. They are kept as bits by layer and not computed, so the outputs differ; shapes, bits and estimates hold.`,
  );
  add(
    marks('zeros'),
    (names) =>
      `Quantizers have a zero point other than 0: ${names}. Weights are read with it; FINN builds zero points of 0 only.`,
  );
  add(
    marks('widths'),
    (names) =>
      `Quantizers have a bit width of their own for each channel: ${names}. The widest is kept as the bits of the layer.`,
  );
  const read = marks('logarithms').filter(({ id }) => layers.some(({ inputs }) => inputs.includes(id ?? '')));
  add(
    marks('logarithms').filter((mark) => !read.includes(mark)),
    (names) =>
      `${names} became a softmax: the outputs differ, for they are probabilities here and their logarithms in the file; the order of the classes is the same.`,
  );
  add(
    read,
    (names) =>
      `${names} became a softmax without its logarithm, and layers behind it read it: the outputs differ; shapes and estimates hold.`,
  );
  return notes;
}
