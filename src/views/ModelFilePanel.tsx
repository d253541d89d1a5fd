import { useState } from 'react';
import { MODEL_FORMAT_NAMES, MODEL_FORMATS, type ModelFormat } from '../formats/model/writeModel.ts';
import { openModelFiles, saveModel } from '../state/actions/model.ts';
import { SelectField } from './parts/fields.tsx';
import { Panel } from './parts/Panel.tsx';
import { saveBlob } from './parts/saveBlob.ts';
import { useModel } from './useEntry.ts';

const FORMATS = MODEL_FORMATS.map((value) => ({ value, label: MODEL_FORMAT_NAMES[value] }));

/** The network with its weights as a file for other tools. */
function SaveModel() {
  const model = useModel();
  const [format, setFormat] = useState<ModelFormat>('keras-h5');
  const [deployed, setDeployed] = useState(false);
  const save = async () => {
    const file = await saveModel(format, deployed);
    if (file) saveBlob(file.name, new Blob([file.bytes], { type: 'application/octet-stream' }));
  };
  return (
    <>
      <SelectField label="Save as" value={format} options={FORMATS} onChange={setFormat} />
      <label className="check">
        <input type="checkbox" checked={deployed} onChange={(event) => setDeployed(event.target.checked)} />
        Deployed: no dropout, batch norm folded
      </label>
      <button type="button" disabled={!model} onClick={() => void save()}>
        {model ? 'Save with weights' : 'Train or open a model to save it'}
      </button>
    </>
  );
}

/** A network from a file that somebody already has. */
export function ModelFilePanel({ disabled }: { disabled: boolean }) {
  return (
    <Panel title="Model file" className="controls">
      <div className="stack">
        <label className="file-field">
          <span>Open a model</span>
          <input
            type="file"
            multiple
            disabled={disabled}
            accept=".h5,.hdf5,.keras,.json,.onnx,.bin"
            onChange={(event) => {
              const files = [...(event.target.files ?? [])];
              event.target.value = '';
              if (files.length > 0) void openModelFiles(files);
            }}
          />
        </label>
        <SaveModel />
        <p className="hint">
          Keras .h5, .keras and JSON, TensorFlow.js model.json with its shards, ONNX and QONNX, a Sweetspot
          design; a graph of FINN's hardware opens on a page of its own. It is read here and leaves the
          machine nowhere.
        </p>
      </div>
    </Panel>
  );
}
