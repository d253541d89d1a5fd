import * as depth from '../../charts/depthStudy.ts';
import * as engine from '../../charts/engine.ts';
import * as schedule from '../../charts/gantt.ts';
import * as heat from '../../charts/heatmap.ts';
import * as roof from '../../charts/roofline.ts';
import * as sparse from '../../charts/sparsity.ts';
import * as sweep from '../../charts/sweepLines.ts';
import * as time from '../../charts/timeline.ts';

export const ROOFLINE = { draw: roof.roofline, summary: roof.summary, table: roof.table };
export const TIMELINE = { draw: time.timelineChart, summary: time.summary, table: time.table };
export const GANTT = { draw: schedule.gantt, summary: schedule.summary, table: schedule.table };
export const DEPTHS = { draw: depth.depthStudy, summary: depth.summary, table: depth.table };
export const SPARSITY = { draw: sparse.sparsityChart, summary: sparse.summary, table: sparse.table };
export const ENGINE = { draw: engine.engineDrawing, summary: engine.summary, table: engine.table };
export const HEATMAP = { draw: heat.heatmap, summary: heat.summary, table: heat.table };
export const SWEEP_LINES = { draw: sweep.sweepLines, summary: sweep.summary, table: sweep.table };
