import { expect, test } from 'vitest';
import { areImages } from './imageFiles.ts';

const file = (name: string, text = '') => new File([text], name);

test.each<readonly [string, boolean, readonly File[]]>([
  ['pictures', true, [file('1.png'), file('notes.txt')]],
  ['pictures of older kinds', true, [file('1.bmp'), file('2.GIF')]],
  ['batches', true, [file('data_batch_1'), file('batches.meta')]],
  ['sets and archives together', true, [file('fruit.zip', 'PK Apple/1.png'), file('test_batch.bin')]],
  ['an archive and its table', true, [file('labels.csv'), file('fruit.zip', 'PK Apple/1.png')]],
  ['a kept set', true, [file('mine.sweetset')]],
  ['a table of layers', false, [file('layers.csv')]],
  ['a model of TensorFlow.js', false, [file('model.json'), file('group1-shard1of1.bin')]],
  ['a model in a zip', false, [file('model.zip', 'PK model.json')]],
  ['nothing', false, []],
])('%s: %s', async (_, expected, files) => {
  expect(await areImages(files)).toBe(expected);
});
