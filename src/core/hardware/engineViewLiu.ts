import type { Network } from '../network/network.ts';
import { inferGeometry } from '../network/shapes.ts';
import { formatCount, formatInteger, formatPercent } from '../quantity.ts';
import { fail, ok, type Result } from '../result.ts';
import {
  activeCells,
  axisOf,
  type EngineAxis,
  type EngineBlock,
  type EngineView,
  lossSentence,
  present,
  rowBlock,
  scheduleSentence,
} from './engineViewParts.ts';
import { costOf, type PassCost } from './liu/cost.ts';
import { streamedPixels, type Work } from './liu/cycles.ts';
import { type LiuOptions, type LiuSettings, liuSettings, multiplierCount } from './liu/engine.ts';
import { busyShare } from './liu/estimate.ts';
import { lowerToLiu } from './liu/passes.ts';
import type { HardwareReport, ReportRow } from './report.ts';

/** Parts of a kernel's side that windows of `side` cover: 5 as 3 and 2. */
const partsOf = (length: number, side: number): readonly number[] =>
  Array.from({ length: Math.ceil(length / side) }, (_, i) => Math.min(side, length - i * side));

const LISTED = 6;

/** Taps of a standard kernel: square windows of PK taps, those at the edge smaller (LI-38). */
function windowAxis([height, width]: Work['kernelSize'], pk: number): EngineAxis {
  const side = Math.sqrt(pk);
  const rows = partsOf(height, side);
  const windows = rows.flatMap((rowTaps) => partsOf(width, side).map((taps) => rowTaps * taps));
  const [active = 0, used = 0] = [windows[0], windows.at(-1)];
  const listed = windows.slice(0, LISTED).join(', ');
  return {
    name: 'PK',
    size: pk,
    reach: pk,
    active,
    used,
    rounds: windows.length,
    count: height * width,
    unit: 'kernel taps',
    spread: windows.length > LISTED ? `${listed} ... in ${windows.length} windows` : listed,
  };
}

/**
 * Lanes by kind of layer (source 004, Fig. 4; LI-05): PK x PC x PF, with PV pixels instead of the PK taps of a
 * pointwise convolution and PD pixels instead of the PF filters of a depthwise one. Dense layers use one pixel
 * of PV. In every case all PK x PC x PF multipliers are there.
 */
export function liuAxes(work: Work, settings: LiuSettings): readonly EngineAxis[] {
  const { kind, ifm, ofm, kernelSize, pads, repeats } = work;
  const { pk, pv, pc, pf, pd, padding } = settings;
  const group = repeats > 1 && kind !== 'depthwise' ? ' of a group' : '';
  const inputs = axisOf('PC', `input channels${group}`, ifm.channels, pc);
  const filters = axisOf('PF', `filters${group}`, ofm.channels, pf);
  switch (kind) {
    case 'standard':
      return [windowAxis(kernelSize, pk), inputs, filters];
    case 'pointwise':
      return [axisOf('PV', 'pixels', ofm.height * ofm.width, pk, pv), inputs, filters];
    case 'depthwise':
      return [
        axisOf('PK', 'kernel taps', kernelSize[0] * kernelSize[1], pk),
        inputs,
        axisOf('PD', 'pixels', streamedPixels(ifm, pads, padding), pf, pd),
      ];
    case 'dense':
      return [axisOf('PV', 'pixels', 1, pk, 1), inputs, filters];
    case 'outputUnit':
      return [
        axisOf('PK', 'kernel taps', 0, pk),
        axisOf('PC', 'channels', 0, pc),
        axisOf('PF', 'filters', 0, pf),
      ];
  }
}

/** What the configurable adder tree of a filter sums (source 004, section 3.3, Fig. 6). */
function adderTreeDetail(kind: Work['kind'], { pk, pv, pc }: LiuSettings): string {
  switch (kind) {
    case 'standard':
      return `standard mode: one sum of ${pk * pc} products in each tree`;
    case 'pointwise':
      return `pointwise mode: ${pv} sums of ${pc} products in each tree`;
    case 'depthwise':
      return `depthwise mode: ${pc} sums of ${pk} products in each tree`;
    case 'dense':
      return `pointwise mode for one pixel: one sum of ${pc} products in each tree`;
    case 'outputUnit':
      return 'at rest';
  }
}

function blocksOf(row: ReportRow, cost: PassCost, settings: LiuSettings): readonly EngineBlock[] {
  const { pass, tasks, loadBytes, weightBytes, storeBytes } = cost;
  const moved = (bytes: number, cycles: number) =>
    `${formatCount(bytes, 'B')} in ${formatInteger(cycles)} cycles`;
  const computing = `${formatInteger(tasks.compute)} cycles`;
  const rests = pass.kind === 'outputUnit';
  return present([
    rowBlock(row, 'Map load', tasks.inputMap, `${moved(loadBytes, tasks.inputMap)}, from external memory`),
    rowBlock(
      row,
      'Weight load',
      tasks.inputWeight,
      `${moved(weightBytes, tasks.inputWeight)}, from external memory`,
    ),
    rowBlock(row, 'Reshape, engine', rests ? 0 : tasks.compute, computing),
    rowBlock(row, 'Adder trees', rests ? 0 : tasks.compute, adderTreeDetail(pass.kind, settings)),
    rowBlock(
      row,
      'Output unit',
      tasks.compute,
      rests
        ? `${computing}, the engine rests`
        : 'accumulates, adds shortcuts, quantizes and pools as sums come',
    ),
    rowBlock(row, 'Store', tasks.output, `${moved(storeBytes, tasks.output)}, to external memory`),
  ]);
}

/** One pass of the single engine of Liu et al. (source 004, Fig. 3 and 4; LI-04, LI-05). */
export function liuEngineView(
  network: Network,
  options: LiuOptions,
  report: HardwareReport,
  row: ReportRow,
): Result<EngineView> {
  const checked = liuSettings(options);
  if (!checked.ok) return checked;
  const settings = checked.value;
  const geometry = inferGeometry(network);
  if (!geometry.ok) return geometry;
  const costs = costOf(lowerToLiu(network, geometry.value), settings);
  const cost = costs.find(({ pass }) => pass.layerIds.join('+') === row.id);
  if (!cost)
    return fail('no-row', `${network.name} has no pass ${row.id} on the engine; choose another row.`, row.id);
  const axes = liuAxes(cost.pass, settings);
  const multipliers = multiplierCount(settings);
  const active = activeCells(axes);
  const busy = busyShare(cost, settings);
  const said =
    active === 0
      ? `The output unit works alone: all ${formatInteger(multipliers)} multipliers rest.`
      : `${formatInteger(active)} of ${formatInteger(multipliers)} multipliers work in a full round, ${formatPercent(busy, 0)} on average.`;
  const unread = cost.tasks.compute - cost.idealCycles;
  const windows =
    unread > 0.05 * cost.tasks.compute && active > 0
      ? ` ${formatPercent(unread / cost.tasks.compute, 0)} of the cycles compute windows that nobody reads.`
      : '';
  return ok({
    title: `Liu engine, ${row.engine}: ${axes.map(({ name, reach }) => `${name} ${reach}`).join(' × ')}`,
    axes,
    cell: 'multipliers',
    multipliers,
    activeCells: active,
    busyShare: busy,
    blocks: blocksOf(row, cost, settings),
    sentence: `${said}${windows} ${active > 0 ? `${lossSentence(axes)} ` : ''}${scheduleSentence(report, row)}`,
  });
}
