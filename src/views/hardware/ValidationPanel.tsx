import { useEffect } from 'react';
import { useStore } from 'zustand';
import { FOLDING_TEXT, FOLDING_TITLE } from '../../core/hardware/validation/foldingText.ts';
import type { ValidationSection } from '../../core/hardware/validation/sections.ts';
import { formatPercent, formatSignificant } from '../../core/quantity.ts';
import { requestFoldingTable, requestValidation, validationStore } from '../../state/validationStore.ts';
import { DataTable } from '../parts/ChartPanel.tsx';
import { Empty, Panel } from '../parts/Panel.tsx';
import { ScrollRegion } from '../parts/ScrollRegion.tsx';

/** The accelerator models beside published measurements, with the error of every case. */
export function ValidationPanel({ className = '' }: { className?: string }) {
  const { sections, problem } = useStore(validationStore);
  useEffect(() => {
    void requestValidation();
  }, []);
  return (
    <Panel title="How far off is this?" subtitle="the models beside published numbers" className={className}>
      {sections ? (
        sections.map((section) => <Section key={section.family} section={section} />)
      ) : (
        <Empty>{problem || 'Computing…'}</Empty>
      )}
    </Panel>
  );
}

/** Our folding search beside FINN's and the thesis', computed when asked for. */
export function FoldingComparisonPanel({ className = '' }: { className?: string }) {
  const folding = useStore(validationStore, (state) => state.folding);
  return (
    <Panel title={FOLDING_TITLE} className={className}>
      <p className="hint">{FOLDING_TEXT}</p>
      {folding ? (
        <DataTable caption="Frames a second by method" table={folding} />
      ) : (
        <button type="button" onClick={() => void requestFoldingTable()}>
          Compute it here, some seconds
        </button>
      )}
    </Panel>
  );
}

const signed = (error: number): string => `${error > 0 ? '+' : ''}${formatPercent(error)}`;

function Section({ section }: { section: ValidationSection }) {
  const { family, fittedOn, cases, meanSentence } = section;
  return (
    <div className="validation">
      <h3>{family}</h3>
      <p className="hint">
        {fittedOn} {meanSentence}
      </p>
      <ScrollRegion label={`${family}: model and published numbers`}>
        <table>
          <thead>
            <tr>
              {['Case', 'Model', 'Published', 'Unit', 'Error', 'Source'].map((name) => (
                <th
                  key={name}
                  scope="col"
                  className={['Model', 'Published', 'Error'].includes(name) ? 'number' : undefined}
                >
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {cases.map((row) => (
              <tr key={row.name} title={row.note ?? undefined}>
                <th scope="row">
                  {row.name}
                  {row.fitted && <span className="muted"> fitted</span>}
                </th>
                <td className="number">{formatSignificant(row.model, 4)}</td>
                <td className="number">{formatSignificant(row.published, 4)}</td>
                <td>{row.unit}</td>
                <td className="number">{signed(row.error)}</td>
                <td className="muted wrap">
                  {row.source}
                  {row.note && `. ${row.note}`}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </ScrollRegion>
    </div>
  );
}
