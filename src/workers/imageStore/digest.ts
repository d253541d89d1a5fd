import { type Digest, sha256 } from '../../core/data/compile/digest.ts';

/** The browser has a digest of its own only for pages that are served securely. */
export const digest: Digest = async (bytes) =>
  globalThis.crypto?.subtle
    ? new Uint8Array(await crypto.subtle.digest('SHA-256', bytes as Uint8Array<ArrayBuffer>))
    : sha256(bytes);

/** A name that no other set has. */
export const newId = (): string =>
  Array.from(crypto.getRandomValues(new Uint8Array(12)), (byte) => byte.toString(16).padStart(2, '0')).join(
    '',
  );
