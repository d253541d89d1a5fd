import { decodeLink, encodeLink } from '../../formats/design/link.ts';
import { changeEntry, present } from '../designStore.ts';
import { notify } from '../noticeStore.ts';

/** The page's address with the whole present design in its fragment. */
export function shareLink(): string {
  const address = new URL(location.href);
  address.hash = encodeLink(present().design);
  return address.href;
}

/** Copies the link and says how long it is. */
export async function copyLink(): Promise<void> {
  const link = shareLink();
  try {
    await navigator.clipboard.writeText(link);
    notify(
      'info',
      `Link copied: ${link.length.toLocaleString('en-US')} characters, the whole design in it. Weights and images do not travel.`,
    );
  } catch {
    // Without clipboard permission the address bar is the next best place.
    history.replaceState(null, '', link);
    notify(
      'info',
      `The link (${link.length.toLocaleString('en-US')} characters) is in the address bar now; copy it from there: the browser did not allow the clipboard.`,
    );
  }
}

/** Opens the design of the page's address. False where there is none; a broken one is told and changes nothing. */
export function openAddress(): boolean {
  const fragment = location.hash;
  if (fragment.length <= 1) return false;
  const design = decodeLink(fragment);
  // The design lives in the page from here on: a reload must not go back to the link.
  history.replaceState(null, '', location.pathname + location.search);
  if (!design.ok) {
    notify('error', design.error.message);
    return false;
  }
  // A step of undo: what was here before the link is not lost.
  changeEntry(() => ({ design: design.value, modelId: null, baselineModelId: null }));
  return true;
}
