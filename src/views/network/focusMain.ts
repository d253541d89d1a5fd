import { chosenLayers } from '../../state/actions/edit.ts';

/** After a key changed what is chosen, the focus follows the main layer within the panel it was in. */
export function focusMain(event: KeyboardEvent): void {
  const panel = event.target instanceof Element ? event.target.closest('.panel') : null;
  requestAnimationFrame(() => {
    const id = chosenLayers().at(-1);
    if (id === undefined) return;
    panel?.querySelector<HTMLElement | SVGElement>(`[data-id="${CSS.escape(id)}"]`)?.focus();
  });
}
