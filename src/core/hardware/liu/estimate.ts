import type { Network } from '../../network/network.ts';
import { inferGeometry } from '../../network/shapes.ts';
import { formatCount, formatInteger } from '../../quantity.ts';
import { fail, ok, type Result } from '../../result.ts';
import type { Bound, CostTerm, HardwareReport, ReportRow } from '../report.ts';
import { costOf, type PassCost, TASKS, type Task } from './cost.ts';
import { activeMultipliers, type LiuOptions, type LiuSettings, liuSettings } from './engine.ts';
import { lowerToLiu } from './passes.ts';
import { liuResources } from './resources.ts';
import { liuViolations } from './rules.ts';

const BOUND_OF: Readonly<Record<Task, Bound>> = {
  inputMap: 'load',
  inputWeight: 'load',
  compute: 'compute',
  output: 'store',
};

const TERM_OF: Readonly<Record<Task, string>> = {
  inputMap: 'feature-map load',
  inputWeight: 'weight load',
  compute: 'compute',
  output: 'store',
};

const longestTask = ({ tasks }: PassCost): Task =>
  TASKS.reduce((longest, task) => (tasks[task] > tasks[longest] ? task : longest), 'compute');

/** Utilization: multiply-accumulates of a pass over those of all multipliers while the engine computes it. */
export function busyShare({ pass, tasks }: PassCost, { pk, pc, pf }: LiuSettings): number {
  return tasks.compute > 0 ? pass.macCount / (tasks.compute * pk * pc * pf) : 0;
}

function computeSentence(cost: PassCost, settings: LiuSettings): string {
  const { pass, tasks } = cost;
  if (pass.kind === 'outputUnit')
    return `The output unit passes ${settings.pc} channels of a pixel a cycle: ${formatInteger(tasks.compute)} cycles, in which the engine rests.`;
  const active = activeMultipliers(pass.kind, settings);
  const share = Math.round(100 * busyShare(cost, settings));
  const best = Math.round((100 * active) / (settings.pk * settings.pc * settings.pf));
  const name = pass.kind === 'dense' ? 'dense layer' : `${pass.kind} convolution`;
  return `Computing takes ${formatInteger(tasks.compute)} cycles and uses ${share} % of the multipliers; a ${name} can use ${best} %.`;
}

function sentenceOf(cost: PassCost, settings: LiuSettings): string {
  const { tasks, stripes } = cost;
  const wait = settings.overlap === 'all' ? 'the engine waits' : 'the engine rests meanwhile';
  const compute = formatInteger(tasks.compute);
  switch (longestTask(cost)) {
    case 'compute':
      return computeSentence(cost, settings);
    case 'inputWeight': {
      const again = stripes > 1 ? `, ${stripes} times because the map is cut into stripes,` : '';
      return `Loading ${formatCount(cost.weightBytes, 'B')} of weights${again} takes ${formatInteger(tasks.inputWeight)} cycles, computing ${compute}; ${wait}.`;
    }
    case 'inputMap':
      return `Loading ${formatCount(cost.loadBytes, 'B')} of maps that are not on chip takes ${formatInteger(tasks.inputMap)} cycles, computing ${compute}.`;
    case 'output':
      return `Storing ${formatCount(cost.storeBytes, 'B')} that do not fit on chip takes ${formatInteger(tasks.output)} cycles, computing ${compute}.`;
  }
}

/** The tasks of a row; unread windows are a part of the compute cycles. */
function termsOf(cost: PassCost): readonly CostTerm[] {
  const terms: CostTerm[] = TASKS.map((task) => ({ name: TERM_OF[task], cycles: cost.tasks[task] }));
  terms.push({
    name: 'of the compute, windows nobody reads',
    cycles: cost.tasks.compute - cost.idealCycles,
  });
  return terms.filter((term) => term.cycles > 0);
}

function toRow(cost: PassCost, settings: LiuSettings): ReportRow {
  const { pass, cycles, loadBytes, storeBytes, weightBytes } = cost;
  return {
    id: pass.layerIds.join('+'),
    layerIds: pass.layerIds,
    label: pass.id,
    engine: pass.kind === 'outputUnit' ? 'output unit' : pass.kind,
    cycles,
    bound: BOUND_OF[longestTask(cost)],
    // Written when it is read, as in the DPU's rows: formatting takes longer than the cycles.
    get boundSentence() {
      return sentenceOf(cost, settings);
    },
    terms: termsOf(cost),
    macCount: pass.macCount,
    trafficBytes: loadBytes + storeBytes + weightBytes,
  };
}

/**
 * One frame on the single-engine accelerator of Liu et al. 2024 (source 004; dpu.md, section 7), pass after
 * pass. Layers that `violations` names are counted as if the engine ran them. Resources are the published ones
 * of the published engine, and absent for any other.
 */
export function estimateLiu(network: Network, options: LiuOptions = {}): Result<HardwareReport> {
  const settings = liuSettings(options);
  if (!settings.ok) return settings;
  const geometry = inferGeometry(network);
  if (!geometry.ok) return geometry;
  const rows = costOf(lowerToLiu(network, geometry.value), settings.value).map((cost) =>
    toRow(cost, settings.value),
  );
  if (rows.length === 0)
    return fail(
      'nothing-to-run',
      `${network.name} has no layer that the engine computes; add a convolution.`,
    );
  const cycles = rows.reduce((sum, row) => sum + row.cycles, 0);
  const latencySeconds = cycles / settings.value.clockHertz;
  const resources = liuResources(settings.value);
  return ok({
    targetId: 'liu',
    clockHertz: settings.value.clockHertz,
    rows,
    schedule: 'sequential',
    initiationInterval: cycles,
    bottleneckId: rows.reduce((slowest, row) => (row.cycles > slowest.cycles ? row : slowest)).id,
    latencySeconds,
    throughputFps: 1 / latencySeconds,
    ...(resources ? { resources } : {}),
    violations: liuViolations(network, geometry.value),
  });
}
