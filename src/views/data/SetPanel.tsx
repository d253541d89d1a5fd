import { formatCount, formatInteger } from '../../core/quantity.ts';
import type { LoadedData } from '../../state/dataStore.ts';
import type { StoredSet } from '../../workers/protocol.ts';
import { Panel } from '../parts/Panel.tsx';

const FITS = { crop: 'cut to fit', stretch: 'stretched', pad: 'with black bars' };

/** The classes that are not called as in their source, in a few words. */
function changesOf({ choice }: StoredSet): string {
  const changes = Object.values(choice.classes);
  const left = changes.filter((name) => name === null).length;
  const renamed = changes.length - left;
  const parts = [
    renamed > 0 && `${formatInteger(renamed)} renamed`,
    left > 0 && `${formatInteger(left)} left out`,
  ];
  return parts.filter((part) => part !== false).join(', ') || 'as in the files';
}

/** What the present set was made of, and which pictures could not be read. */
export function SetPanel({ data }: { data: LoadedData }) {
  const { stored } = data;
  if (!stored) return null;
  const { height, width, channels } = stored.choice;
  const { count, named } = stored.skipped;
  const facts: readonly (readonly [string, string])[] = [
    ['Made of', stored.sourceNames.slice(0, 4).join(', ') + (stored.sourceNames.length > 4 ? ', …' : '')],
    ['Images', `${height}x${width}, ${channels === 1 ? 'gray' : 'color'}, ${FITS[stored.choice.fit]}`],
    ['Classes', changesOf(stored)],
    ['On disk', stored.isKept ? formatCount(stored.bytes, 'B') : 'not kept by this browser'],
    ['Fingerprint', stored.fingerprint.slice(0, 16)],
    ['Pictures left out', count === 0 ? 'none' : formatInteger(count)],
  ];
  return (
    <Panel title="The set" subtitle="what it was compiled from" className="half-chart image-facts">
      <dl className="facts set-facts">
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd className="breaks">{value}</dd>
          </div>
        ))}
      </dl>
      {count > 0 && (
        <details className="skipped">
          <summary>Pictures that could not be read</summary>
          <ul className="stack">
            {named.map(({ path, reason }) => (
              <li key={path} className="hint breaks">
                <strong>{path}</strong>: {reason}
              </li>
            ))}
          </ul>
          {count > named.length && (
            <p className="hint">and {formatInteger(count - named.length)} more, not named here.</p>
          )}
        </details>
      )}
    </Panel>
  );
}
