import { networkCounts } from '../../network/counts.ts';
import { mobilenetV2Ssd1024, mobilenetV2Ssd1024Pruned } from '../../network/presets/detection.ts';
import { unwrap } from '../../result.ts';
import { estimateDpu } from '../dpu/estimate.ts';
import type { DpuArchitectureName } from '../targets.ts';
import { compared, section, type ValidationCase, type ValidationSection } from './sections.ts';

const INPUT = { height: 1024, width: 1024, channels: 3 };
/** Logo and background. */
const CLASS_COUNT = 2;
const CLOCK_HERTZ = 325e6;
const SOURCE = 'source 000, section 7';
const NETWORK =
  'The network is ours: the source gives 12 blocks, at most 512 filters and 880,124 parameters, but no layer table.';

/**
 * The experiment of the first document: a logo detector at 1024x1024 on B512 and B4096, before and after pruning.
 * Errors of shares are differences of percentage points over the published ones, as elsewhere.
 */
export function solectrixSection(): ValidationSection {
  const whole = mobilenetV2Ssd1024(INPUT, CLASS_COUNT);
  const pruned = mobilenetV2Ssd1024Pruned(INPUT, CLASS_COUNT);
  const ms = (network: typeof whole, architecture: DpuArchitectureName) =>
    1e3 * unwrap(estimateDpu(network, { architecture, clockHertz: CLOCK_HERTZ })).latencySeconds;
  const parameters = [whole, pruned].map((network) => networkCounts(network).parameterCount);
  const [b512, b4096, after] = [ms(whole, 'B512'), ms(whole, 'B4096'), ms(pruned, 'B4096')];
  const lost = 100 * (1 - (parameters[1] ?? 0) / (parameters[0] ?? 1));
  const cases: readonly ValidationCase[] = [
    compared('B512, whole network', b512, 68, 'ms', SOURCE, NETWORK),
    compared('B4096, whole network', b4096, 15, 'ms', SOURCE, NETWORK),
    compared(
      'B512 / B4096',
      b512 / b4096,
      4.5,
      'times',
      SOURCE,
      'The peak is 8 times as high: depthwise convolutions gain 4, memory 2.',
    ),
    compared(
      'Parameters pruned away',
      lost,
      12,
      '%',
      SOURCE,
      'The pruned widths are ours, as the network is.',
    ),
    compared(
      'Time saved on B4096',
      100 * (1 - after / b4096),
      7,
      '%',
      SOURCE,
      'Fewer parameters is not as much less time.',
    ),
  ];
  return section(
    'DPU B512 and B4096 at 325 MHz, the first document',
    'Nothing was fitted on these numbers.',
    cases,
  );
}
