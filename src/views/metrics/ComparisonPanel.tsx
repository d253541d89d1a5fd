import { formatInteger } from '../../core/quantity.ts';
import type { PairedComparison } from '../../core/training/pairedComparison.ts';
import type { HeldPart } from '../../workers/protocol.ts';
import { Panel } from '../parts/Panel.tsx';
import { comparisonSentences } from './metricsText.ts';

interface ComparisonPanelProps {
  readonly comparison: PairedComparison;
  /** What was done to this model: "pruned". */
  readonly origin: string;
  readonly part: HeldPart;
}

/** Is this model really better or worse than the one it was made from? */
export function ComparisonPanel({ comparison, origin, part }: ComparisonPanelProps) {
  const [first, second] = ['the baseline', 'this model'];
  const [opening, ...others] = comparisonSentences(comparison, first, second, part);
  const cells = [
    ['Baseline right', comparison.bothRight, comparison.onlyFirst],
    ['Baseline wrong', comparison.onlySecond, comparison.bothWrong],
  ] as const;
  return (
    <Panel
      title="Against the baseline"
      subtitle={`${origin}; the same ${part} images`}
      className="span-all comparison"
    >
      <div className="comparison-columns">
        <p>
          <strong>{opening?.replace(/^t/, 'T')}</strong> {others.join(' ')}
        </p>
        <table aria-label="Images that both, one or none of them has right">
          <thead>
            <tr>
              <th scope="col">Images</th>
              <th scope="col" className="number">
                This right
              </th>
              <th scope="col" className="number">
                This wrong
              </th>
            </tr>
          </thead>
          <tbody>
            {cells.map(([name, right, wrong]) => (
              <tr key={name}>
                <th scope="row">{name}</th>
                <td className="number">{formatInteger(right)}</td>
                <td className="number">{formatInteger(wrong)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Panel>
  );
}
