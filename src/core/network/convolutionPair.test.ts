import { expect, test } from 'vitest';
import { convolutionOf, separableCost, standardCost } from './convolutionCosts.ts';
import { convolutionPair } from './convolutionPair.ts';
import { networkCounts } from './counts.ts';
import { PRESETS } from './presets.ts';
import { geometryAt, geometryOf, inferGeometry } from './shapes.ts';

test('both networks of every convolution are valid, cost what the calculator says and give the same map', () => {
  for (const { id, build, input, classCount } of PRESETS) {
    const network = build(input, classCount);
    const geometry = geometryOf(network);
    for (const layer of network.layers) {
      if (layer.kind !== 'conv2d' && layer.kind !== 'depthwiseConv2d') continue;
      const at = geometryAt(geometry, layer.id);
      const { size } = convolutionOf(layer, at)!;
      const pair = convolutionPair(layer, at);
      const where = `${id} ${layer.id}`;
      expect(networkCounts(pair.standard), where).toMatchObject({ macCount: standardCost(size).macCount });
      expect(networkCounts(pair.separable), where).toMatchObject({ macCount: separableCost(size).macCount });
      for (const made of [pair.standard, pair.separable]) {
        const shapes = inferGeometry(made);
        expect(shapes.ok && shapes.value.get(made.layers.at(-1)!.id)?.ofm, where).toEqual(at.ofm);
      }
    }
  }
});
