import { useStore } from 'zustand';
import { copyLink } from '../state/actions/share.ts';
import { designStore, redoDesign, undoDesign } from '../state/designStore.ts';
import { chooseTheme, type Theme, uiStore } from '../state/uiStore.ts';

const NEXT_THEME: Readonly<Record<Theme, Theme>> = { system: 'light', light: 'dark', dark: 'system' };
const THEME_MARK: Readonly<Record<Theme, string>> = { system: '◐', light: '○', dark: '●' };

export function TopBar() {
  const { past, present, future } = useStore(designStore, (state) => state.history);
  const theme = useStore(uiStore, (ui) => ui.theme);
  return (
    <header className="topbar">
      <a className="skip" href="#room">
        Skip to the room
      </a>
      <h1>
        <img src="./icon.svg" alt="" width="20" height="20" />
        Sweetspot
      </h1>
      <span className="topbar-design">{present.design.network.name}</span>
      <span className="spacer" />
      <button
        type="button"
        className="quiet"
        disabled={past.length === 0}
        onClick={undoDesign}
        title="Undo (Ctrl+Z)"
      >
        Undo
      </button>
      <button
        type="button"
        className="quiet"
        disabled={future.length === 0}
        onClick={redoDesign}
        title="Redo (Ctrl+Shift+Z)"
      >
        Redo
      </button>
      <button
        type="button"
        className="quiet"
        aria-label={`Theme: ${theme}. Change to ${NEXT_THEME[theme]}.`}
        title={`Theme: ${theme}`}
        onClick={() => chooseTheme(NEXT_THEME[theme])}
      >
        <span aria-hidden="true">{THEME_MARK[theme]}</span>
      </button>
      <button type="button" className="primary" onClick={() => void copyLink()}>
        Copy link
      </button>
    </header>
  );
}
