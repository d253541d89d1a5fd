import { useStore } from 'zustand';
import { GENERATED_SETS, LARGEST_GENERATED_COUNT } from '../../core/data/generatedSets.ts';
import { formatInteger } from '../../core/quantity.ts';
import { openImageFiles } from '../../state/actions/sources.ts';
import { changeDataChoice } from '../../state/actions/standardize.ts';
import { dataStore } from '../../state/dataStore.ts';
import { setsStore } from '../../state/setsStore.ts';
import { trainingStore } from '../../state/trainingStore.ts';
import { NumberField } from '../parts/fields.tsx';
import { Panel } from '../parts/Panel.tsx';
import { useEntry } from '../useEntry.ts';
import { FileDrop, FilePickers } from './FileDrop.tsx';
import { NormalizationFields } from './NormalizationFields.tsx';

/** Which images: generated ones, or the user's own. */
export function DataControls() {
  const { design } = useEntry();
  const training = useStore(trainingStore, (state) => state.live !== null);
  const opening = useStore(setsStore, (state) => state.isBusy);
  const busy = training || opening;
  const { data } = design;
  const { source } = data;
  const generated = source.kind === 'file' ? { imageCount: 2000, seed: 1 } : source;
  const change = (next: typeof source) => changeDataChoice({ source: next });
  return (
    <Panel title="Data" className="controls">
      <div className="stack">
        <div className="choices">
          {GENERATED_SETS.map(({ kind, name, description }) => (
            <button
              key={kind}
              type="button"
              className={source.kind === kind ? 'choice chosen' : 'choice'}
              aria-pressed={source.kind === kind}
              disabled={busy}
              onClick={() => change({ ...generated, kind })}
            >
              <strong>{name}</strong>
              <span>{description}</span>
            </button>
          ))}
        </div>
        {source.kind !== 'file' && (
          <div className="field-grid">
            <NumberField
              label="Images"
              value={source.imageCount}
              min={100}
              max={LARGEST_GENERATED_COUNT}
              integer
              disabled={busy}
              onChange={(imageCount) => change({ ...source, imageCount })}
            />
            <NumberField
              label="Data seed"
              value={source.seed}
              min={0}
              max={2 ** 31 - 1}
              integer
              disabled={busy}
              onChange={(seed) => change({ ...source, seed })}
            />
          </div>
        )}
        <FileDrop
          className={source.kind === 'file' ? 'drop chosen' : 'drop'}
          disabled={busy}
          onFiles={(files) => void openImageFiles(files)}
        >
          <strong className="file-names">
            {source.kind === 'file' ? source.fileNames.join(', ') : 'Your own images'}
          </strong>
          <span>
            CIFAR, MNIST and its kin; PNG, JPEG or WebP in a folder a class, or with a CSV of paths and
            labels; zips of these; sets exported here. They stay on this machine.
          </span>
          <FilePickers
            disabled={busy}
            labels={{ files: 'Image files', folder: 'Folder of images' }}
            texts={{ files: 'Choose files…', folder: 'Choose a folder…' }}
            onFiles={(files) => void openImageFiles(files)}
          />
        </FileDrop>
        {training && <p className="hint">The data can be changed when the training has ended.</p>}
      </div>
    </Panel>
  );
}

/** Percent of the images that must be left for what is not held back. */
const LEAST_LEFT = 5;

/** What is held back, and how pixels reach the network. */
export function SplitControls() {
  const { design } = useEntry();
  const training = useStore(trainingStore, (state) => state.live !== null);
  const loaded = useStore(dataStore, (state) => (state.data.status === 'ready' ? state.data.data : null));
  const { data } = design;
  const validation = Math.round(100 * data.validationShare);
  const test = Math.round(100 * data.testShare);
  const given = loaded?.stored?.countByPart.slice(1).map((counts) => counts.reduce((a, b) => a + b, 0)) ?? [];
  const [forValidation = 0, forTest = 0] = given;
  return (
    <Panel title="Split and values" className="controls">
      <div className="stack">
        <NumberField
          label="Held back for validation"
          value={validation}
          min={5}
          max={test === 0 ? 100 : 100 - LEAST_LEFT - test}
          integer
          unit="%"
          hint={
            data.validationShare >= 1
              ? 'All images are held back: for measuring a model from a file.'
              : undefined
          }
          disabled={training}
          onChange={(percent) => changeDataChoice({ validationShare: percent / 100 })}
        />
        <NumberField
          label="Held back for testing"
          value={test}
          min={0}
          max={Math.max(0, 100 - LEAST_LEFT - validation)}
          integer
          unit="%"
          hint="For a last, honest measurement; 0: none."
          disabled={training}
          onChange={(percent) => changeDataChoice({ testShare: percent / 100 })}
        />
        {forValidation + forTest > 0 && (
          <div>
            <label className="check">
              <input
                type="checkbox"
                checked={data.keepsParts}
                disabled={training}
                onChange={(event) => changeDataChoice({ keepsParts: event.target.checked })}
              />
              Keep the parts of the files
            </label>
            <p className="hint">
              {[
                forValidation > 0 && `${formatInteger(forValidation)} images came for validation`,
                forTest > 0 && `${formatInteger(forTest)} for testing`,
              ]
                .filter((part) => part !== false)
                .join(' and ')}
              ; a part that came is not drawn by its share.
            </p>
          </div>
        )}
        <NumberField
          label="Split seed"
          value={data.splitSeed}
          min={0}
          max={2 ** 31 - 1}
          integer
          disabled={training}
          hint="The same seed gives the same split. With other images or another split the network starts without weights; undo brings them back."
          onChange={(splitSeed) => changeDataChoice({ splitSeed })}
        />
        <NormalizationFields
          data={data}
          hasImages={loaded !== null}
          disabled={training}
          onChange={changeDataChoice}
        />
      </div>
    </Panel>
  );
}
