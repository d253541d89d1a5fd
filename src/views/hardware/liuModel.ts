import type { GanttData } from '../../charts/types.ts';
import type { HardwareChoice } from '../../core/exploration/design.ts';
import { clockOf } from '../../core/hardware/estimate.ts';
import { type Allocation, allocateBuffers, savedShortcutTransfers } from '../../core/hardware/liu/buffers.ts';
import { costOf, type PassCost, TASKS, type Task } from '../../core/hardware/liu/cost.ts';
import { type LiuSettings, liuSettings } from '../../core/hardware/liu/engine.ts';
import { lowerToLiu } from '../../core/hardware/liu/passes.ts';
import { schedulePass } from '../../core/hardware/liu/schedule.ts';
import type { Network } from '../../core/network/network.ts';
import { ok, type Result } from '../../core/result.ts';

export const TASK_NAMES: Readonly<Record<Task, string>> = {
  inputMap: 'input map',
  inputWeight: 'weights',
  compute: 'compute',
  output: 'output',
};

/** A network on the engine, pass by pass. */
export interface LiuRun {
  readonly settings: LiuSettings;
  readonly costs: readonly PassCost[];
  readonly allocations: readonly Allocation[];
  /** Of shortcuts that stay on chip, a frame (eq. 1). */
  readonly savedBytes: number;
  readonly savedSeconds: number;
}

export function runLiu(network: Network, hardware: HardwareChoice): Result<LiuRun> {
  const settings = liuSettings({ ...hardware.liu, clockHertz: clockOf('liu', hardware) });
  if (!settings.ok) return settings;
  const lowered = lowerToLiu(network);
  const { allocations, places } = allocateBuffers(lowered, settings.value);
  const saved = savedShortcutTransfers(lowered, places, settings.value);
  return ok({
    settings: settings.value,
    costs: costOf(lowered, settings.value),
    allocations,
    savedBytes: saved.reduce((sum, { bytes }) => sum + bytes, 0),
    savedSeconds: saved.reduce((sum, { seconds }) => sum + seconds, 0),
  });
}

/** One pass as bars: a lane a task, a bar a block. */
export function ganttOf(cost: PassCost, { overlap }: LiuSettings): { data: GanttData; note: string } {
  const schedule = schedulePass(cost, overlap);
  const { intervals, omitted, periodCycles, serialCycles } = schedule;
  const round = (cycles: number) => Math.round(cycles).toLocaleString('en-US');
  return {
    data: {
      lanes: TASKS.map((task) => ({ id: task, label: TASK_NAMES[task], layerIds: cost.pass.layerIds })),
      kinds: TASKS.map((task) => ({ id: task, label: TASK_NAMES[task] })),
      bars: intervals.map(({ task, block, startCycle, endCycle }) => ({
        laneId: task,
        kind: task,
        start: startCycle,
        end: endCycle,
        label: `block ${block}`,
      })),
      unit: 'cycles',
      end: Math.max(1, ...intervals.map(({ endCycle }) => endCycle)),
    },
    note: `A block takes ${round(periodCycles)} cycles once the pipeline is full, ${round(serialCycles)} if its tasks waited for each other. ${omitted ?? ''}`,
  };
}
