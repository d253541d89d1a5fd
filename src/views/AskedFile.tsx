import { useStore } from 'zustand';
import { declineAskedFile, openAskedFile } from '../state/actions/address.ts';
import { addressStore } from '../state/addressStore.ts';

/** The page's address asks for a file on the web: nothing is fetched before the user agrees. */
export function AskedFileQuestion() {
  const asked = useStore(addressStore, (state) => state.asked);
  if (!asked) return null;
  const { url, foreign } = asked;
  return (
    <section className="asked-file" aria-label="A file to open">
      <p>
        This link asks to open <strong>{url.pathname.split('/').at(-1) || url.host}</strong> from{' '}
        <strong>{url.host}</strong>
        {foreign
          ? '. The file is fetched from there, so that host learns of your visit; nothing else is sent.'
          : ', where this page comes from.'}
      </p>
      <p className="hint address">{url.href}</p>
      <div className="asked-buttons">
        <button type="button" className="primary" onClick={() => void openAskedFile()}>
          Fetch and open
        </button>
        <button type="button" onClick={declineAskedFile}>
          Leave it
        </button>
      </div>
    </section>
  );
}
