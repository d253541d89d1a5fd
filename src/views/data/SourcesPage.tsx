import { useStore } from 'zustand';
import { formatCount, formatInteger } from '../../core/quantity.ts';
import { addSources, openImageFiles, removeSource } from '../../state/actions/sources.ts';
import { dataStore } from '../../state/dataStore.ts';
import { type OpenedSource, setsStore } from '../../state/setsStore.ts';
import { trainingStore } from '../../state/trainingStore.ts';
import { Empty, Panel } from '../parts/Panel.tsx';
import { ScrollRegion } from '../parts/ScrollRegion.tsx';
import { ClassesPanel } from './ClassesPanel.tsx';
import { CompilePanel } from './CompilePanel.tsx';
import { FileDrop, FilePickers } from './FileDrop.tsx';

/** Files as sources, their classes, and what is made of them. */
export function SourcesPage() {
  const sources = useStore(setsStore, (state) => state.sources);
  const draft = useStore(setsStore, (state) => state.draft);
  const opening = useStore(setsStore, (state) => state.isBusy);
  const training = useStore(trainingStore, (state) => state.live !== null);
  const disabled = opening || training;
  return (
    <>
      <div className={draft ? 'stack-panels main-table' : 'stack-panels span-all'}>
        <SourcesPanel sources={sources} disabled={disabled} />
        {draft && <ClassesPanel sources={sources} draft={draft} disabled={disabled} />}
      </div>
      {draft && (
        <div className="stack-panels side-table">
          <CompilePanel sources={sources} draft={draft} disabled={disabled} />
        </div>
      )}
    </>
  );
}

/** "50,000 train, 10,000 test", or what there is of it. */
function partsText({ countByPart, imageCount }: OpenedSource): string {
  const named = Object.entries(countByPart).filter(([, count]) => count > 0);
  const rest = imageCount - named.reduce((sum, [, count]) => sum + count, 0);
  if (named.length === 0) return '–';
  return [
    ...named.map(([part, count]) => `${formatInteger(count)} ${part}`),
    ...(rest > 0 ? [`${formatInteger(rest)} of none`] : []),
  ].join(', ');
}

const kindText = ({ kind, image, synthetic }: OpenedSource): string =>
  [
    kind === 'pictures' ? 'pictures' : 'arrays',
    image && `${image.height}x${image.width}x${image.channels}`,
    synthetic && 'synthetic',
  ]
    .filter(Boolean)
    .join(', ');

function SourcesPanel({ sources, disabled }: { sources: readonly OpenedSource[]; disabled: boolean }) {
  const isEmpty = sources.length === 0;
  const add = (files: readonly File[]) => void (isEmpty ? openImageFiles(files) : addSources(files));
  return (
    <Panel
      title="Sources"
      subtitle={isEmpty ? undefined : 'combined in this order'}
      actions={
        <FilePickers
          disabled={disabled}
          labels={{ files: 'More files', folder: 'One more folder' }}
          texts={isEmpty ? { files: 'Open files…', folder: 'Open a folder…' } : ADD}
          onFiles={add}
        />
      }
    >
      <FileDrop className="drop-table" disabled={disabled} onFiles={add}>
        {isEmpty ? (
          <Nothing />
        ) : (
          <ScrollRegion label="Sources">
            <table>
              <thead>
                <tr>
                  <th scope="col">Source</th>
                  <th scope="col">Kind</th>
                  <th scope="col" className="number">
                    Images
                  </th>
                  <th scope="col" className="number">
                    Classes
                  </th>
                  <th scope="col">Parts</th>
                  <th scope="col">
                    <span className="visually-hidden">Remove</span>
                  </th>
                </tr>
              </thead>
              <tbody>
                {sources.map((source) => (
                  <tr key={source.id}>
                    <th scope="row" className="name-cell" title={source.fileNames.join(', ')}>
                      {source.name}
                    </th>
                    <td>{kindText(source)}</td>
                    <td className="number">{formatInteger(source.imageCount)}</td>
                    <td className="number">{formatInteger(source.classNames.length)}</td>
                    <td>{partsText(source)}</td>
                    <td className="number">
                      <button
                        type="button"
                        className="quiet small"
                        disabled={disabled}
                        aria-label={`Remove ${source.name}`}
                        onClick={() => removeSource(source.id)}
                      >
                        Remove
                      </button>
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </ScrollRegion>
        )}
      </FileDrop>
    </Panel>
  );
}

const ADD = { files: 'Add files…', folder: 'Add a folder…' };

function Nothing() {
  const data = useStore(dataStore, (state) => state.data);
  const stored = data.status === 'ready' ? data.data.stored : null;
  if (data.status === 'empty') return <Empty>{data.reason}</Empty>;
  return (
    <Empty>
      {stored
        ? `The present set, ${stored.header.name}, is kept (${stored.isKept ? formatCount(stored.bytes, 'B') : 'for this page'}), but its files are not open. To compile them in another way, open ${stored.sourceNames.slice(0, 4).join(', ')} again.`
        : 'No files are open. Open or drop some: folders, zips, CIFAR or MNIST files. Several can be combined, and their classes renamed, merged or left out.'}
    </Empty>
  );
}
