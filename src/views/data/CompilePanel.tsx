import { useStore } from 'zustand';
import { FITS } from '../../core/data/compile/resize.ts';
import type { CompileChoice } from '../../core/exploration/design.ts';
import { formatCount, formatInteger } from '../../core/quantity.ts';
import { compileDraft, isDraftNew, setDraft } from '../../state/actions/sources.ts';
import { draftProblem, expectedSet } from '../../state/compileDraft.ts';
import { type CompiledDraft, type OpenedSource, setsStore } from '../../state/setsStore.ts';
import { NumberField, SelectField } from '../parts/fields.tsx';
import { Panel } from '../parts/Panel.tsx';
import { FitPicture } from './FitPicture.tsx';

const FIT_LABELS = { crop: 'Crop', stretch: 'Stretch', pad: 'Pad' };
const FIT_HINTS = {
  crop: 'The largest part around the middle.',
  stretch: 'All of it, distorted.',
  pad: 'All of it, with black bars.',
};
/** As many pixels a side as a design can say. */
const LARGEST_SIDE = 1024;

interface CompilePanelProps {
  readonly sources: readonly OpenedSource[];
  readonly draft: CompileChoice;
  readonly disabled: boolean;
}

/** What the images become, and what the set will be beside what it is. */
export function CompilePanel({ sources, draft, disabled }: CompilePanelProps) {
  const compiled = useStore(setsStore, (state) => state.compiled);
  const patch = (change: Partial<CompileChoice>) => setDraft({ ...draft, ...change });
  const isPixels = sources.every(
    ({ image }) => image?.height === draft.height && image.width === draft.width,
  );
  const problem = draftProblem(sources, draft);
  const isDone = useStore(setsStore, (state) => !isDraftNew(state));
  return (
    <Panel title="Images become" className="compile-panel">
      <div className="stack">
        <div className="field-grid">
          <NumberField
            label="Height"
            value={draft.height}
            min={1}
            max={LARGEST_SIDE}
            integer
            unit="px"
            disabled={disabled}
            onChange={(height) => patch({ height })}
          />
          <NumberField
            label="Width"
            value={draft.width}
            min={1}
            max={LARGEST_SIDE}
            integer
            unit="px"
            disabled={disabled}
            onChange={(width) => patch({ width })}
          />
          <SelectField
            label="Colors"
            value={draft.channels === 1 ? 'gray' : 'color'}
            disabled={disabled}
            options={[
              { value: 'color', label: 'Color' },
              { value: 'gray', label: 'Gray' },
            ]}
            onChange={(colors) => patch({ channels: colors === 'gray' ? 1 : 3 })}
          />
          <SelectField
            label="Other proportions"
            value={draft.fit}
            disabled={disabled}
            options={FITS.map((fit) => ({ value: fit, label: FIT_LABELS[fit] }))}
            onChange={(fit) => patch({ fit })}
          />
        </div>
        {!isPixels && (
          <div className="fit-row">
            <FitPicture fit={draft.fit} image={draft} />
            <p className="hint">{FIT_HINTS[draft.fit]}</p>
          </div>
        )}
        <Expectation sources={sources} draft={draft} compiled={compiled} isDone={isDone} />
        {problem !== null && (
          <p className="hint warn" role="alert">
            {problem}
          </p>
        )}
        <button
          type="button"
          className="primary wide"
          disabled={disabled || isDone || problem !== null}
          onClick={() => void compileDraft()}
        >
          {compiled ? 'Compile again' : 'Compile'}
        </button>
        <p className="hint">
          {isDone
            ? 'The set is compiled as the choices say.'
            : 'The set is kept beside those before, and becomes the data of the design. A training starts without weights then; undo brings them back.'}
        </p>
      </div>
    </Panel>
  );
}

const extent = ({ height, width, channels }: Omit<CompileChoice, 'fit' | 'classes'>) =>
  `${height}x${width}x${channels}`;

function Expectation({
  sources,
  draft,
  compiled,
  isDone,
}: Omit<CompilePanelProps, 'disabled'> & {
  compiled: CompiledDraft | null;
  isDone: boolean;
}) {
  const next = expectedSet(sources, draft);
  const now = compiled?.set;
  const size =
    now && now.imageCount * now.header.image.height * now.header.image.width * now.header.image.channels;
  const rows: readonly (readonly [string, string | null, string])[] = [
    ['Images', now ? formatInteger(now.imageCount) : null, formatInteger(next.imageCount)],
    ['Classes', now ? formatInteger(now.header.classNames.length) : null, formatInteger(next.classCount)],
    ['Image', now ? extent(now.choice) : null, extent(draft)],
    ['Pixels', size === undefined ? null : formatCount(size, 'B'), formatCount(next.bytes, 'B')],
  ];
  return (
    <table className="expectation">
      <caption className="visually-hidden">What the set is now and what it will be</caption>
      <thead>
        <tr>
          <td />
          {now && (
            <th scope="col" className="number">
              Now
            </th>
          )}
          {!isDone && (
            <th scope="col" className="number">
              {now ? 'Then' : 'Expected'}
            </th>
          )}
        </tr>
      </thead>
      <tbody>
        {rows.map(([name, before, after]) => (
          <tr key={name}>
            <th scope="row">{name}</th>
            {now && <td className="number">{before}</td>}
            {!isDone && (
              <td className={before === null || before === after ? 'number' : 'number changed'}>{after}</td>
            )}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
