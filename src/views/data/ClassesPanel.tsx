import { useMemo, useState } from 'react';
import type { CompileChoice } from '../../core/exploration/design.ts';
import { formatInteger } from '../../core/quantity.ts';
import { setDraft } from '../../state/actions/sources.ts';
import {
  chosenName,
  chosenNames,
  LONGEST_CLASS_NAME,
  namesChoices,
  sourceClasses,
  withAll,
  withClass,
  withNames,
} from '../../state/compileDraft.ts';
import type { OpenedSource } from '../../state/setsStore.ts';
import { SelectField } from '../parts/fields.tsx';
import { Panel } from '../parts/Panel.tsx';
import { ScrollRegion } from '../parts/ScrollRegion.tsx';
import { Pager, pageCount } from './Pager.tsx';

/** Rows shown at once: a thousand text fields would make every key slow. */
const SHOWN = 50;

interface ClassesPanelProps {
  readonly sources: readonly OpenedSource[];
  readonly draft: CompileChoice;
  readonly disabled: boolean;
}

/** Every class of the sources: kept or left out, under its own or another name. */
export function ClassesPanel({ sources, draft, disabled }: ClassesPanelProps) {
  const [filter, setFilter] = useState('');
  const [asked, setPage] = useState(0);
  const classes = useMemo(() => sourceClasses(sources), [sources]);
  /** How many classes of the sources each class of the set is made of. */
  const merged = useMemo(() => {
    const counts = new Map<string, number>();
    for (const { name } of classes) {
      const chosen = chosenName(draft, name);
      if (chosen !== null) counts.set(chosen, (counts.get(chosen) ?? 0) + 1);
    }
    return counts;
  }, [classes, draft]);
  const wanted = filter.trim().toLowerCase();
  const found = useMemo(
    () =>
      classes.filter(
        ({ name }) =>
          name.toLowerCase().includes(wanted) || chosenName(draft, name)?.toLowerCase().includes(wanted),
      ),
    [classes, draft, wanted],
  );
  const page = Math.min(asked, pageCount(found.length, SHOWN) - 1);
  const setAll = (isUsed: boolean) =>
    setDraft(
      withAll(
        draft,
        found.map(({ name }) => name),
        isUsed,
      ),
    );
  return (
    <Panel
      title="Classes"
      subtitle={`${formatInteger(classes.length)} in the sources, ${formatInteger(merged.size)} in the set; equal new names are merged`}
    >
      <NamesField sources={sources} draft={draft} disabled={disabled} />
      <div className="field-row class-tools">
        <input
          type="text"
          className="filter"
          aria-label="Find a class"
          placeholder="Find a class"
          value={filter}
          onChange={(event) => {
            setFilter(event.target.value);
            setPage(0);
          }}
        />
        <button type="button" disabled={disabled || found.length === 0} onClick={() => setAll(true)}>
          {wanted
            ? `Use these ${formatInteger(found.length)}, names as they are`
            : 'Use all, names as they are'}
        </button>
        <button type="button" disabled={disabled || found.length === 0} onClick={() => setAll(false)}>
          {wanted ? `Leave these ${formatInteger(found.length)} out` : 'Leave all out'}
        </button>
        <Pager of="classes" total={found.length} size={SHOWN} page={page} onPage={setPage} />
      </div>
      <ScrollRegion label="Classes of the sources">
        <table className="classes">
          <thead>
            <tr>
              <th scope="col">Use</th>
              <th scope="col">In the files</th>
              <th scope="col" className="number">
                Images
              </th>
              <th scope="col">In the set</th>
              <th scope="col">
                <span className="visually-hidden">Merged</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {found.slice(page * SHOWN, (page + 1) * SHOWN).map(({ name, imageCount, sourceCount }) => {
              const chosen = chosenName(draft, name);
              const count = chosen === null ? 0 : (merged.get(chosen) ?? 0);
              return (
                <tr key={name} className={chosen === null ? 'left-out' : undefined}>
                  <td>
                    <input
                      type="checkbox"
                      aria-label={`Use ${name}`}
                      checked={chosen !== null}
                      disabled={disabled}
                      onChange={(event) => setDraft(withClass(draft, name, event.target.checked ? '' : null))}
                    />
                  </td>
                  <th scope="row" className="name-cell" title={name}>
                    {name}
                  </th>
                  <td className="number">{formatInteger(imageCount)}</td>
                  <td>
                    <input
                      type="text"
                      className="class-name"
                      aria-label={`New name of ${name}`}
                      maxLength={LONGEST_CLASS_NAME}
                      autoComplete="off"
                      spellCheck={false}
                      disabled={disabled || chosen === null}
                      placeholder={name}
                      value={Object.hasOwn(draft.classes, name) ? (draft.classes[name] ?? '') : ''}
                      onChange={(event) => setDraft(withClass(draft, name, event.target.value))}
                    />
                  </td>
                  <td className="muted">
                    {chosen === null
                      ? 'left out'
                      : count > 1
                        ? `${formatInteger(count)} merged`
                        : sourceCount > 1
                          ? `of ${formatInteger(sourceCount)} sources`
                          : ''}
                  </td>
                </tr>
              );
            })}
          </tbody>
        </table>
        {found.length === 0 && <p className="empty">No class has that in its name.</p>}
      </ScrollRegion>
    </Panel>
  );
}

const IN_FILES = 'in the files';
const OWN = 'own';

/** All names at once, where the files leave open which of several published sets they are. */
function NamesField({ sources, draft, disabled }: ClassesPanelProps) {
  const choices = useMemo(() => namesChoices(sources), [sources]);
  if (choices.length === 0) return null;
  const chosen = chosenNames(draft, choices);
  const isOwn = chosen === 'own';
  return (
    <div className="class-names">
      <SelectField
        label="Class names"
        value={isOwn ? OWN : (chosen?.name ?? IN_FILES)}
        disabled={disabled}
        options={[
          { value: IN_FILES, label: `As in the files: ${shortList(choices[0]?.from ?? [])}` },
          ...choices.map(({ name, to }) => ({ value: name, label: `${name}: ${shortList(to)}` })),
          ...(isOwn ? [{ value: OWN, label: 'Your own' }] : []),
        ]}
        hint="The files of these sets have the same names."
        onChange={(name) =>
          name !== OWN &&
          setDraft(withNames(draft, choices, choices.find((one) => one.name === name) ?? null))
        }
      />
    </div>
  );
}

const shortList = (names: readonly string[]) => `${names.slice(0, 3).join(', ')}, …`;
