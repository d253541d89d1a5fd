/** Types of `layers {}` (V1LayerParameter of caffe.proto) whose names today are not just the same words joined. */
const RENAMED: Readonly<Record<string, string>> = {
  ABSVAL: 'AbsVal',
  ARGMAX: 'ArgMax',
  BNLL: 'BNLL',
  HDF5_DATA: 'HDF5Data',
  HDF5_OUTPUT: 'HDF5Output',
  IM2COL: 'Im2col',
  LRN: 'LRN',
  MVN: 'MVN',
  PRELU: 'PReLU',
  RELU: 'ReLU',
  SOFTMAX_LOSS: 'SoftmaxWithLoss',
  TANH: 'TanH',
};

/** A layer's type under today's name: `INNER_PRODUCT` is InnerProduct. */
export function typeName(written: string): string {
  if (!/^[A-Z][A-Z0-9_]*$/.test(written)) return written;
  if (Object.hasOwn(RENAMED, written)) return RENAMED[written] as string;
  // Types of today that have only capitals.
  if (['BN', 'ELU', 'RNN', 'LSTM'].includes(written)) return written;
  return written
    .split('_')
    .map((word) => word.slice(0, 1) + word.slice(1).toLowerCase())
    .join('');
}

/** Layers that only training or its report needs. */
export const isTrainingOnly = (type: string): boolean =>
  /Loss$/.test(type) || ['Accuracy', 'SoftmaxWithLoss', 'Silence', 'HDF5Output', 'ArgMax'].includes(type);

export const isData = (type: string): boolean => type === 'Input' || /Data$/.test(type);

/**
 * Layers that keep the shape and can be left out: what that means for the numbers, as the end of a sentence.
 */
export const LEFT_OUT: Readonly<Record<string, string>> = {
  LRN: 'it normalizes each value by its neighbors; shapes, parameters and MACs stay the same, accuracy does not',
  MVN: 'it normalizes each map by its mean and variance; shapes, parameters and MACs stay the same, accuracy does not',
  Power:
    'it computes (shift + scale * x) ^ power; shapes, parameters and MACs stay the same, accuracy does not',
};
