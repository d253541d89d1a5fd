import { strToU8, zipSync } from 'fflate';
import { useState } from 'react';
import type { ReportComparison } from '../../formats/finn/compareReports.ts';
import { compareWithReports, foldingFiles, openFoldingConfig } from '../../state/actions/foldingFile.ts';
import { plannedNetwork } from '../../state/derived.ts';
import { notify } from '../../state/noticeStore.ts';
import { Panel } from '../parts/Panel.tsx';
import { saveBlob } from '../parts/saveBlob.ts';
import { useEntry, useModel } from '../useEntry.ts';

/** The folding as files that FINN's builder reads and writes. */
export function FoldingFiles({ className = '' }: { className?: string }) {
  const entry = useEntry();
  const model = useModel();
  const network = plannedNetwork(entry, model);
  const [comparison, setComparison] = useState<ReportComparison | null>(null);
  const compare = async (files: readonly File[]) => {
    try {
      const texts = await Promise.all(files.map(async (file) => [file.name, await file.text()] as const));
      setComparison(compareWithReports(network, Object.fromEntries(texts)));
    } catch {
      notify('error', "A report can't be read; choose another file.");
    }
  };
  const save = (what: 'folding_config.json' | 'specialize_layers_config.json' | 'all') => {
    const files = foldingFiles(network);
    if (!files.ok) {
      notify('error', files.error.message);
      return;
    }
    if (what !== 'all') {
      saveBlob(what, new Blob([files.value[what] ?? ''], { type: 'application/json' }));
      return;
    }
    const packed = zipSync(
      Object.fromEntries(Object.entries(files.value).map(([name, text]) => [name, strToU8(text)])),
    );
    saveBlob('finn-reports.zip', new Blob([packed as Uint8Array<ArrayBuffer>], { type: 'application/zip' }));
  };
  return (
    <Panel title="FINN files" subtitle="names and keys of FINN v0.10" className={className}>
      <div className="stack">
        <label className="file-field">
          <span>Open a folding_config.json</span>
          <input
            type="file"
            accept=".json,application/json"
            onChange={(event) => {
              const file = event.target.files?.[0];
              event.target.value = '';
              if (!file) return;
              void file.text().then(
                (text) => openFoldingConfig(text, file.name),
                () => notify('error', `${file.name} can't be read; choose another file.`),
              );
            }}
          />
        </label>
        <div className="button-row">
          <button type="button" onClick={() => save('folding_config.json')}>
            Save folding_config.json
          </button>
          <button type="button" onClick={() => save('all')}>
            Save all reports
          </button>
        </div>
        <button type="button" onClick={() => save('specialize_layers_config.json')}>
          Save specialize_layers_config.json
        </button>
        <label className="file-field">
          <span>Compare with reports that FINN wrote</span>
          <input
            type="file"
            multiple
            accept=".json,application/json"
            onChange={(event) => void compare([...(event.target.files ?? [])])}
          />
        </label>
        {comparison && <Differences comparison={comparison} />}
        <p className="hint">
          Reports: cycles, resources, alternatives, operation and parameter counts, network performance.
        </p>
      </div>
    </Panel>
  );
}

const MOST_SHOWN = 12;

function Differences({ comparison }: { comparison: ReportComparison }) {
  const { differences, notes, sentence } = comparison;
  const more = differences.length - MOST_SHOWN;
  return (
    <div role="status">
      <p>{sentence}</p>
      <ul className="reasons">
        {notes.map((note) => (
          <li key={note}>{note}</li>
        ))}
        {differences.slice(0, MOST_SHOWN).map((difference) => (
          <li key={difference.sentence}>{difference.sentence}</li>
        ))}
        {more > 0 && <li>And {more} more.</li>}
      </ul>
    </div>
  );
}
