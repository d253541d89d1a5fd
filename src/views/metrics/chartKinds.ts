import * as matrix from '../../charts/confusionMatrix.ts';
import * as reliable from '../../charts/reliability.ts';

export const CONFUSION = { draw: matrix.confusionMatrix, summary: matrix.summary, table: matrix.table };
export const RELIABILITY = { draw: reliable.reliability, summary: reliable.summary, table: reliable.table };
