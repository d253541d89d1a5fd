/** SHA-256 of bytes: the browser's own where the page may use it, else {@link sha256}. */
export type Digest = (bytes: Uint8Array) => Promise<Uint8Array>;

const primes = (count: number): number[] => {
  const found: number[] = [];
  for (let n = 2; found.length < count; n++) if (found.every((prime) => n % prime !== 0)) found.push(n);
  return found;
};

/** The first 32 bits of a root's fraction (FIPS 180-4, 4.2.2 and 5.3.3); doubles have 53 bits, of which 9 are whole. */
const fraction = (root: number): number => Math.floor((root - Math.floor(root)) * 2 ** 32) | 0;

const ROUNDS = Int32Array.from(primes(64), (prime) => fraction(Math.cbrt(prime)));
const START = Int32Array.from(primes(8), (prime) => fraction(Math.sqrt(prime)));

/** The message with a one, zeros and its length behind it, as a whole number of blocks (FIPS 180-4, 5.1.1). */
function padded(bytes: Uint8Array): Uint8Array {
  const tail = new Uint8Array(((bytes.length + 72) & ~63) - (bytes.length & ~63));
  tail.set(bytes.subarray(bytes.length & ~63));
  tail[bytes.length & 63] = 0x80;
  const view = new DataView(tail.buffer);
  view.setUint32(tail.length - 8, Math.floor(bytes.length / 2 ** 29));
  view.setUint32(tail.length - 4, (bytes.length << 3) >>> 0);
  return tail;
}

const rotated = (x: number, n: number) => (x >>> n) | (x << (32 - n));

/** SHA-256 (FIPS 180-4, 6.2), for pages that are not served securely: browsers keep their own from these. */
export function sha256(bytes: Uint8Array): Uint8Array {
  const state = Int32Array.from(START);
  const words = new Int32Array(64);
  const block = (from: Uint8Array, at: number) => {
    for (let t = 0; t < 16; t++) {
      const i = at + 4 * t;
      words[t] =
        ((from[i] as number) << 24) |
        ((from[i + 1] as number) << 16) |
        ((from[i + 2] as number) << 8) |
        (from[i + 3] as number);
    }
    for (let t = 16; t < 64; t++) {
      const early = words[t - 15] as number;
      const late = words[t - 2] as number;
      const sigma0 = rotated(early, 7) ^ rotated(early, 18) ^ (early >>> 3);
      const sigma1 = rotated(late, 17) ^ rotated(late, 19) ^ (late >>> 10);
      words[t] = ((words[t - 16] as number) + sigma0 + (words[t - 7] as number) + sigma1) | 0;
    }
    let [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = state;
    for (let t = 0; t < 64; t++) {
      const sum1 = rotated(e, 6) ^ rotated(e, 11) ^ rotated(e, 25);
      const chosen = (e & f) ^ (~e & g);
      const first = (h + sum1 + chosen + (ROUNDS[t] as number) + (words[t] as number)) | 0;
      const sum0 = rotated(a, 2) ^ rotated(a, 13) ^ rotated(a, 22);
      const second = (sum0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
      h = g;
      g = f;
      f = e;
      e = (d + first) | 0;
      d = c;
      c = b;
      b = a;
      a = (first + second) | 0;
    }
    [a, b, c, d, e, f, g, h].forEach((value, i) => {
      state[i] = (state[i] as number) + value;
    });
  };
  const whole = bytes.length & ~63;
  for (let at = 0; at < whole; at += 64) block(bytes, at);
  const tail = padded(bytes);
  for (let at = 0; at < tail.length; at += 64) block(tail, at);
  const out = new Uint8Array(32);
  const view = new DataView(out.buffer);
  state.forEach((word, i) => {
    view.setInt32(4 * i, word);
  });
  return out;
}

export const hexOf = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
