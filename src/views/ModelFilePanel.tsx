import { openModelFiles } from '../state/actions/model.ts';
import { Panel } from './parts/Panel.tsx';

/** A network from a file that somebody already has. */
export function ModelFilePanel({ disabled }: { disabled: boolean }) {
  return (
    <Panel title="From a file" className="controls">
      <div className="stack">
        <label className="file-field">
          <span>Open a model</span>
          <input
            type="file"
            disabled={disabled}
            accept=".h5,.hdf5,.keras,.json,.onnx"
            onChange={(event) => {
              const files = [...(event.target.files ?? [])];
              event.target.value = '';
              if (files.length > 0) void openModelFiles(files);
            }}
          />
        </label>
        <p className="hint">
          Keras .h5, .keras and JSON, ONNX and QONNX, a Sweetspot design. It is read here and leaves the
          machine nowhere.
        </p>
      </div>
    </Panel>
  );
}
