import { FaultError } from '../../core/result.ts';

export type Config = Readonly<Record<string, unknown>>;

export const isRecord = (value: unknown): value is Config =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export function refuse(code: string, message: string, where?: string): never {
  throw new FaultError(where === undefined ? { code, message } : { code, message, where });
}

const shown = (value: unknown): string => (JSON.stringify(value) ?? 'nothing').slice(0, 60);

/** Reads the settings of one layer; every fault names it. */
export class Fields {
  readonly #config: Config;
  readonly #layer: string;

  constructor(layer: string, config: Config) {
    this.#config = config;
    this.#layer = layer;
  }

  raw(key: string): unknown {
    return this.#config[key] ?? null;
  }

  refuse(key: string, wanted: string): never {
    return refuse(
      'layer-attribute',
      `Layer ${this.#layer} has ${key} ${shown(this.#config[key])}; it must be ${wanted}.`,
      this.#layer,
    );
  }

  /** At least 1, or at least `low`. */
  whole(key: string, usual?: number, low = 1): number {
    const value = this.#config[key] ?? usual;
    if (!Number.isInteger(value) || (value as number) < low) this.refuse(key, `a whole number from ${low}`);
    return value as number;
  }

  number(key: string, usual?: number): number {
    const value = this.#config[key] ?? usual;
    if (typeof value !== 'number' || !Number.isFinite(value)) this.refuse(key, 'a number');
    return value;
  }

  truth(key: string, usual: boolean): boolean {
    const value = this.#config[key] ?? usual;
    if (typeof value !== 'boolean') this.refuse(key, 'true or false');
    return value;
  }

  /** One number for both axes, or one for each. */
  pair(key: string, usual?: readonly [number, number]): readonly [number, number] {
    const value = this.#config[key] ?? usual;
    const both = Array.isArray(value) ? value : [value, value];
    if (both.length !== 2 || !both.every((n) => Number.isInteger(n) && n >= 1))
      this.refuse(key, 'one or two whole numbers from 1');
    return [both[0], both[1]];
  }

  padding(): 'same' | 'valid' {
    const value = this.#config.padding ?? 'valid';
    if (value !== 'same' && value !== 'valid') this.refuse('padding', 'same or valid');
    return value;
  }

  /** Refuses feature maps whose channels come first. */
  channelsLast(): void {
    const value = this.#config.data_format ?? 'channels_last';
    if (value === 'channels_last') return;
    refuse(
      'channels-first',
      `Layer ${this.#layer} has data_format ${shown(value)}; only channels_last can be read, so build and save the model with channels_last.`,
      this.#layer,
    );
  }

  /** Whether `axis` (one number, or a list of one) is the last one of a feature map with `rank` axes, batch included. */
  isLastAxis(rank: number): boolean {
    const value = this.#config.axis ?? -1;
    const axis = Array.isArray(value) && value.length === 1 ? value[0] : value;
    return axis === -1 || axis === rank - 1;
  }
}
