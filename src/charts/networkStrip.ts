import type { Chart, StripData, StripOptions, Table } from './types.ts';

export function summary(data: StripData): string {
  return data ? '' : '';
}

export function table(data: StripData): Table {
  return { columns: [], rows: data ? [] : [] };
}

export function networkStrip(
  container: HTMLElement,
  data: StripData,
  options: StripOptions = {},
): Chart<StripData, StripOptions> {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  container.append(svg);
  void data;
  void options;
  return { svg, update: () => {}, highlight: () => {}, dispose: () => svg.remove() };
}
