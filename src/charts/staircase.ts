import type { Chart, StaircaseData, StaircaseOptions, Table } from './types.ts';

export function summary(data: StaircaseData): string {
  return data ? '' : '';
}

export function table(data: StaircaseData): Table {
  return { columns: [], rows: data ? [] : [] };
}

export function staircase(
  container: HTMLElement,
  data: StaircaseData,
  options: StaircaseOptions = {},
): Chart<StaircaseData, StaircaseOptions> {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  container.append(svg);
  void data;
  void options;
  return { svg, update: () => {}, highlight: () => {}, dispose: () => svg.remove() };
}
