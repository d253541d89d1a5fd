import { BOARDS } from '../../core/hardware/finn/tuning/boards.ts';
import {
  foldForFps,
  graphConfigText,
  graphSpecializeText,
  restoreFolding,
  searchGraphFolding,
} from '../../state/actions/finnGraph.ts';
import { closeFinnGraph, type OpenFinnGraph, patchFinnGraph } from '../../state/finnGraphStore.ts';
import { NumberField, SelectField } from '../parts/fields.tsx';
import { Panel } from '../parts/Panel.tsx';
import { saveBlob } from '../parts/saveBlob.ts';

const BOARD_OPTIONS = BOARDS.map(({ id, name }) => ({ value: id, label: name }));

/** The board and clock of a FINN graph, its folding for a frame rate, and its file. */
export function FinnGraphControls({ graph, className }: { graph: OpenFinnGraph; className: string }) {
  const { boardId, clockHertz, targetFps, sentence, records, original } = graph;
  const save = (name: string, text: string) => saveBlob(name, new Blob([text], { type: 'application/json' }));
  return (
    <Panel
      title="Fold this graph"
      subtitle="for this session only"
      className={className}
      actions={
        <button type="button" className="quiet small" onClick={closeFinnGraph}>
          Close graph
        </button>
      }
    >
      <div className="stack">
        <div className="finn-graph-fields">
          <SelectField
            label="Board of the graph"
            value={boardId}
            options={BOARD_OPTIONS}
            onChange={(id) => patchFinnGraph({ boardId: id })}
          />
          <NumberField
            label="Clock of the graph"
            value={clockHertz / 1e6}
            min={1}
            max={1000}
            step="any"
            unit="MHz"
            onChange={(megahertz) => patchFinnGraph({ clockHertz: megahertz * 1e6 })}
          />
          <NumberField
            label="Target frame rate"
            value={targetFps}
            min={0.001}
            max={1e9}
            step="any"
            unit="fps"
            onChange={(fps) => patchFinnGraph({ targetFps: fps })}
          />
        </div>
        <div className="button-row finn-graph-buttons">
          <button type="button" className="primary" onClick={() => void foldForFps(targetFps)}>
            Fold with SetFolding
          </button>
          <button type="button" onClick={() => void searchGraphFolding()}>
            Fastest on the board
          </button>
          <button type="button" onClick={() => save('folding_config.json', graphConfigText(graph))}>
            Save folding_config.json
          </button>
          <button
            type="button"
            onClick={() => save('specialize_layers_config.json', graphSpecializeText(graph))}
          >
            Save HLS or RTL of each node
          </button>
          <button type="button" disabled={records === original} onClick={restoreFolding}>
            Folding of the file
          </button>
        </div>
        <p role="status">{sentence}</p>
      </div>
    </Panel>
  );
}
