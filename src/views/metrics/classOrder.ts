import type { MetricsReport } from '../../core/training/metricsReport.ts';

export type ClassRow = MetricsReport['classes'][number];

export interface ClassColumn {
  readonly name: string;
  readonly title: string;
  readonly value: (row: ClassRow) => number | null;
  readonly whole?: true;
}

export const CLASS_COLUMNS: readonly ClassColumn[] = [
  { name: 'Images', title: 'Support: images of this class', value: ({ support }) => support, whole: true },
  {
    name: 'Predicted',
    title: 'Images taken for this class',
    value: ({ predictedCount }) => predictedCount,
    whole: true,
  },
  {
    name: 'Precision',
    title: 'Share of the images taken for this class that are of it',
    value: ({ precision }) => precision,
  },
  {
    name: 'Recall',
    title: 'Share of the images of this class that were recognized',
    value: ({ recall }) => recall,
  },
  { name: 'F1', title: 'Harmonic mean of precision and recall', value: ({ f1 }) => f1 },
  {
    name: 'AP',
    title: 'Average precision: images ranked by the probability of this class',
    value: ({ averagePrecision }) => averagePrecision,
  },
];

export interface ClassOrder {
  readonly name: string;
  readonly direction: 'ascending' | 'descending';
}

/** A click on the same column goes from the least first, the worst classes, over the greatest back to the classes' order. */
export function nextClassOrder(order: ClassOrder | null, name: string): ClassOrder | null {
  if (order?.name !== name) return { name, direction: 'ascending' };
  return order.direction === 'ascending' ? { name, direction: 'descending' } : null;
}

/** What has no value stays at the end in both directions. */
export function classesInOrder(rows: readonly ClassRow[], order: ClassOrder | null): readonly ClassRow[] {
  const column = CLASS_COLUMNS.find(({ name }) => name === order?.name);
  if (!order || !column) return rows;
  const sign = order.direction === 'ascending' ? 1 : -1;
  return rows.toSorted((a, b) => {
    const [first, second] = [column.value(a), column.value(b)];
    if (first === null || second === null) return Number(first === null) - Number(second === null);
    return sign * (first - second) || a.label - b.label;
  });
}
