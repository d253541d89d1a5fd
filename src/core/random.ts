/** A seeded stream of random numbers. Equal seeds give equal streams on every machine. */
export interface Random {
  /** Uniform in [0, 1). */
  next(): number;
  /** A uniform integer in [0, limit). */
  integer(limit: number): number;
  /** Standard normal, by Box and Muller. */
  normal(): number;
  /** The generator's whole state, for {@link resumeRandom}. */
  state(): readonly [number, number, number, number];
}

type State = [number, number, number, number];

/** splitmix32: spreads one 32-bit seed over the four words of the generator's state. */
function spread(seed: number): State {
  let s = seed | 0;
  const word = () => {
    s = (s + 0x9e3779b9) | 0;
    let z = s ^ (s >>> 16);
    z = Math.imul(z, 0x21f0aaad);
    z ^= z >>> 15;
    z = Math.imul(z, 0x735a2d97);
    return (z ^ (z >>> 15)) >>> 0;
  };
  return [word(), word(), word(), word()];
}

/** sfc32 (Chris Doty-Humphrey's "small fast counting" generator, PractRand). */
function generator(s: State): Random {
  const next = () => {
    const t = (s[0] + s[1] + s[3]) | 0;
    s[3] = (s[3] + 1) | 0;
    s[0] = s[1] ^ (s[1] >>> 9);
    s[1] = (s[2] + (s[2] << 3)) | 0;
    s[2] = (s[2] << 21) | (s[2] >>> 11);
    s[2] = (s[2] + t) | 0;
    return (t >>> 0) / 4294967296;
  };
  return {
    next,
    integer: (limit) => Math.floor(next() * limit),
    normal: () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next()),
    state: () => [s[0], s[1], s[2], s[3]],
  };
}

export function createRandom(seed: number): Random {
  const random = generator(spread(seed));
  for (let i = 0; i < 12; i++) random.next(); // sfc32 mixes its seed during the first rounds
  return random;
}

/** Goes on where {@link Random.state} was read. */
export function resumeRandom(state: readonly [number, number, number, number]): Random {
  return generator([...state]);
}

/** A random order of 0..length-1 (Fisher and Yates). */
export function permutation(length: number, random: Random): Uint32Array {
  const order = Uint32Array.from({ length }, (_, i) => i);
  for (let i = length - 1; i > 0; i--) {
    const j = random.integer(i + 1);
    const kept = order[i] as number;
    order[i] = order[j] as number;
    order[j] = kept;
  }
  return order;
}
