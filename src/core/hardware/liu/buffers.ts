import { mapBytes } from './cycles.ts';
import type { LiuSettings } from './engine.ts';
import type { LiuPass, Lowered } from './passes.ts';

/** Where a tensor lives between the passes (source 004, section 3.4). */
export type Place = 'RAM-S' | 'RAM-M' | 'off-chip';

/** What the on-chip buffers hold while a pass runs. */
export interface Allocation {
  readonly passId: string;
  /** The tensor the pass writes. */
  readonly output: Place;
  /** It overwrites a tensor it reads: a depthwise convolution its input, an addition its shortcut (Fig. 7). */
  readonly inPlace: boolean;
  readonly ramSBytes: number;
  readonly ramMBytes: number;
}

/** Bytes between the chip and its DRAM in one pass, maps only. */
export interface MapTraffic {
  readonly loadBytes: number;
  readonly storeBytes: number;
}

export interface Buffers {
  readonly allocations: readonly Allocation[];
  /** By tensor id: where it lives. Inputs and outputs of the network are off-chip. */
  readonly places: ReadonlyMap<string, Place>;
  readonly traffic: readonly MapTraffic[];
}

type OnChip = Exclude<Place, 'off-chip'>;

/** The tensors on chip at one moment, and the room they leave. */
class Rams {
  readonly #held = new Map<string, { readonly ram: OnChip; readonly bytes: number }>();
  readonly #capacity: Readonly<Record<OnChip, number>>;

  constructor({ ramSBytes, ramMBytes }: LiuSettings) {
    this.#capacity = { 'RAM-S': ramSBytes, 'RAM-M': ramMBytes };
  }

  used(ram: OnChip): number {
    let bytes = 0;
    for (const tensor of this.#held.values()) if (tensor.ram === ram) bytes += tensor.bytes;
    return bytes;
  }

  get(id: string): { readonly ram: OnChip; readonly bytes: number } | undefined {
    return this.#held.get(id);
  }

  fits(ram: OnChip, bytes: number): boolean {
    return this.used(ram) + bytes <= this.#capacity[ram];
  }

  hold(id: string, ram: OnChip, bytes: number): void {
    this.#held.set(id, { ram, bytes });
  }

  free(ids: readonly string[]): void {
    for (const id of ids) this.#held.delete(id);
  }
}

/** The tensor the result may overwrite: read here for the last time, pixel by pixel. */
function overwritable(pass: LiuPass, dying: ReadonlySet<string>): string | null {
  const shortcut = pass.shortcuts[0];
  if (shortcut !== undefined && dying.has(shortcut)) return shortcut;
  const input = pass.inputs[0];
  const pixelwise = pass.kind === 'depthwise' || pass.kind === 'outputUnit';
  return pixelwise && pass.inputs.length === 1 && input !== undefined && dying.has(input) ? input : null;
}

/**
 * Allocates RAM-S and the RAM-Ms pass by pass (LI-09, LI-22). The input of a bottleneck block, which its shortcut
 * reads again, goes to RAM-S; what the block computes inside alternates with the RAM-Ms; a depthwise convolution
 * works in place, and a sum overwrites its shortcut. What does not fit is written off-chip, and loaded by everybody
 * who reads it.
 */
export function allocateBuffers({ passes, sources }: Lowered, settings: LiuSettings): Buffers {
  const lastReader = new Map<string, number>();
  const forShortcuts = new Set<string>();
  passes.forEach(({ inputs, shortcuts }, i) => {
    for (const id of new Set([...inputs, ...shortcuts])) {
      if (lastReader.has(id) || shortcuts.includes(id)) forShortcuts.add(id);
      lastReader.set(id, i);
    }
  });
  const bytesOf = new Map([...sources].map(([id, map]) => [id, mapBytes(map, settings)]));
  const places = new Map<string, Place>([...sources.keys()].map((id) => [id, 'off-chip']));
  const rams = new Rams(settings);
  const allocations: Allocation[] = [];
  const traffic = passes.map((pass, i): MapTraffic => {
    const { id, inputs, shortcuts, output } = pass;
    const bytes = mapBytes(output, settings);
    bytesOf.set(id, bytes);
    const read = [...new Set([...inputs, ...shortcuts])];
    const loadBytes = read
      .filter((tensor) => places.get(tensor) === 'off-chip')
      .reduce((sum, tensor) => sum + (bytesOf.get(tensor) ?? 0), 0);
    const dying = new Set(read.filter((tensor) => lastReader.get(tensor) === i));
    const victim = overwritable(pass, dying);
    const room = victim === null ? undefined : rams.get(victim);
    const inPlace = lastReader.has(id) && room !== undefined && bytes <= room.bytes;
    let place: Place = 'off-chip';
    if (inPlace && victim !== null) {
      place = room.ram;
      rams.free([victim]);
      rams.hold(id, place, room.bytes);
    } else if (lastReader.has(id)) {
      const from = rams.get(inputs[0] ?? '')?.ram;
      const toS = forShortcuts.has(id) || from !== 'RAM-S';
      const wanted: readonly OnChip[] = toS ? ['RAM-S', 'RAM-M'] : ['RAM-M', 'RAM-S'];
      const ram = wanted.find((candidate) => rams.fits(candidate, bytes));
      if (ram) {
        place = ram;
        rams.hold(id, ram, bytes);
      }
    }
    places.set(id, place);
    allocations.push({
      passId: id,
      output: place,
      inPlace,
      ramSBytes: rams.used('RAM-S'),
      ramMBytes: rams.used('RAM-M'),
    });
    rams.free([...dying]);
    // A smaller result leaves room where it has overwritten a larger tensor.
    if (place !== 'off-chip') rams.hold(id, place, bytes);
    return { loadBytes, storeBytes: place === 'off-chip' ? bytes : 0 };
  });
  return { allocations, places, traffic };
}

/** The shortcut transfer that a pass does without, because its tensor is still on chip. */
export interface SavedTransfer {
  readonly passId: string;
  readonly bytes: number;
  readonly seconds: number;
}

/**
 * Eq. 1 of source 004, Hi x Wi x ceil(Ci/PC) x B / bandwidth, for every pass that adds a shortcut. B is the
 * size of a word of PC pixels: with "the bit width of the feature maps", as printed, the time would be PC times too
 * short (contradictions.md, C4-01).
 */
export function savedShortcutTransfers(
  { passes }: Lowered,
  places: Buffers['places'],
  settings: LiuSettings,
): readonly SavedTransfer[] {
  const bandwidth = settings.bytesPerCycle * settings.clockHertz;
  return passes
    .filter(({ shortcuts }) => shortcuts.some((id) => places.get(id) !== 'off-chip'))
    .map(({ id, ofm }) => {
      const bytes = mapBytes(ofm, settings);
      return { passId: id, bytes, seconds: bytes / bandwidth };
    });
}
