import type { LabeledImages } from '../../core/data/labeledImages.ts';
import { createRandom } from '../../core/random.ts';

/** Two classes that only a convolution tells apart: noisy horizontal and vertical stripes. */
export function stripes(count: number, size = 12, channels = 1, seed = 3): LabeledImages {
  const random = createRandom(seed);
  const pixels = new Uint8Array(count * size * size * channels);
  const labels = Uint8Array.from({ length: count }, (_, i) => i % 2);
  let at = 0;
  for (let image = 0; image < count; image++) {
    const phase = random.integer(4);
    for (let y = 0; y < size; y++) {
      for (let x = 0; x < size; x++) {
        const along = labels[image] === 0 ? y : x;
        const value = ((along + phase) % 4 < 2 ? 60 : 190) + 25 * random.normal();
        for (let c = 0; c < channels; c++) pixels[at++] = Math.max(0, Math.min(255, value));
      }
    }
  }
  return {
    name: 'stripes',
    synthetic: true,
    image: { height: size, width: size, channels },
    classNames: ['horizontal', 'vertical'],
    pixels,
    labels,
  };
}
