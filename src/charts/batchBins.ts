/**
 * The losses of all batches as one value range a pixel column. Reads only what is new, so that appending to
 * a run of 100,000 batches costs as much as to one of ten.
 */
export class BatchBins {
  private low = new Float64Array(0);
  private high = new Float64Array(0);
  private sum = new Float64Array(0);
  private count = new Uint32Array(0);
  private source: ArrayLike<number> | null = null;
  private read = 0;
  private perColumn = 1;

  /** `total` batches share `columns` pixel columns. */
  update(losses: ArrayLike<number>, total: number, columns: number): void {
    const width = Math.max(1, Math.floor(columns));
    const perColumn = Math.max(1, total) / width;
    const same = losses === this.source && losses.length >= this.read;
    if (!same || width !== this.low.length || perColumn !== this.perColumn) {
      this.low = new Float64Array(width);
      this.high = new Float64Array(width);
      this.sum = new Float64Array(width);
      this.count = new Uint32Array(width);
      this.read = 0;
      this.source = losses;
      this.perColumn = perColumn;
    }
    for (; this.read < losses.length; this.read++) this.add(this.read, losses[this.read] ?? Number.NaN);
  }

  private add(index: number, loss: number): void {
    if (!Number.isFinite(loss)) return;
    const column = Math.min(this.low.length - 1, Math.floor(index / this.perColumn));
    const known = this.count[column] ?? 0;
    if (known === 0 || loss < (this.low[column] ?? 0)) this.low[column] = loss;
    if (known === 0 || loss > (this.high[column] ?? 0)) this.high[column] = loss;
    this.sum[column] = (this.sum[column] ?? 0) + loss;
    this.count[column] = known + 1;
  }

  /** The largest mean of a column: one wild batch does not flatten the whole curve. */
  highestMean(): number {
    let highest = 0;
    for (let i = 0; i < this.count.length; i++) {
      const count = this.count[i] ?? 0;
      if (count > 0) highest = Math.max(highest, (this.sum[i] ?? 0) / count);
    }
    return highest;
  }

  path(left: number, y: (loss: number) => number): string {
    let path = '';
    for (let i = 0; i < this.count.length; i++) {
      if (this.count[i] === 0) continue;
      const x = left + i + 0.5;
      const high = y(this.high[i] ?? 0).toFixed(1);
      path += path ? `L${x},${high}` : `M${x},${high}`;
      if (this.count[i] !== 1) path += `V${y(this.low[i] ?? 0).toFixed(1)}`;
    }
    return path;
  }
}
