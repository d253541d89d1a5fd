import { describe, expect, test } from 'vitest';
import { PRESETS } from '../../core/network/presets.ts';
import { unwrap } from '../../core/result.ts';
import { initializeWeights } from '../../ml/initialize.ts';
import { readKeras } from './readKeras.ts';
import { writeKeras } from './writeKeras.ts';

const trained = PRESETS.filter((preset) => preset.purpose === 'train');

describe('a network written to .h5 and read again', () => {
  test.each(trained.map(({ id }) => id))('%s is the same, with the same weights', async (id) => {
    const preset = PRESETS.find((one) => one.id === id)!;
    const network = preset.build(preset.input, preset.classCount);
    const weights = initializeWeights(network, 5);
    const bytes = unwrap(await writeKeras(network, weights));
    const again = unwrap(await readKeras(bytes, `${id}.h5`));
    expect(again.notes).toEqual([]);
    expect(again.network).toEqual(network);
    expect(again.weights).toEqual(weights);
  });
});
