import { FaultError, fail, ok, type Result } from '../../core/result.ts';
import { shardNames } from '../../formats/tfjs/shardNames.ts';
import { type AskedFile, addressStore } from '../addressStore.ts';
import { type JobContext, runJob } from '../jobStore.ts';
import { notify } from '../noticeStore.ts';
import { openAnything } from './incoming.ts';

/** As large as a model that is opened from a disk. */
const LARGEST = 512 * 2 ** 20;

const fault = (code: string, message: string) => new FaultError({ code, message });

/** The file an address means; a fault where it is none that a page may fetch. */
export function askedFile(text: string, base: URL): Result<AskedFile> {
  let url: URL;
  try {
    url = new URL(text, base);
  } catch {
    return fail('no-address', `"${text.slice(0, 80)}" is no address; write one as https://host/model.onnx.`);
  }
  if (url.protocol !== 'https:' && url.protocol !== 'http:')
    return fail(
      'no-web-address',
      `${url.protocol} addresses can't be opened; give one that begins with https:, or open the file itself.`,
    );
  return ok({ url, foreign: url.origin !== base.origin });
}

/** Notes what `?url=` asks for and takes it out of the address: nothing is fetched before the user agrees. */
export function readAskedFile(): void {
  const here = new URL(location.href);
  const text = here.searchParams.get('url');
  if (text === null) return;
  here.searchParams.delete('url');
  history.replaceState(null, '', here);
  const asked = askedFile(text, here);
  if (asked.ok) addressStore.setState({ asked: asked.value });
  else notify('error', `The address of this page asks for a file: ${asked.error.message}`);
}

export const declineAskedFile = (): void => addressStore.setState({ asked: null });

export async function openAskedFile(): Promise<void> {
  const { asked } = addressStore.getState();
  declineAskedFile();
  if (asked) await openUrl(asked.url);
}

/** A file on the web, asked for by hand: no question before. */
export async function openTyped(text: string): Promise<string | null> {
  const asked = askedFile(text.trim(), new URL(location.href));
  if (!asked.ok) return asked.error.message;
  await openUrl(asked.value.url);
  return null;
}

async function openUrl(url: URL): Promise<void> {
  const files = await runJob(`Fetching ${url.host}`, async (job) => {
    const first = await fetchFile(url, job);
    // A TensorFlow.js model.json names the shards beside it.
    const others: File[] = [];
    for (const path of await shardsOf(first)) others.push(await fetchFile(new URL(path, url), job));
    return [first, ...others];
  });
  if (files) await openAnything(files);
}

/** Larger files are no model.json. */
const LARGEST_JSON = 64 * 2 ** 20;

/** The files that a TensorFlow.js model.json asks for; none where the file is something else. */
async function shardsOf(file: File): Promise<readonly string[]> {
  if (file.size > LARGEST_JSON || (await file.slice(0, 1).text()) !== '{') return [];
  try {
    return shardNames(JSON.parse(await file.text()));
  } catch {
    // What is wrong with it is told when it is opened.
    return [];
  }
}

/** One file, with its progress; no cookies go along. */
async function fetchFile(url: URL, { signal, report }: JobContext): Promise<File> {
  const name = decodeURIComponent(url.pathname.split('/').at(-1) ?? '') || url.host;
  let response: Response;
  try {
    response = await fetch(url, { signal, credentials: 'omit', referrerPolicy: 'no-referrer' });
  } catch (error) {
    if (signal.aborted) throw error;
    throw fault(
      'fetch',
      `${url.host} did not give ${name}: it can't be reached, or it does not let other pages read its files (CORS). Download the file and open it here.`,
    );
  }
  if (!response.ok || !response.body)
    throw fault(
      'fetch',
      `${url.host} answered ${response.status} for ${name}; check the address, or download the file and open it here.`,
    );
  const total = Number(response.headers.get('content-length') ?? 0);
  const parts: BlobPart[] = [];
  let received = 0;
  for (const reader = response.body.getReader(); ; ) {
    const { done, value } = await reader.read();
    if (done) break;
    received += value.byteLength;
    if (received > LARGEST) {
      void reader.cancel();
      throw fault('too-large', `${name} is larger than 512 MB; choose a smaller model.`);
    }
    parts.push(value);
    report(total > received ? received / total : null, `${name}, ${(received / 1e6).toFixed(1)} MB`);
  }
  return new File(parts, name);
}
