import { expect, test } from 'vitest';
import { PRESETS, presetById } from './presets.ts';
import { trainingAdvice } from './trainingAdvice.ts';

const advise = (id: string, imageCount = 1600) => {
  const preset = presetById(id)!;
  return trainingAdvice(preset.build(preset.input, preset.classCount), imageCount);
};

test('networks meant for training get no advice against it', () => {
  for (const { id, purpose } of PRESETS)
    if (purpose === 'train') expect([id, advise(id)]).toEqual([id, null]);
});

test('detectors, maps, many weights and long epochs are told, each with its reason', () => {
  expect(advise('vgg-ssd300')).toMatch(/outputs, as detectors have/);
  expect(advise('tiny-yolo-v2')).toMatch(/ends in a map of 13x13/);
  expect(advise('vgg-16')).toMatch(/138 million weights/);
  expect(advise('resnet-50-v1', 60_000)).toMatch(/about \d+ hours on two CPU cores/);
});
