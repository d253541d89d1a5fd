import { BatchBins } from './batchBins.ts';
import { createFrame, put } from './frame.ts';
import { lastEpochOf, summary } from './learningModel.ts';
import { createPanel, type PanelKind } from './learningPanel.ts';
import type { Chart, LearningData, LearningOptions } from './types.ts';

export { summary, table } from './learningModel.ts';

/** Below this width the panels stand one above the other. */
const SIDE_BY_SIDE = 460;

const LOSS: PanelKind = {
  name: 'Loss',
  axis: 'loss (faint: each batch)',
  marksAt: 'top',
  train: (point) => point.trainLoss,
  validation: (point) => point.validationLoss,
  domain: (data, batchTop) => [
    0,
    Math.max(0.01, batchTop, ...data.epochs.flatMap((point) => [point.trainLoss, point.validationLoss ?? 0])),
  ],
  unit: '',
};

const ACCURACY: PanelKind = {
  name: 'Accuracy',
  axis: 'accuracy (%)',
  marksAt: 'bottom',
  train: (point) => 100 * point.trainAccuracy,
  validation: (point) => (point.validationAccuracy === null ? null : 100 * point.validationAccuracy),
  domain: (data) => {
    if (data.epochs.length === 0) return [0, 100];
    const shares = data.epochs.flatMap((point) => [point.trainAccuracy, point.validationAccuracy ?? 1]);
    return [Math.max(0, Math.floor(10 * Math.min(1, ...shares)) * 10), 100];
  },
  unit: ' %',
};

export function learningCurves(
  container: HTMLElement,
  first: LearningData,
  firstOptions: LearningOptions = {},
): Chart<LearningData, LearningOptions> {
  let data = first;
  let options = firstOptions;
  const frame = createFrame(container, { kind: 'learning', minHeight: 200 }, () => draw());
  const panels = frame.group('panels');
  const loss = createPanel(frame, panels, LOSS);
  const accuracy = createPanel(frame, panels, ACCURACY);
  const bins = new BatchBins();

  function draw(): void {
    frame.describe(options.label ?? 'Learning curves', summary(data));
    frame.empty(data.epochs.length === 0 && data.batchLosses.length === 0 ? data.empty : null);
    const beside = frame.width >= SIDE_BY_SIDE;
    const width = beside ? frame.width / 2 - 6 : frame.width;
    const height = beside ? frame.height : Math.max(170, frame.height / 2);
    frame.resize(frame.width, beside ? height : 2 * height);
    frame.scroller.style.overflowY = !beside && 2 * height > frame.height ? 'auto' : '';
    const total = Math.max(1, data.batchesPerEpoch) * lastEpochOf(data);
    // One column a pixel; the panel's margins are known only after its axes are, so a little finer is fine.
    bins.update(data.batchLosses, total, Math.max(1, Math.round(columns(width))));
    const place = loss.draw(data, { x: 0, y: 0, width, height }, bins.highestMean());
    put(loss.batches, 'd', bins.path(place.left, place.y));
    put(
      loss.batches,
      'transform',
      stretch(place.left, place.width / Math.max(1, Math.round(columns(width)))),
    );
    accuracy.draw(
      data,
      beside ? { x: width + 12, y: 0, width, height } : { x: 0, y: height, width, height },
      0,
    );
  }

  draw();
  return {
    svg: frame.svg,
    update(next, changes) {
      data = next;
      options = { ...options, ...changes };
      draw();
    },
    highlight() {}, // no layer in these curves
    dispose: frame.dispose,
  };
}

const columns = (width: number): number => Math.max(60, width - 110);

const stretch = (left: number, factor: number): string =>
  `translate(${left * (1 - factor)},0) scale(${factor},1)`;
