import { defaultDesign } from '../src/core/exploration/defaultDesign.ts';
import { estimate } from '../src/core/hardware/estimate.ts';
import { PRESETS } from '../src/core/network/presets.ts';

/** Full estimates a second on one thread, by preset and target. */
export function measureSimulator(): Record<string, number> {
  const { hardware } = defaultDesign();
  const speeds: Record<string, number> = {};
  for (const preset of PRESETS) {
    const network = preset.build(preset.input, 10);
    for (const target of ['dpu-b4096', 'finn']) {
      const run = () => estimate(network, target, hardware);
      for (let i = 0; i < 20; i++) run();
      const started = performance.now();
      let count = 0;
      while (performance.now() - started < 400) {
        run();
        count++;
      }
      speeds[`${preset.id} on ${target}`] = Math.round((1000 * count) / (performance.now() - started));
    }
  }
  return speeds;
}
