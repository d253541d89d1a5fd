import { useRef, useState } from 'react';
import { useStore } from 'zustand';
import { GENERATED_SETS, LARGEST_GENERATED_COUNT } from '../../core/data/generatedSets.ts';
import { formatInteger } from '../../core/quantity.ts';
import { openImageFiles } from '../../state/actions/sources.ts';
import { dataStore, type LoadedData } from '../../state/dataStore.ts';
import { changeData } from '../../state/designStore.ts';
import { trainingStore } from '../../state/trainingStore.ts';
import { ImageStrip } from '../data/ImageStrip.tsx';
import { NumberField, SelectField } from '../parts/fields.tsx';
import { Empty, Panel } from '../parts/Panel.tsx';
import { useEntry } from '../useEntry.ts';

const NORMALIZATIONS = [
  { value: 'signed' as const, label: '−1 to 1' },
  { value: 'unit' as const, label: '0 to 1' },
  { value: 'none' as const, label: '0 to 255, as they are' },
];

export function DataRoom() {
  const data = useStore(dataStore, (state) => state.data);
  return (
    <div className="room">
      <Controls />
      <div className="charts">
        {data.status === 'ready' ? (
          <SampleSheet data={data.data} />
        ) : (
          <Panel title="Images by class">
            <Empty>{data.status === 'loading' ? 'The images are being made…' : data.reason}</Empty>
          </Panel>
        )}
      </div>
    </div>
  );
}

function Controls() {
  const { design } = useEntry();
  const busy = useStore(trainingStore, (state) => state.live !== null);
  const { data } = design;
  const { source } = data;
  const patch = (change: Partial<typeof data>) => changeData({ ...data, ...change });
  const generated = source.kind === 'file' ? { imageCount: 2000, seed: 1 } : source;
  return (
    <Panel title="Data" className="controls">
      <div className="stack">
        {GENERATED_SETS.map(({ kind, name, description }) => (
          <button
            key={kind}
            type="button"
            className={source.kind === kind ? 'choice chosen' : 'choice'}
            aria-pressed={source.kind === kind}
            disabled={busy}
            onClick={() => patch({ source: { ...generated, kind } })}
          >
            <strong>{name}</strong>
            <span>{description}</span>
          </button>
        ))}
        {source.kind !== 'file' && (
          <>
            <NumberField
              label="Images"
              value={source.imageCount}
              min={100}
              max={LARGEST_GENERATED_COUNT}
              integer
              disabled={busy}
              onChange={(imageCount) => patch({ source: { ...source, imageCount } })}
            />
            <NumberField
              label="Data seed"
              value={source.seed}
              min={0}
              max={2 ** 31 - 1}
              integer
              disabled={busy}
              onChange={(seed) => patch({ source: { ...source, seed } })}
            />
          </>
        )}
        <FileDrop chosen={source.kind === 'file' ? source.fileNames.join(', ') : null} disabled={busy} />
        <NumberField
          label="Held back for validation"
          value={Math.round(100 * data.validationShare)}
          min={5}
          max={100}
          integer
          unit="%"
          hint={
            data.validationShare >= 1
              ? 'All images are held back: for measuring a model from a file.'
              : undefined
          }
          disabled={busy}
          onChange={(percent) => patch({ validationShare: percent / 100 })}
        />
        <SelectField
          label="Pixels reach the network as"
          value={data.normalization}
          options={NORMALIZATIONS}
          disabled={busy}
          onChange={(normalization) => patch({ normalization })}
        />
        <NumberField
          label="Split seed"
          value={data.splitSeed}
          min={0}
          max={2 ** 31 - 1}
          integer
          disabled={busy}
          hint={
            busy
              ? 'The data can be changed when the training has ended.'
              : 'The same seed gives the same split, class by class. With other images or another split the network starts without weights; undo brings them back.'
          }
          onChange={(splitSeed) => patch({ splitSeed })}
        />
      </div>
    </Panel>
  );
}

function FileDrop({ chosen, disabled }: { chosen: string | null; disabled: boolean }) {
  const input = useRef<HTMLInputElement>(null);
  const folder = useRef<HTMLInputElement>(null);
  const [over, setOver] = useState(false);
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: dropping is a shortcut; the button inside does the same
    <div
      className={`drop${over ? ' over' : ''}${chosen ? ' chosen' : ''}`}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        setOver(false);
        if (!disabled) void openImageFiles([...event.dataTransfer.files]);
      }}
    >
      <strong>{chosen ?? 'Your own images'}</strong>
      <span>
        CIFAR-10 and -100 (binary or Python), MNIST and its kin, or your own PNG, JPEG or WebP pictures: a
        folder or a zip with one folder a class, or with a CSV of paths and labels. They stay on this machine.
      </span>
      <button type="button" disabled={disabled} onClick={() => input.current?.click()}>
        Choose files…
      </button>
      <button type="button" disabled={disabled} onClick={() => folder.current?.click()}>
        Choose a folder…
      </button>
      <input
        ref={folder}
        type="file"
        multiple
        hidden
        aria-label="Folder of images"
        {...{ webkitdirectory: '' }}
        onChange={(event) => {
          void openImageFiles([...(event.target.files ?? [])]);
          event.target.value = '';
        }}
      />
      <input
        ref={input}
        type="file"
        multiple
        hidden
        aria-label="Image files"
        onChange={(event) => {
          void openImageFiles([...(event.target.files ?? [])]);
          event.target.value = '';
        }}
      />
    </div>
  );
}

function SampleSheet({ data }: { data: LoadedData }) {
  const { height, width, channels } = data.image;
  return (
    <Panel
      title="Images by class"
      subtitle={`${data.name}: ${formatInteger(data.imageCount)} images, ${height}x${width}x${channels}${data.synthetic ? ', synthetic' : ''}`}
    >
      <div className="sheet">
        {data.classNames.map((name, label) => (
          <div key={name} className="sheet-row">
            <span className="sheet-name">{name}</span>
            <span className="sheet-count">{formatInteger(data.countByClass[label] ?? 0)}</span>
            <ImageStrip
              images={data.samples.byClass[label] ?? []}
              image={data.image}
              label={`${data.samples.byClass[label]?.length ?? 0} sample images of ${name}`}
            />
          </div>
        ))}
      </div>
    </Panel>
  );
}
