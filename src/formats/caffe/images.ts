import type { FeatureMap } from '../../core/network/network.ts';
import { refuse } from '../model/textModel.ts';
import { Fields } from './fields.ts';
import type { CaffeLayer } from './net.ts';

/** [N, C, H, W] or [N, C] as height, width and channels; the batch is left out. */
export function mapOfDims(name: string, dims: readonly number[]): FeatureMap {
  const [, channels, height = 1, width = 1] = dims;
  if ((dims.length !== 4 && dims.length !== 2) || channels === undefined)
    return refuse(
      'caffe-input',
      `The input ${name} has the shape [${dims.slice(0, 8).join(', ')}]; give it [images, channels, height, width].`,
      name,
    );
  return { height, width, channels };
}

const PARAMETERS = ['data_param', 'image_data_param', 'window_data_param', 'transform_param'] as const;

/** What an image has where a data layer only says how large it is cut. */
function cropped(layer: CaffeLayer, note: (sentence: string) => void): FeatureMap {
  const { fields, name } = layer;
  const sources = PARAMETERS.map((parameter) => fields.inside(parameter));
  const size = (field: string) =>
    sources.map((source) => source.whole(field, 0, 0)).find((extent) => extent > 0);
  const crop = size('crop_size');
  const height = crop ?? size('new_height');
  const width = crop ?? size('new_width');
  if (height === undefined || width === undefined)
    return refuse(
      'caffe-input',
      `The data layer ${name} reads images without saying their size: set crop_size in its transform_param, or open the deploy.prototxt, whose input has a shape.`,
      name,
    );
  const transform = fields.inside('transform_param');
  const means = transform.numbers('mean_value').length;
  const gray =
    transform.truth('force_gray', false) || (means === 1 && !transform.truth('force_color', false));
  if (!gray && means !== 3)
    note(`${name} does not say how many channels its images have; three are read, as in color images.`);
  return { height, width, channels: gray ? 1 : 3 };
}

/** The shape of what a data layer hands on as its first top. */
export function mapOfData(layer: CaffeLayer, note: (sentence: string) => void): FeatureMap {
  const { fields, name, type } = layer;
  if (type === 'Input' || type === 'DummyData') {
    const parameters = fields.inside(type === 'Input' ? 'input_param' : 'dummy_data_param');
    const [shape] = parameters.messages('shape');
    if (shape) return mapOfDims(name, new Fields(shape, name).numbers('dim'));
    const one = (field: string) => parameters.numbers(field)[0];
    const dims = ['num', 'channels', 'height', 'width'].map(one).filter((dim) => dim !== undefined);
    return mapOfDims(name, dims);
  }
  if (type === 'MemoryData') {
    const parameters = fields.inside('memory_data_param');
    const [height, width] = [parameters.whole('height', 1), parameters.whole('width', 1)];
    return { height, width, channels: parameters.whole('channels', 1) };
  }
  return cropped(layer, note);
}
