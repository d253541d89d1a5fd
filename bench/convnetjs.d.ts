/** What the bench uses of convnetjs, which has no types of its own. */
declare module 'convnetjs' {
  export class Vol {
    w: Float64Array;
    constructor(sx: number, sy: number, depth: number, fill: number);
  }
  class Net {
    makeLayers(layers: readonly object[]): void;
  }
  class Trainer {
    constructor(net: Net, options: object);
    train(x: Vol, label: number): void;
  }
  const convnetjs: { Vol: typeof Vol; Net: typeof Net; Trainer: typeof Trainer };
  export default convnetjs;
}
