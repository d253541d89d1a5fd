/** Numbers as people read them. A true minus sign, thin grouping, three significant digits. */

const MINUS = '−';

/** Building a formatter costs a hundred times more than using one. */
const formatters = new Map<number, Intl.NumberFormat>();

function formatterOf(fractionDigits: number): Intl.NumberFormat {
  let formatter = formatters.get(fractionDigits);
  if (!formatter) {
    formatter = new Intl.NumberFormat('en-US', { maximumFractionDigits: fractionDigits });
    formatters.set(fractionDigits, formatter);
  }
  return formatter;
}

const signed = (text: string): string => text.replace('-', MINUS);

/** 1,542,848 */
export const formatInteger = (value: number): string => signed(formatterOf(0).format(Math.round(value)));

/** "1 epoch", "3 epochs", "1,600 images": the word in its number. */
export const formatNumberOf = (count: number, word: string): string =>
  `${formatInteger(count)} ${word}${count === 1 ? '' : 's'}`;

/** Three significant digits without an exponent: 59.5, 3.05, 880 */
export function formatSignificant(value: number, digits = 3): string {
  if (!Number.isFinite(value)) return '–';
  if (value === 0) return '0';
  const magnitude = Math.floor(Math.log10(Math.abs(value)));
  return signed(formatterOf(Math.min(20, Math.max(0, digits - 1 - magnitude))).format(value));
}

const STEPS = [
  [1e12, 'T'],
  [1e9, 'G'],
  [1e6, 'M'],
  [1e3, 'k'],
] as const;

/** 59.5 M, 32.8 k, 812. The unit, where there is one, goes behind the prefix: 3.05 kfps. */
export function formatCount(value: number, unit = ''): string {
  for (const [size, prefix] of STEPS) {
    if (Math.abs(value) >= size * 0.9995) return `${formatSignificant(value / size)} ${prefix}${unit}`;
  }
  return unit ? `${formatSignificant(value)} ${unit}` : formatSignificant(value);
}

/** 2.11 ms, 340 µs, 1.2 s */
export function formatSeconds(seconds: number): string {
  const magnitude = Math.abs(seconds);
  if (magnitude >= 1) return `${formatSignificant(seconds)} s`;
  if (magnitude >= 1e-3) return `${formatSignificant(seconds * 1e3)} ms`;
  return `${formatSignificant(seconds * 1e6)} µs`;
}

/** 0:41, 12:05 */
export function formatClock(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`;
}

/** Share 0..1 as 82.1 % */
export const formatPercent = (share: number, digits = 1): string =>
  Number.isFinite(share) ? `${signed((100 * share).toFixed(digits))} %` : '–';

/** Relative change: −12.1 %, +3.4 %, ±0 % */
export function formatChange(before: number, after: number, digits = 1): string {
  if (before === after || before === 0) return '±0 %';
  const change = (100 * (after - before)) / before;
  const text = change.toFixed(digits);
  return `${change > 0 ? '+' : ''}${signed(text)} %`;
}

/** Difference of two shares in percentage points: −1.2 pt */
export function formatPoints(before: number, after: number): string {
  const points = 100 * (after - before);
  if (Math.abs(points) < 0.05) return '±0 pt';
  return `${points > 0 ? '+' : ''}${signed(points.toFixed(1))} pt`;
}

/**
 * 95 % confidence interval of a share of `correct` in `total` (Wilson 1927): never leaves 0..1 and holds for
 * small samples.
 */
export function wilsonInterval(correct: number, total: number): readonly [number, number] {
  if (total === 0) return [0, 1];
  const z = 1.959964;
  const p = correct / total;
  const middle = p + (z * z) / (2 * total);
  const spread = z * Math.sqrt((p * (1 - p)) / total + (z * z) / (4 * total * total));
  const scale = 1 + (z * z) / total;
  return [Math.max(0, (middle - spread) / scale), Math.min(1, (middle + spread) / scale)];
}
