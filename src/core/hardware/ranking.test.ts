import { expect, test } from 'vitest';
import { defaultDesign } from '../exploration/defaultDesign.ts';
import { PRESETS } from '../network/presets.ts';
import { runToEnd } from './finn/fifo/simulate.ts';
import { rankNetworks } from './ranking.ts';

const candidates = PRESETS.map(({ id, build, input, classCount }) => ({
  id,
  network: build(input, classCount),
}));

test('networks are ranked without a training step, and the order depends on the engine (SX-57)', () => {
  const ranking = runToEnd(rankNetworks(candidates, ['dpu-b512', 'dpu-b4096'], defaultDesign().hardware));
  expect(ranking).toHaveLength(PRESETS.length);
  const latencies = ranking.map(({ latencySeconds }) => latencySeconds[0]!);
  expect(latencies).toEqual([...latencies].sort((a, b) => a - b));
  const swapped = ranking.filter(({ ranks }) => ranks[0] !== ranks[1]);
  expect(swapped.length).toBeGreaterThanOrEqual(2);
});

test('a target that can run nothing has no ranks, and the others keep theirs', () => {
  const [first] = runToEnd(
    rankNetworks(candidates.slice(0, 2), ['dpu-b4096', 'no-such-target'], defaultDesign().hardware),
  );
  expect(first!.ranks).toEqual([1, null]);
});
