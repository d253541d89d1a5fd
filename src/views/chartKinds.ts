import * as apoz from '../charts/apozChart.ts';
import * as bars from '../charts/latencyBars.ts';
import * as learning from '../charts/learningCurves.ts';
import * as strip from '../charts/networkStrip.ts';
import * as pareto from '../charts/paretoChart.ts';
import * as stairs from '../charts/staircase.ts';

export const APOZ = { draw: apoz.apozChart, summary: apoz.summary, table: apoz.table };
export const BARS = { draw: bars.latencyBars, summary: bars.summary, table: bars.table };
export const LEARNING = { draw: learning.learningCurves, summary: learning.summary, table: learning.table };
export const STRIP = { draw: strip.networkStrip, summary: strip.summary, table: strip.table };
export const PARETO = { draw: pareto.paretoChart, summary: pareto.summary, table: pareto.table };
export const STAIRS = { draw: stairs.staircase, summary: stairs.summary, table: stairs.table };
