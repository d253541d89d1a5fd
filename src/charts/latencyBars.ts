import type { Chart, LatencyData, LatencyOptions, Table } from './types.ts';

export function summary(data: LatencyData): string {
  return data ? '' : '';
}

export function table(data: LatencyData): Table {
  return { columns: [], rows: data ? [] : [] };
}

export function latencyBars(
  container: HTMLElement,
  data: LatencyData,
  options: LatencyOptions = {},
): Chart<LatencyData, LatencyOptions> {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  container.append(svg);
  void data;
  void options;
  return { svg, update: () => {}, highlight: () => {}, dispose: () => svg.remove() };
}
