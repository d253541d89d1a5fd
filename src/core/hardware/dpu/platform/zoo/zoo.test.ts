import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { dpuArchitecture } from '../../architectures.ts';
import { DPU_CONSTANTS } from '../../cost.ts';
import { simulateDpu } from '../../model.ts';
import { type DpuOp, opMacCount } from '../../ops.ts';
import { inceptionV1, squeezeNet, vgg16 } from './classics.ts';
import { efficientNetEdge, mobileNetV1, mobileNetV2 } from './mobileNets.ts';
import { bottleneckResnet, faceResnet20, resnet18 } from './resnets.ts';

const gops = (ops: readonly DpuOp[]) => (2 * ops.reduce((sum, op) => sum + opMacCount(op), 0)) / 1e9;
const milliseconds = (ops: readonly DpuOp[]) => {
  const cycles = simulateDpu(ops, dpuArchitecture('B4096')).reduce((sum, row) => sum + row.cycles, 0);
  return 1e3 * (cycles / 300e6 + DPU_CONSTANTS.runSeconds);
};

const path = join(import.meta.dirname, '../../../../../../../shared/reference/dpu_model_reference.json');

test.skipIf(!existsSync(path)).each([
  ['resnet50_tf', bottleneckResnet(50, 'last')],
  ['vgg16', vgg16()],
  ['mobilenetv1_1.0_224', mobileNetV1()],
  ['mobilenetv2_1.0_224', mobileNetV2()],
  ['inceptionv1_k3', inceptionV1(3)],
  ['squeezenet1.1_224', squeezeNet()],
  ['resnet18', resnet18()],
])('%s: the built table takes the cycles of the reference table', (name, ops) => {
  const { ref, gops: operations } = JSON.parse(readFileSync(path, 'utf8'))[name];
  expect(gops(ops) / operations).toBeCloseTo(1, 4);
  expect(milliseconds(ops) / ref['B4096@300'].ms).toBeCloseTo(1, 6);
});

/** The operations in the zoo's names; MobileNets count in 2 x MAC too. */
test.each([
  ['resnet50 6.97G', bottleneckResnet(50, 'last'), 6.97],
  ['resnet50 7.7G', bottleneckResnet(50, 'first'), 7.7],
  ['mlperf_resnet50 8.19G', bottleneckResnet(50, 'middle'), 8.19],
  ['facerec-resnet20 3.5G', faceResnet20(), 3.5],
  ['efficientnet-edgetpu-S 4.72G', efficientNetEdge(1, 1, 224, 'projection'), 4.72],
  ['efficientnet-edgetpu-M 7.34G', efficientNetEdge(1, 1.1, 240, 'projection'), 7.34],
  ['efficientnet-edgetpu-L 19.36G', efficientNetEdge(1.2, 1.4, 300, 'projection'), 19.36],
  ['mobilenetv1_0.25 27M', mobileNetV1(0.25, 128), 0.027],
  ['mobilenetv1_0.5 150M', mobileNetV1(0.5, 160), 0.15],
  ['mobilenetv2_1.4 1.16G', mobileNetV2(1.4), 1.16],
  ['vgg16 30.96G', vgg16(), 30.96],
  ['inceptionv1 3G', inceptionV1(3), 3],
  ['inceptionv1 3.16G', inceptionV1(5), 3.16],
])('%s has the operations of its name', (_, ops, expected) => {
  expect(Math.abs(gops(ops) / expected - 1)).toBeLessThan(0.03);
});

test('the early strides of EfficientNet-EdgeTPU change no output shape', () => {
  const outputs = (at: 'projection' | 'expansion') =>
    efficientNetEdge(1.2, 1.4, 300, at)
      .filter((op) => op.kind === 'add' || op.kind === 'depthwise')
      .map((op) => op.ofm);
  expect(outputs('expansion')).toEqual(outputs('projection'));
});
