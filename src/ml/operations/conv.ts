import * as tf from '@tensorflow/tfjs-core';
import type { Conv2dLayer, DenseLayer, DepthwiseConv2dLayer, Pair } from '../../core/network/network.ts';
import type { LayerGeometry } from '../../core/network/shapes.ts';
import { FaultError } from '../../core/result.ts';
import { channelSum } from '../kernels/channels.ts';
import { conv2dFilterGradient, conv2dInputGradient } from '../kernels/convGradients.ts';
import { depthwiseFilterGradient, depthwiseInputGradient } from '../kernels/depthwiseGradients.ts';
import { explicitPadding, type Window } from '../kernels/window.ts';
import { first, type Operation } from './operation.ts';

type Shape4D = [number, number, number, number];

const isOne = ([rows, columns]: Pair) => rows === 1 && columns === 1;

function windowOf(layer: Conv2dLayer | DepthwiseConv2dLayer, { pads }: Pick<LayerGeometry, 'pads'>): Window {
  if (!isOne(layer.strides) && !isOne(layer.dilationRate)) {
    throw new FaultError({
      code: 'stride-and-dilation',
      message: `Layer ${layer.id} has both a stride and a dilation, which TensorFlow does not compute either; set one of them to 1.`,
      where: layer.id,
    });
  }
  return { strides: layer.strides, dilations: layer.dilationRate, pads };
}

/** The backend's own kernels know no dilation. */
const attributesOf = (window: Window) => ({
  strides: [...window.strides],
  pad: explicitPadding(window.pads),
  dataFormat: 'NHWC',
});

function filterGradient(x: tf.Tensor4D, dy: tf.Tensor4D, filterShape: Shape4D, window: Window): tf.Tensor4D {
  if (!isOne(window.dilations)) return conv2dFilterGradient(x, dy, [filterShape[0], filterShape[1]], window);
  const attributes = { ...attributesOf(window), filterShape };
  return tf.engine().runKernel('Conv2DBackpropFilter', { x, dy }, attributes) as tf.Tensor4D;
}

function inputGradient(dy: tf.Tensor4D, filter: tf.Tensor4D, inputShape: Shape4D, window: Window) {
  if (!isOne(window.dilations))
    return conv2dInputGradient(dy, filter, [inputShape[1], inputShape[2]], window);
  const attributes = { ...attributesOf(window), inputShape };
  return tf.engine().runKernel('Conv2DBackpropInput', { dy, filter }, attributes) as tf.Tensor4D;
}

/** Convolution as one piece, or split by channels, convolved and joined where it has groups. */
function convolution(window: Window, groups: number, useBias: boolean, filterShape: Shape4D): Operation {
  const [rows, columns, inChannels, filters] = filterShape;
  const convolve = (x: tf.Tensor4D, filter: tf.Tensor4D, bias?: tf.Tensor): tf.Tensor4D =>
    tf.fused.conv2d({
      x,
      filter,
      strides: [...window.strides],
      pad: explicitPadding(window.pads),
      dilations: [...window.dilations],
      activation: 'linear',
      ...(bias ? { bias } : {}),
    });
  const split = (x: tf.Tensor): tf.Tensor4D[] =>
    (groups === 1 ? [x] : tf.split(x, groups, 3)) as tf.Tensor4D[];
  const join = (parts: tf.Tensor4D[]): tf.Tensor4D => (groups === 1 ? first(parts) : tf.concat(parts, 3));
  const filterOf = (kernel: tf.Tensor) => tf.reshape(kernel, filterShape);
  return {
    needs: { input: true, output: false },
    infer: (inputs, parameters) => {
      const biases = useBias ? tf.split(parameters('bias'), groups) : [];
      const kernels = split(filterOf(parameters('kernel')));
      return join(
        split(first(inputs)).map((x, group) => convolve(x, kernels[group] as tf.Tensor4D, biases[group])),
      );
    },
    backward: ({ dy, inputs, parameters, wantsInputGradient, wantsParameterGradients = true }) => {
      const x = first(inputs);
      const dys = split(dy);
      const groupShape: Shape4D = [rows, columns, inChannels, filters / groups];
      const ownGradients = () => {
        const kernel = join(
          split(x).map((part, group) => filterGradient(part, dys[group] as tf.Tensor4D, groupShape, window)),
        );
        return {
          kernel: tf.reshape(kernel, parameters('kernel').shape),
          ...(useBias ? { bias: channelSum(dy) } : {}),
        };
      };
      const inputShape: Shape4D = [x.shape[0], x.shape[1], x.shape[2], inChannels];
      const kernels = split(filterOf(parameters('kernel')));
      return {
        inputs: wantsInputGradient
          ? [
              join(
                dys.map((part, group) =>
                  inputGradient(part, kernels[group] as tf.Tensor4D, inputShape, window),
                ),
              ),
            ]
          : [],
        ...(wantsParameterGradients ? { parameters: ownGradients() } : {}),
      };
    },
  };
}

export const conv2d = (layer: Conv2dLayer, geometry: LayerGeometry): Operation =>
  convolution(windowOf(layer, geometry), layer.groups, layer.useBias, [
    ...layer.kernelSize,
    geometry.ifm.channels / layer.groups,
    layer.filters,
  ]);

/** A dense layer on a 1x1 map is a 1x1 convolution, in tfjs the same matrix product. */
export const dense = (layer: DenseLayer, geometry: LayerGeometry): Operation =>
  convolution({ strides: [1, 1], dilations: [1, 1], pads: [0, 0, 0, 0] }, 1, layer.useBias, [
    1,
    1,
    geometry.ifm.channels,
    layer.units,
  ]);

export function depthwiseConv2d(layer: DepthwiseConv2dLayer, geometry: LayerGeometry): Operation {
  const window = windowOf(layer, geometry);
  const filterShape: Shape4D = [...layer.kernelSize, geometry.ifm.channels, layer.depthMultiplier];
  const inputSize: Pair = [geometry.ifm.height, geometry.ifm.width];
  return {
    needs: { input: true, output: false },
    infer: (inputs, parameters) =>
      tf.fused.depthwiseConv2d({
        x: first(inputs),
        filter: parameters('depthwiseKernel') as tf.Tensor4D,
        strides: [...window.strides],
        // the declared type forgets explicit padding; every backend computes it
        pad: explicitPadding(window.pads) as unknown as 'valid',
        dilations: [...window.dilations],
        activation: 'linear',
        ...(layer.useBias ? { bias: parameters('bias') } : {}),
      }),
    backward: ({ dy, inputs, parameters, wantsInputGradient, wantsParameterGradients = true }) => {
      const filter = parameters('depthwiseKernel') as tf.Tensor4D;
      const ownGradients = () => ({
        depthwiseKernel: depthwiseFilterGradient(first(inputs), dy, filterShape, window),
        ...(layer.useBias ? { bias: channelSum(dy) } : {}),
      });
      return {
        inputs: wantsInputGradient ? [depthwiseInputGradient(dy, filter, inputSize, window)] : [],
        ...(wantsParameterGradients ? { parameters: ownGradients() } : {}),
      };
    },
  };
}
