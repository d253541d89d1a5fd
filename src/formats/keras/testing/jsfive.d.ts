/** The part of jsfive, a reader of HDF5 without types, that the tests use. */
declare module 'jsfive' {
  export interface Item {
    readonly attrs: Readonly<Record<string, unknown>>;
    readonly shape: readonly number[];
    readonly value: readonly number[];
    get(path: string): Item;
  }
  export const File: new (bytes: ArrayBuffer, name: string) => Item;
}
