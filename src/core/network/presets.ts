import {
  mobilenetV2Ssd1024,
  mobilenetV2Ssd1024Pruned,
  squeezenetSsd300,
  tinyYoloV2,
  vggSsd300,
} from './presets/detection.ts';
import { cnv, sfc, tfc } from './presets/finn.ts';
import { dsCnn, mobilenetV1, mobilenetV1Quarter, mobilenetV2, tinyMobilenetV2 } from './presets/mobilenet.ts';
import { mnasnet, mobilenetV3Large, mobilenetV3Small } from './presets/mobilenetV3.ts';
import { type Preset, square } from './presets/preset.ts';
import {
  resnet8,
  resnet18,
  resnet50V1,
  resnet50V15,
  resnet152V1,
  resnet152V15,
  tinyResnet,
} from './presets/resnet.ts';
import { shufflenetV1, tinyShufflenet } from './presets/shufflenet.ts';
import { customRsClassifier, lenet, lenetRgb, tinyCnn } from './presets/small.ts';
import { squeezenet10, squeezenet11 } from './presets/squeezenet.ts';
import { alexnet, vgg13, vgg16, vgg19 } from './presets/vgg.ts';

export type { Preset } from './presets/preset.ts';

type Entry = Pick<Preset, 'id' | 'name' | 'description' | 'build'> &
  Partial<Pick<Preset, 'input' | 'classCount'>>;

/** Networks that train in a browser. */
const TRAINED: readonly Entry[] = [
  {
    id: 'tiny-cnn',
    name: 'Tiny CNN',
    description: 'Three 3x3 convolutions of 16, 32 and 64 filters; trains in seconds',
    build: tinyCnn,
  },
  {
    id: 'lenet',
    name: 'LeNet-5',
    description: 'LeCun 1998, with ReLU and max pooling',
    input: square(28, 1),
    build: lenet,
  },
  {
    id: 'custom-rs-classifier',
    name: 'custom_rs_classifier',
    description:
      'The remote-sensing classifier of source 002: three 5x5 convolutions, ReLU before batch norm',
    input: square(224, 3),
    build: customRsClassifier,
  },
  {
    id: 'cnv',
    name: 'CNV',
    description: "FINN's VGG-like network: six valid 3x3 convolutions, three dense layers",
    build: cnv,
  },
  {
    id: 'tiny-resnet',
    name: 'Tiny ResNet',
    description: 'Three residual blocks of 16, 32 and 64 channels',
    build: tinyResnet,
  },
  {
    id: 'tiny-mobilenet-v2',
    name: 'Tiny MobileNetV2',
    description: 'Five inverted residual blocks with depthwise convolutions and ReLU6',
    build: tinyMobilenetV2,
  },
  {
    id: 'lenet-rgb',
    name: 'LeNet-5 RGB',
    description: 'LeNet-5 for color images such as EuroSAT, without padding',
    input: square(64, 3),
    build: lenetRgb,
  },
  {
    id: 'sfc',
    name: 'SFC',
    description: "FINN's small dense network: three layers of 256 units",
    input: square(28, 1),
    build: sfc,
  },
  {
    id: 'tfc',
    name: 'TFC',
    description: "FINN's tiny dense network: three layers of 64 units",
    input: square(28, 1),
    build: tfc,
  },
  {
    id: 'resnet-8',
    name: 'ResNet-8',
    description: 'MLPerf Tiny, image classification: three residual blocks, convolutions with bias',
    build: resnet8,
  },
  {
    id: 'ds-cnn',
    name: 'DS-CNN',
    description: 'MLPerf Tiny, keyword spotting: four depthwise separable convolutions on spectra',
    input: { height: 49, width: 10, channels: 1 },
    classCount: 12,
    build: dsCnn,
  },
  {
    id: 'mobilenet-v1-0.25',
    name: 'MobileNetV1 0.25',
    description: 'MLPerf Tiny, visual wake words: a quarter of the filters, 96x96 images',
    input: square(96, 3),
    classCount: 2,
    build: mobilenetV1Quarter,
  },
  {
    id: 'tiny-shufflenet',
    name: 'Tiny ShuffleNet',
    description: 'Four units of grouped 1x1 convolutions and channel shuffles, in two groups',
    build: tinyShufflenet,
  },
];

