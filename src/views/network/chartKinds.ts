import * as histo from '../../charts/histogram.ts';
import * as kernel from '../../charts/kernels.ts';
import * as graph from '../../charts/networkGraph.ts';

export const NETWORK_GRAPH = { draw: graph.networkGraph, summary: graph.summary, table: graph.table };
export const HISTOGRAM = { draw: histo.histogram, summary: histo.summary, table: histo.table };
export const KERNELS = { draw: kernel.kernels, summary: kernel.summary, table: kernel.table };
