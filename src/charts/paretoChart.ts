import type { Chart, ParetoData, ParetoOptions, Table } from './types.ts';

export function summary(data: ParetoData): string {
  return data ? '' : '';
}

export function table(data: ParetoData): Table {
  return { columns: [], rows: data ? [] : [] };
}

export function paretoChart(
  container: HTMLElement,
  data: ParetoData,
  options: ParetoOptions = {},
): Chart<ParetoData, ParetoOptions> {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  container.append(svg);
  void data;
  void options;
  return { svg, update: () => {}, highlight: () => {}, dispose: () => svg.remove() };
}
