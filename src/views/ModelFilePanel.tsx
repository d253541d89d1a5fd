import { useState } from 'react';
import { useStore } from 'zustand';
import { MODEL_FORMAT_NAMES, MODEL_FORMATS, type ModelFormat } from '../formats/model/writeModel.ts';
import { NETWORK_FORMAT_NAMES, NETWORK_FORMATS, type NetworkFormat } from '../formats/model/writeNetwork.ts';
import { openTyped } from '../state/actions/address.ts';
import { openModelFiles, saveDesign, saveModel, saveNetwork } from '../state/actions/model.ts';
import { setUi, uiStore } from '../state/uiStore.ts';
import { NormalizationWarning } from './network/NormalizationWarning.tsx';
import { Field, SelectField } from './parts/fields.tsx';
import { Panel } from './parts/Panel.tsx';
import { saveBlob } from './parts/saveBlob.ts';
import { useModel } from './useEntry.ts';

type Format = ModelFormat | NetworkFormat | 'design';

const isWeighted = (format: Format): format is ModelFormat =>
  (MODEL_FORMATS as readonly Format[]).includes(format);

const FORMATS: readonly { readonly value: Format; readonly label: string }[] = [
  ...MODEL_FORMATS.map((value) => ({ value, label: MODEL_FORMAT_NAMES[value] })),
  ...NETWORK_FORMATS.map((value) => ({ value, label: NETWORK_FORMAT_NAMES[value] })),
  { value: 'design', label: 'Sweetspot design, .json' },
];

/** The network as a file for other tools, with its weights where the format has room for them. */
function SaveModel() {
  const model = useModel();
  const [format, setFormat] = useState<Format>('keras-h5');
  const [deployed, setDeployed] = useState(false);
  const [normalizes, setNormalizes] = useState(false);
  const weighted = isWeighted(format);
  const save = async () => {
    const file = isWeighted(format)
      ? await saveModel(format, { deployed, normalizes })
      : format === 'design'
        ? saveDesign()
        : await saveNetwork(format);
    if (file) saveBlob(file.name, new Blob([file.bytes], { type: 'application/octet-stream' }));
  };
  return (
    <>
      <SelectField label="Save as" value={format} options={FORMATS} onChange={setFormat} />
      {weighted && (
        <label className="check">
          <input type="checkbox" checked={deployed} onChange={(event) => setDeployed(event.target.checked)} />
          Deployed: no dropout, batch norm folded
        </label>
      )}
      {weighted && (
        <label className="check">
          <input
            type="checkbox"
            checked={normalizes}
            onChange={(event) => setNormalizes(event.target.checked)}
          />
          Normalize inside the file, which then reads bytes
        </label>
      )}
      <button type="button" disabled={weighted && !model} onClick={() => void save()}>
        {!weighted ? 'Save' : model ? 'Save with weights' : 'Train or open a model to save it'}
      </button>
    </>
  );
}

/** A model on the web. It is fetched when the button is pressed, and not before. */
function FromAddress({ disabled }: { disabled: boolean }) {
  const [text, setText] = useState('');
  const [problem, setProblem] = useState<string | null>(null);
  return (
    <form
      className="address-field"
      onSubmit={(event) => {
        event.preventDefault();
        if (text.trim() !== '') void openTyped(text).then(setProblem);
      }}
    >
      <Field label="Or from an address" hint={problem ?? undefined}>
        {(id, hintId) => (
          <input
            id={id}
            type="text"
            inputMode="url"
            placeholder="https://…/model.onnx"
            aria-describedby={hintId}
            disabled={disabled}
            value={text}
            onChange={(event) => setText(event.target.value)}
          />
        )}
      </Field>
      <button type="submit" disabled={disabled || text.trim() === ''}>
        Fetch
      </button>
    </form>
  );
}

/** A network from a file that somebody already has. */
export function ModelFilePanel({ disabled }: { disabled: boolean }) {
  const foldOnOpen = useStore(uiStore, (ui) => ui.foldOnOpen);
  return (
    <Panel title="Model file" className="controls">
      <div className="stack">
        <label className="file-field">
          <span>Open a model</span>
          <input
            type="file"
            multiple
            disabled={disabled}
            accept=".h5,.hdf5,.keras,.json,.onnx,.bin,.prototxt,.csv,.txt"
            onChange={(event) => {
              const files = [...(event.target.files ?? [])];
              event.target.value = '';
              if (files.length > 0) void openModelFiles(files);
            }}
          />
        </label>
        <NormalizationWarning />
        <FromAddress disabled={disabled} />
        <label className="check">
          <input
            type="checkbox"
            checked={foldOnOpen}
            onChange={(event) => setUi({ foldOnOpen: event.target.checked })}
          />
          Fold batch norms while opening
        </label>
        <p className="hint">
          Keras .h5, .keras and JSON, TensorFlow.js model.json with its shards, ONNX and QONNX, Caffe
          prototxt, SCALE-Sim and layer tables, a Sweetspot design; a graph of FINN's hardware opens on a page
          of its own. Files may be dropped anywhere, texts pasted. They are read here and leave the machine
          nowhere.
        </p>
        <SaveModel />
      </div>
    </Panel>
  );
}
