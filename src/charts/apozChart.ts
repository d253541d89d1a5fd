import type { ApozData, ApozOptions, Chart, Table } from './types.ts';

export function summary(data: ApozData): string {
  return data ? '' : '';
}

export function table(data: ApozData): Table {
  return { columns: [], rows: data ? [] : [] };
}

export function apozChart(
  container: HTMLElement,
  data: ApozData,
  options: ApozOptions = {},
): Chart<ApozData, ApozOptions> {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  container.append(svg);
  void data;
  void options;
  return { svg, update: () => {}, highlight: () => {}, dispose: () => svg.remove() };
}
