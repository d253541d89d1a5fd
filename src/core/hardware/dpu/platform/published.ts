import type { DpuOp } from '../ops.ts';
import { inceptionV1, vgg16 } from './zoo/classics.ts';
import { efficientNetEdge, mobileNetV1, mobileNetV2 } from './zoo/mobileNets.ts';
import { bottleneckResnet, faceResnet20 } from './zoo/resnets.ts';

/** A rate Xilinx published, and the network it is of. */
export interface PublishedMeasurement {
  /** As in the zoo's table. */
  readonly name: string;
  readonly family: string;
  /** Whether the constants of the latency model were fitted on it. */
  readonly fitted: boolean;
  /** Images a second with several threads: one core is always busy, so 1 / rate is DPU time. */
  readonly framesPerSecond: number;
  /** Images a second with one thread: DPU and host take turns. */
  readonly singleThreadFramesPerSecond: number;
  readonly inputPixels: number;
  readonly source: string;
  /** What `build` takes for granted without a document that says so. */
  readonly assumption?: string;
  build(): readonly DpuOp[];
}

const EARLY_STRIDES =
  'The compiler strides in the expansions, where the published graph strides in the projections';
const V30 = 'Xilinx/Vitis-AI 3.0, ModelZoo_VAI3.0_Github.xlsx, KV260, line';
const V25 = 'Xilinx/Vitis-AI v2.5, model_zoo/README.md, KV260, line';

/**
 * KV260, one B4096 at 300 MHz. Releases before 2.5 are left out: their compilers were up to a fifth slower
 * (ResNet-50 6.97G: 11.9 ms in 2.0, 9.85 ms in 3.0). Pruned networks are too: nobody published their widths.
 */
