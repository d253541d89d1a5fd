import { useMemo } from 'react';
import * as rate from '../../charts/rateChart.ts';
import type { RateData } from '../../charts/rateModel.ts';
import type { Recipe } from '../../core/exploration/design.ts';
import { formatInteger } from '../../core/quantity.ts';
import { stepsPerEpochOf } from '../../core/training/phases.ts';
import { rateCurve } from '../../core/training/schedule.ts';
import type { LearningCurves } from '../../state/modelStore.ts';
import { ChartPanel } from '../parts/ChartPanel.tsx';

const RATE = { draw: rate.rateChart, summary: rate.summary, table: rate.table };

interface RatePanelProps {
  readonly recipe: Recipe;
  readonly trainImageCount: number;
  /** Epochs of the run in progress, which are marked. */
  readonly trained: LearningCurves['epochs'];
  /** Batches an epoch, once that run tells. */
  readonly measuredSteps: number | null;
}

function rateData({ recipe, trainImageCount, trained, measuredSteps }: RatePanelProps): RateData {
  const stepsPerEpoch = measuredSteps ?? stepsPerEpochOf(recipe, trainImageCount);
  const taken = trained.flatMap(({ epoch, learningRate }) =>
    learningRate === undefined ? [] : [{ epoch: epoch - 1 / stepsPerEpoch, rate: learningRate }],
  );
  return { planned: rateCurve(recipe, stepsPerEpoch), taken, epochs: recipe.epochs, stepsPerEpoch };
}

/** The learning rate that the recipe in the form plans, over its epochs, and how many iterations those are. */
export function RatePanel({ recipe, trainImageCount, trained, measuredSteps }: RatePanelProps) {
  const data = useMemo(
    () => rateData({ recipe, trainImageCount, trained, measuredSteps }),
    [recipe, trainImageCount, trained, measuredSteps],
  );
  const iterations = data.epochs * data.stepsPerEpoch;
  return (
    <ChartPanel
      title="Rate schedule"
      subtitle={`${formatInteger(data.epochs)} x ${formatInteger(data.stepsPerEpoch)} = ${formatInteger(iterations)} iterations`}
      kind={RATE}
      data={data}
      fileName="rate-schedule"
      className="wide-chart short"
    />
  );
}
