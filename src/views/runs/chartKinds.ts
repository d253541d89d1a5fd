import * as runs from '../../charts/runCurves.ts';

export const RUN_CURVES = { draw: runs.runCurves, summary: runs.summary, table: runs.table };