export const PUBLISHED: readonly PublishedMeasurement[] = [
  {
    name: 'tf_resnetv1_50_imagenet_224_224_6.97G',
    family: 'ResNet-50',
    fitted: true,
    framesPerSecond: 101.53,
    singleThreadFramesPerSecond: 96.63,
    inputPixels: 224 * 224,
    source: `${V30} 105`,
    build: () => bottleneckResnet(50, 'last'),
  },
  {
    name: 'tf_vgg16_imagenet_224_224_30.96G',
    family: 'VGG16',
    fitted: true,
    framesPerSecond: 22.02,
    singleThreadFramesPerSecond: 21.79,
    inputPixels: 224 * 224,
    source: `${V30} 117`,
    build: () => vgg16(),
  },
  {
    name: 'tf_mobilenetv1_1.0_imagenet_224_224_1.14G',
    family: 'MobileNetV1',
    fitted: true,
    framesPerSecond: 431.28,
    singleThreadFramesPerSecond: 356.72,
    inputPixels: 224 * 224,
    source: `${V30} 86`,
    build: () => mobileNetV1(),
  },
  {
    name: 'tf_mobilenetv2_1.0_imagenet_224_224_602M',
    family: 'MobileNetV2',
    fitted: true,
    framesPerSecond: 338.08,
    singleThreadFramesPerSecond: 290.01,
    inputPixels: 224 * 224,
    source: `${V30} 87`,
    build: () => mobileNetV2(),
  },
  {
    name: 'tf_inceptionv1_imagenet_224_224_3G',
    family: 'InceptionV1',
    fitted: true,
    framesPerSecond: 229.56,
    singleThreadFramesPerSecond: 206.4,
    inputPixels: 224 * 224,
    source: `${V30} 70`,
    build: () => inceptionV1(3),
  },
  {
    name: 'tf_mlperf_resnet50_imagenet_224_224_8.19G',
    family: 'ResNet-50',
    fitted: false,
    framesPerSecond: 90.08,
    singleThreadFramesPerSecond: 86.11,
    inputPixels: 224 * 224,
    source: `${V30} 79`,
    build: () => bottleneckResnet(50, 'middle'),
  },
  {
    name: 'pt_resnet50_imagenet_224_224_8.2G',
    family: 'ResNet-50',
    fitted: false,
    framesPerSecond: 89.34,
    singleThreadFramesPerSecond: 85.51,
    inputPixels: 224 * 224,
    source: `${V30} 43`,
    build: () => bottleneckResnet(50, 'middle'),
  },
  {
    name: 'tf2_resnet50_imagenet_224_224_7.76G',
    family: 'ResNet-50',
    fitted: false,
    framesPerSecond: 100.06,
    singleThreadFramesPerSecond: 95.37,
    inputPixels: 224 * 224,
    source: `${V30} 132`,
    build: () => bottleneckResnet(50, 'first'),
  },
  {
    name: 'tf2_mobilenetv1_imagenet_224_224_1.15G',
    family: 'MobileNetV1',
    fitted: false,
    framesPerSecond: 422.62,
    singleThreadFramesPerSecond: 350.74,
    inputPixels: 224 * 224,
    source: `${V30} 130`,
    build: () => mobileNetV1(1, 224, 1000),
  },
  {
    name: 'tf_mobilenetv1_0.5_imagenet_160_160_150M',
    family: 'MobileNetV1',
    fitted: false,
    framesPerSecond: 1473.14,
    singleThreadFramesPerSecond: 982.56,
    inputPixels: 160 * 160,
    source: `${V30} 83`,
    build: () => mobileNetV1(0.5, 160),
  },
  {
    name: 'tf_mobilenetv1_0.25_imagenet_128_128_27M',
    family: 'MobileNetV1',
    fitted: false,
    framesPerSecond: 2431.52,
    singleThreadFramesPerSecond: 1445.63,
    inputPixels: 128 * 128,
    source: `${V30} 82`,
    build: () => mobileNetV1(0.25, 128),
  },
  {
    name: 'tf_mobilenetv2_1.4_imagenet_224_224_1.16G',
    family: 'MobileNetV2',
    fitted: false,
    framesPerSecond: 228.14,
    singleThreadFramesPerSecond: 205.72,
    inputPixels: 224 * 224,
    source: `${V30} 88`,
    build: () => mobileNetV2(1.4),
  },
  {
    name: 'tf_efficientnet-edgetpu-S_imagenet_224_224_4.72G',
    family: 'EfficientNet-EdgeTPU',
    fitted: false,
    framesPerSecond: 131.58,
    singleThreadFramesPerSecond: 123.37,
    inputPixels: 224 * 224,
    source: `${V30} 65`,
    assumption: EARLY_STRIDES,
    build: () => efficientNetEdge(1, 1, 224),
  },
  {
    name: 'tf_efficientnet-edgetpu-M_imagenet_240_240_7.34G',
    family: 'EfficientNet-EdgeTPU',
    fitted: false,
    framesPerSecond: 89.99,
    singleThreadFramesPerSecond: 85.58,
    inputPixels: 240 * 240,
    source: `${V30} 64`,
    assumption: EARLY_STRIDES,
    build: () => efficientNetEdge(1, 1.1, 240),
  },
  {
    name: 'tf_efficientnet-edgetpu-L_imagenet_300_300_19.36G',
    family: 'EfficientNet-EdgeTPU',
    fitted: false,
    framesPerSecond: 38.62,
    singleThreadFramesPerSecond: 37.48,
    inputPixels: 300 * 300,
    source: `${V30} 63`,
    assumption: EARLY_STRIDES,
    build: () => efficientNetEdge(1.2, 1.4, 300),
  },
  {
    name: 'pt_facerec-resnet20_mixed_112_96_3.5G',
    family: 'SphereFace',
    fitted: false,
    framesPerSecond: 184.56,
    singleThreadFramesPerSecond: 179.9,
    inputPixels: 112 * 96,
    source: `${V25} 750`,
    build: () => faceResnet20(),
  },
];
