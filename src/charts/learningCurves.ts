import type { Chart, LearningData, LearningOptions, Table } from './types.ts';

export function summary(data: LearningData): string {
  return data ? '' : '';
}

export function table(data: LearningData): Table {
  return { columns: [], rows: data ? [] : [] };
}

export function learningCurves(
  container: HTMLElement,
  data: LearningData,
  options: LearningOptions = {},
): Chart<LearningData, LearningOptions> {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  container.append(svg);
  void data;
  void options;
  return { svg, update: () => {}, highlight: () => {}, dispose: () => svg.remove() };
}
