import type { Layer, LayerKind } from '../../network/network.ts';
import { signedInteger } from './datatypes.ts';
import { type Stream, WIDEST } from './graphBuilder.ts';
import { type LayerOf, type Lower, withMap } from './lowering.ts';

// Kinds of which FINN builds only some or none; each is shown as the nearest thing it can build.

/**
 * FINN makes thresholds of ReLU, hard tanh and identity quantizers only (its QuantActBaseHandler). The thresholds
 * shown are as many as those of a ReLU of the same bits.
 */
export const unknownActivation: Lower<Layer> = (layer, [input], _, graph) => {
  graph.violate(
    'finn-activation',
    layer.id,
    `FINN has no hardware for the ${ACTIVATION_NAMES[layer.kind] ?? layer.kind} ${layer.id}: its quantizers become thresholds behind a ReLU only; use a relu. It is shown as thresholds.`,
  );
  return graph.threshold(input, [layer.id]);
};

const ACTIVATION_NAMES: { readonly [K in LayerKind]?: string } = {
  leakyRelu: 'leaky ReLU',
  hardSigmoid: 'hard sigmoid',
  hardSwish: 'hard swish',
};

/**
 * FINN's StreamingEltwise adds, subtracts and takes absolute differences of two streams of one shape
 * (streamingeltwise.py, eltwiseOp). A product would take the same cycles; ElementwiseMul of FINN's development
 * branch computes it.
 */
export const multiply: Lower<LayerOf<'multiply'>> = (layer, inputs, geometry, graph) => {
  const [a, b] = inputs.map((input) => graph.settle(input)) as [Stream, Stream];
  const { ifms, ofm } = geometry;
  const gates = ifms.some(({ height, width }) => height * width < ofm.height * ofm.width);
  graph.violate(
    'finn-multiply',
    layer.id,
    gates
      ? `FINN cannot scale a map by a gate, as ${layer.id} does: its StreamingEltwise reads two streams of one shape. It is shown with the gate repeated; remove the gate.`
      : `FINN's StreamingEltwise adds and subtracts, and ${layer.id} multiplies; use an add, or ElementwiseMul of FINN's development branch. It is shown as a StreamingEltwise.`,
  );
  const wider = a.type.bits >= b.type.bits ? a : b;
  const joined = withMap(wider, geometry);
  const source = graph.push({
    opType: 'StreamingEltwise_hls',
    sources: [a.source, b.source],
    layerIds: [layer.id],
    pe: 1,
    channels: ofm.channels,
    numInputVectors: joined.vectors,
    inputType: wider.type,
  });
  const type = signedInteger(Math.min(WIDEST, a.type.bits + b.type.bits));
  return { ...joined, source, type, quantized: false };
};

/**
 * FINN's unit enlarges square maps by one size, or the rows of maps one pixel wide (upsampler.py, DimMode), and only
 * repeats pixels. Others are shown pixel by pixel.
 */
export const upsample: Lower<LayerOf<'upsample'>> = (layer, [from], geometry, graph) => {
  const input = graph.settle(from);
  const { ifm, ofm } = geometry;
  const { size, interpolation } = layer;
  const square = ifm.height === ifm.width && size[0] === size[1];
  const oneWide = ofm.width === 1;
  if (interpolation === 'bilinear') {
    graph.violate(
      'finn-upsample',
      layer.id,
      `FINN's upsampling repeats pixels, and ${layer.id} interpolates between them; use nearest. It is shown as nearest.`,
    );
  }
  if (!square && !oneWide) {
    graph.violate(
      'finn-upsample',
      layer.id,
      `FINN enlarges square maps by the same size along both axes, and ${layer.id} enlarges ${ifm.height}x${ifm.width} by ${size.join('x')}; make both square. It is shown with a cycle a pixel.`,
    );
  }
  const source = graph.push({
    opType: 'UpsampleNearestNeighbour_hls',
    sources: [input.source],
    layerIds: [layer.id],
    ofmDim: square ? ofm.height : ofm.height * ofm.width,
    is1d: !square,
  });
  return { ...withMap(input, geometry), source };
};

const UNBUILT: { readonly [K in LayerKind]?: string } = {
  channelShuffle:
    'is a channel shuffle; the Shuffle of its development branch transposes tensors, so use that, or convolutions of one group',
  l2Normalize: 'is an L2 normalization; use a batch norm, which becomes thresholds',
};

/**
 * What releases of FINN have nothing for. Shuffle came after them (github.com/Xilinx/finn, pull request 1419), and no
 * operation takes the length of a pixel. Both hand on what they read, with no cycle and no memory of their own.
 */
export const unbuilt: Lower<Layer> = (layer, [input], _, graph) => {
  graph.violate(
    `finn-${layer.kind === 'channelShuffle' ? 'channel-shuffle' : 'l2-normalization'}`,
    layer.id,
    `FINN has no hardware for ${layer.id}: it ${UNBUILT[layer.kind] ?? 'is unknown'}. It is shown as a wire.`,
  );
  return input;
};
