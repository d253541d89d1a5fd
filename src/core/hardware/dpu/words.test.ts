import { expect, test } from 'vitest';
import { NetworkBuilder } from '../../network/builder.ts';
import { unwrap } from '../../result.ts';
import { estimateDpu } from './estimate.ts';

function sentences(extent: number, channels: number, write: (b: NetworkBuilder) => unknown): string[] {
  const b = new NetworkBuilder('test', { height: extent, width: extent, channels });
  write(b);
  const report = unwrap(estimateDpu(b.build(), { architecture: 'B4096', clockHertz: 300e6 }));
  return report.rows.map((row) => row.boundSentence);
}

test('channels and rows that are rounded up are named: 58 filters cost as much as 64', () => {
  expect(sentences(60, 58, (b) => b.conv(58, 3))).toEqual([
    'Computing takes 69.1 k cycles: 58 output channels cost as much as 64, 58 input lanes as much as 64 and 60 rows as much as 64.',
  ]);
  expect(sentences(64, 64, (b) => b.conv(64, 3))).toEqual(['Computing takes 73.7 k cycles.']);
});

test('merged kernel columns are said with the lanes they fill', () => {
  expect(sentences(128, 3, (b) => b.conv(96, 7))[0]).toContain(
    '21 input lanes (3 channels of 7 kernel columns) cost as much as 32',
  );
});

test('loading, taking turns, the ALU and starting are each said with their numbers', () => {
  expect(sentences(1, 512, (b) => b.dense(1024))).toEqual([
    'Loading 524 kB of weights and 512 B of feature maps takes 21 k cycles, longer than the 2.05 k of computing.',
  ]);
  expect(sentences(7, 512, (b) => b.conv(64, 7, { padding: 'valid' }))[0]).toContain('take turns');
  expect(sentences(64, 20, (b) => b.depthwise(5))).toEqual([
    'The ALU computes for 51.7 k cycles: 20 channels cost as much as 32.',
  ]);
  expect(sentences(4, 16, (b) => b.conv(16, 1))[0]).toMatch(
    /^Starting the layer takes 2,250 of its 2,\d\d\d/,
  );
});
