import { chosenLayers, focusCaughtUp } from '../../state/actions/edit.ts';

/** Drawings of large networks come some frames after the edit; longer than this nobody waits for a focus. */
const MOST_FRAMES = 60;

/** After a key changed what is chosen, the focus follows the main layer within the panel it was in. */
export function focusMain(event: KeyboardEvent): void {
  const panel = event.target instanceof Element ? event.target.closest('.panel') : null;
  let frames = 0;
  const follow = () => {
    const id = chosenLayers().at(-1);
    const element =
      id === undefined
        ? null
        : panel?.querySelector<HTMLElement | SVGElement>(`[data-id="${CSS.escape(id)}"]`);
    if (!element && id !== undefined && ++frames < MOST_FRAMES) {
      requestAnimationFrame(follow);
      return;
    }
    element?.focus();
    focusCaughtUp();
  };
  requestAnimationFrame(follow);
}
