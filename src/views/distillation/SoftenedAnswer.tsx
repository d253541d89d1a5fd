import { useEffect, useMemo, useState } from 'react';
import { useStore } from 'zustand';
import { formatPercent } from '../../core/quantity.ts';
import { measureModels } from '../../state/actions/distillation.ts';
import { requestPictures } from '../../state/actions/metrics.ts';
import { dataStore } from '../../state/dataStore.ts';
import { distillationStore, measuredOf } from '../../state/distillationStore.ts';
import { dataKeyOf, metricsStore } from '../../state/metricsStore.ts';
import type { Prediction } from '../../workers/protocol.ts';
import { ImageStrip } from '../data/ImageStrip.tsx';
import { namesFor } from '../metrics/metricsText.ts';
import { useEntry } from '../useEntry.ts';
import { mostTelling, softenedRows } from './softenedRows.ts';
import type { TeacherRow } from './teacherRows.ts';
import { useTraining } from './useTraining.ts';

/** Classes that are shown. */
const MOST_CLASSES = 6;

interface SoftenedAnswerProps {
  readonly teachers: readonly TeacherRow[];
  readonly temperature: number;
}

/** What the teachers say of one validation image, as it is and at the chosen temperature. */
export function SoftenedAnswer({ teachers, temperature }: SoftenedAnswerProps) {
  const { design } = useEntry();
  const dataKey = dataKeyOf(design.data);
  const measured = useStore(distillationStore, (state) => state.measured);
  const ready = useStore(dataStore, (state) => state.data.status === 'ready');
  const busy = useTraining();
  const predictions = useMemo(
    () => teachers.flatMap(({ model }) => measuredOf(measured, model, dataKey) ?? []),
    [teachers, measured, dataKey],
  );
  if (teachers.length === 0)
    return <p className="hint">Choose a teacher to see what it says of an image at this temperature.</p>;
  if (predictions.length < teachers.length)
    return (
      <p className="hint">
        What temperature does is shown on a validation image.{' '}
        <button
          type="button"
          disabled={busy || !ready}
          onClick={() => void measureModels(teachers.map(({ model }) => model))}
        >
          {teachers.length === 1 ? 'Ask the teacher' : 'Ask the teachers'}
        </button>
      </p>
    );
  return <Answer predictions={predictions} temperature={temperature} dataKey={dataKey} />;
}

interface AnswerProps {
  readonly predictions: readonly Prediction[];
  readonly temperature: number;
  readonly dataKey: string;
}

function Answer({ predictions, temperature, dataKey }: AnswerProps) {
  const telling = useMemo(() => mostTelling(predictions), [predictions]);
  const [chosen, setChosen] = useState<{ of: readonly Prediction[]; position: number } | null>(null);
  const position = chosen?.of === predictions ? chosen.position : telling;
  const classNames = useStore(dataStore, ({ data }) =>
    data.status === 'ready' ? data.data.classNames : null,
  );
  const { labels, indices, classCount } = predictions[0] as Prediction;
  const names = namesFor(classNames ?? [], classCount);
  const index = indices[position] as number;
  useEffect(() => {
    void requestPictures([index]);
  }, [index]);
  const pictures = useStore(metricsStore, (state) => state.pictures);
  const pixels = pictures?.dataKey === dataKey ? pictures.byIndex.get(index) : undefined;
  const { rows, spreadPlain, spreadSoftened } = useMemo(
    () => softenedRows(predictions, position, temperature),
    [predictions, position, temperature],
  );
  const truth = names[labels[position] as number] ?? '';
  const move = (by: number) =>
    setChosen({ of: predictions, position: (position + by + labels.length) % labels.length });
  const who = predictions.length === 1 ? 'The teacher' : `The ${predictions.length} teachers`;
  return (
    <div className="softened">
      <div className="softened-image">
        {pictures && pixels ? (
          <ImageStrip images={[pixels]} image={pictures.image} label={`An image of ${truth}`} />
        ) : (
          <span className="picture-waiting" />
        )}
        <span>
          <b>{truth}</b>
          <span className="hint">
            validation image {position + 1} of {labels.length}
          </span>
          <span className="softened-moves">
            <button type="button" className="quiet small" onClick={() => move(-1)}>
              Previous image
            </button>
            <button type="button" className="quiet small" onClick={() => move(1)}>
              Next image
            </button>
          </span>
        </span>
      </div>
      <table className="softened-table">
        <caption className="visually-hidden">
          Softened answer: {who} about an image of {truth}
        </caption>
        <thead>
          <tr>
            <th scope="col">Class</th>
            <th scope="col" className="number">
              T = 1
            </th>
            <th scope="col" className="number">
              T = {temperature}
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.slice(0, MOST_CLASSES).map(({ label, plain, softened }) => (
            <tr key={label}>
              <th scope="row">{names[label]}</th>
              <Share value={plain} />
              <Share value={softened} />
            </tr>
          ))}
        </tbody>
      </table>
      <p className="hint">
        As uncertain as a guess among {spreadPlain.toFixed(2)} classes at T = 1 and{' '}
        {spreadSoftened.toFixed(2)} at T = {temperature}: the warmer, the more the student hears of what an
        image resembles.
      </p>
    </div>
  );
}

/** A share as a number with a bar under it. */
function Share({ value }: { value: number }) {
  return (
    <td className="number">
      {formatPercent(value, value < 0.1 ? 2 : 1)}
      <span className="share-bar" aria-hidden="true" style={{ inlineSize: `${100 * value}%` }} />
    </td>
  );
}
