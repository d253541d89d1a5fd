import { useStore } from 'zustand';
import type { LayerId } from '../../core/network/network.ts';
import {
  bridgeChosen,
  chooseBlock,
  duplicateChosen,
  moveChosen,
  removeChosen,
} from '../../state/actions/edit.ts';
import { editStore } from '../../state/editStore.ts';
import { useBusy } from './useEditing.ts';

/** What is said of many chosen layers at once. */
const MOST_NAMES = 6;

function names(chosen: readonly LayerId[]): string {
  if (chosen.length === 0) return 'No layer is chosen.';
  const shown = chosen.slice(0, MOST_NAMES).join(', ');
  const more = chosen.length - MOST_NAMES;
  return more > 0 ? `${shown} and ${more} more` : shown;
}

/** What can be done with the chosen layers. Keys are told in the titles. */
export function EditorToolbar({ chosen }: { chosen: readonly LayerId[] }) {
  const busy = useBusy();
  const problem = useStore(editStore, (state) => state.problem);
  const told = useStore(editStore, (state) => state.told);
  const main = chosen.at(-1);
  const idle = busy || main === undefined;
  const action = (label: string, title: string, work: () => unknown, disabled = idle) => (
    <button type="button" className="small" title={title} disabled={disabled} onClick={() => void work()}>
      {label}
    </button>
  );
  return (
    <>
      <div className="editor-bar" role="toolbar" aria-label="Edit the chosen layers">
        {action(
          'Whole block',
          'Choose the block around the layer, and again the next larger one (B)',
          () => main && chooseBlock(main),
        )}
        {action('Remove', 'Remove; its readers read what it read (Delete)', removeChosen)}
        {action('Duplicate', 'Put a copy behind (Ctrl+D)', duplicateChosen)}
        {action('Earlier', 'One place earlier (Alt+Left)', () => moveChosen('earlier'))}
        {action('Later', 'One place later (Alt+Right)', () => moveChosen('later'))}
        {action('Shortcut', 'Add the input of the chosen layers to their output', bridgeChosen)}
      </div>
      <p className="hint">
        {chosen.length > 1 ? `Chosen: ${names(chosen)}. ` : ''}
        Shift reaches to another layer, Ctrl adds one; drag layers onto a connection to move them, press + or
        I on a connection to insert there.
      </p>
      <p className={problem ? 'hint warn' : 'hint'} role="status">
        {problem ?? told}
      </p>
    </>
  );
}
