import { useStore } from 'zustand';
import { comparePair } from '../../state/actions/keptRuns.ts';
import { jobStore } from '../../state/jobStore.ts';
import { imagesOf, runsStore, type TrainingRun } from '../../state/runsStore.ts';
import { comparisonSentences } from '../metrics/metricsText.ts';
import { Panel } from '../parts/Panel.tsx';
import { ScrollRegion } from '../parts/ScrollRegion.tsx';
import { useEntry } from '../useEntry.ts';
import { keyOf } from './curvesData.ts';
import { RunSign } from './RunSign.tsx';
import { differencesOf, verdictsOf } from './runDifferences.ts';

/** In what the chosen runs differ, and whether their accuracies surely do. */
export function DifferencePanel({ runs }: { runs: readonly TrainingRun[] }) {
  const rows = differencesOf(runs);
  return (
    <Panel
      title="Differences"
      subtitle={
        rows.length === 0
          ? 'the chosen runs have the same choices'
          : 'only the choices in which the chosen runs differ'
      }
    >
      {rows.length > 0 && (
        <ScrollRegion label="Choices in which the runs differ">
          <table className="differences">
            <thead>
              <tr>
                <th scope="col">Choice</th>
                {runs.map((run, place) => (
                  <th key={run.id} scope="col" title={run.name}>
                    <RunSign place={place} />
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {rows.map(({ field, values }) => (
                <tr key={field}>
                  <th scope="row">{field}</th>
                  {runs.map((run, place) => (
                    <td key={run.id}>{values[place]}</td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </ScrollRegion>
      )}
      <Verdicts runs={runs} />
    </Panel>
  );
}

function Verdicts({ runs }: { runs: readonly TrainingRun[] }) {
  const { design } = useEntry();
  const paired = useStore(runsStore, (state) => state.paired);
  const isBusy = useStore(jobStore, ({ jobs }) => jobs.length > 0);
  const images = imagesOf(design.data);
  const verdicts = verdictsOf(
    runs,
    runs.map((_, place) => keyOf(place)),
  );
  if (verdicts.length === 0)
    return <p className="chart-note">Accuracies are compared once two of the runs have ended.</p>;
  return (
    <ul className="verdicts">
      {verdicts.map(({ first, second, sentence }) => {
        const [better, other] = [runs[first], runs[second]];
        if (!better || !other) return null;
        const both = [better, other];
        const canAsk = both.every((run) => run.modelId !== null && imagesOf(run.design.data) === images);
        const isAsked =
          paired?.firstId === other.id && paired.secondId === better.id && paired.images === images;
        return (
          <li key={other.id}>
            <p>
              {isAsked
                ? comparisonSentences(paired.comparison, keyOf(second), keyOf(first)).join(' ')
                : sentence}
            </p>
            {!isAsked && canAsk && (
              <button
                type="button"
                className="small"
                disabled={isBusy}
                title="Ask both models about every validation image: sharper than two separate intervals (McNemar)"
                onClick={() => void comparePair(other.id, better.id)}
              >
                {`Compare ${keyOf(first)} and ${keyOf(second)} image by image`}
              </button>
            )}
          </li>
        );
      })}
    </ul>
  );
}