/** ImageNet's networks and detectors: 1000 classes and 224x224x3, where nothing else is said. */
const ESTIMATED: readonly Entry[] = [
  {
    id: 'alexnet',
    name: 'AlexNet',
    description: 'Krizhevsky 2014, one tower: five convolutions, three dense layers',
    build: alexnet,
  },
  {
    id: 'vgg-13',
    name: 'VGG-13',
    description: 'Simonyan 2015, configuration B: ten 3x3 convolutions',
    build: vgg13,
  },
  {
    id: 'vgg-16',
    name: 'VGG-16',
    description: 'Simonyan 2015, configuration D: thirteen 3x3 convolutions',
    build: vgg16,
  },
  {
    id: 'vgg-19',
    name: 'VGG-19',
    description: 'Simonyan 2015, configuration E: sixteen 3x3 convolutions',
    build: vgg19,
  },
  {
    id: 'resnet-18',
    name: 'ResNet-18',
    description: 'He 2016: eight residual blocks of two 3x3 convolutions',
    build: resnet18,
  },
  {
    id: 'resnet-50-v1',
    name: 'ResNet-50 v1',
    description: 'He 2016: sixteen bottleneck blocks, stride 2 in their first convolution',
    build: resnet50V1,
  },
  {
    id: 'resnet-50-v1.5',
    name: 'ResNet-50 v1.5',
    description: 'As in torchvision: stride 2 in the 3x3 convolution',
    build: resnet50V15,
  },
  {
    id: 'resnet-152-v1',
    name: 'ResNet-152 v1',
    description: 'He 2016: fifty bottleneck blocks, stride 2 in their first convolution',
    build: resnet152V1,
  },
  {
    id: 'resnet-152-v1.5',
    name: 'ResNet-152 v1.5',
    description: 'As in torchvision: stride 2 in the 3x3 convolution',
    build: resnet152V15,
  },
  {
    id: 'mobilenet-v1',
    name: 'MobileNetV1',
    description: 'Howard 2017: thirteen depthwise separable convolutions',
    build: mobilenetV1,
  },
  {
    id: 'mobilenet-v2',
    name: 'MobileNetV2',
    description: 'Sandler 2018: seventeen inverted residual blocks with linear bottlenecks',
    build: mobilenetV2,
  },
  {
    id: 'mobilenet-v3-large',
    name: 'MobileNetV3-Large',
    description: 'Howard 2019: fifteen inverted residual blocks, eight with a gate; hard swish',
    build: mobilenetV3Large,
  },
  {
    id: 'mobilenet-v3-small',
    name: 'MobileNetV3-Small',
    description: 'Howard 2019: eleven inverted residual blocks, nine with a gate; hard swish',
    build: mobilenetV3Small,
  },
  {
    id: 'mnasnet-1.0',
    name: 'MnasNet 1.0',
    description: 'Tan 2019, B1 as in torchvision: seventeen blocks found by a search for latency',
    build: mnasnet,
  },
  {
    id: 'squeezenet-1.0',
    name: 'SqueezeNet 1.0',
    description: 'Iandola 2016: eight fire modules after a 7x7 convolution',
    build: squeezenet10,
  },
  {
    id: 'squeezenet-1.1',
    name: 'SqueezeNet 1.1',
    description: 'The second version: a 3x3 convolution, pooled earlier',
    build: squeezenet11,
  },
  {
    id: 'shufflenet-v1',
    name: 'ShuffleNetV1',
    description: 'Zhang 2018: sixteen units of three groups, their channels shuffled in between',
    build: shufflenetV1,
  },
  {
    id: 'vgg-ssd300',
    name: 'VGG-SSD300',
    description: 'Liu 2016: objects on six scales of VGG-16, conv4_3 behind an L2 normalization',
    input: square(300, 3),
    classCount: 21,
    build: vggSsd300,
  },
  {
    id: 'squeezenet-ssd300',
    name: 'SqueezeNet-SSD300',
    description: 'Objects on six scales of SqueezeNet 1.1 (source 001)',
    input: square(300, 3),
    classCount: 21,
    build: squeezenetSsd300,
  },
  {
    id: 'mobilenet-v2-ssd1024',
    name: 'MobileNetV2-SSD1024',
    description: 'The logo detector of source 000: 1024x1024 images, six scales; its widths are a proposal',
    input: square(1024, 3),
    classCount: 2,
    build: mobilenetV2Ssd1024,
  },
  {
    id: 'mobilenet-v2-ssd1024-pruned',
    name: 'MobileNetV2-SSD1024 pruned',
    description: 'The same with its hidden channels pruned to 773,692 parameters',
    input: square(1024, 3),
    classCount: 2,
    build: mobilenetV2Ssd1024Pruned,
  },
  {
    id: 'tiny-yolo-v2',
    name: 'Tiny-YOLOv2',
    description: 'Redmon 2017 for Pascal VOC, with ReLU instead of leaky ReLU',
    input: square(416, 3),
    classCount: 20,
    build: tinyYoloV2,
  },
];

/** The presets that train in a browser, in the order of {@link PRESETS}. */
export const TRAINED_PRESETS: readonly Preset[] = TRAINED.map((entry) => ({
  input: square(32, 3),
  classCount: 10,
  ...entry,
  purpose: 'train',
}));

export const PRESETS: readonly Preset[] = [
  ...TRAINED_PRESETS,
  ...ESTIMATED.map(
    (entry): Preset => ({ input: square(224, 3), classCount: 1000, ...entry, purpose: 'estimate' }),
  ),
];

export function presetById(id: string): Preset | undefined {
  return PRESETS.find((preset) => preset.id === id);
}
