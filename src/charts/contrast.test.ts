import { readFileSync } from 'node:fs';
import { color, lch, rgb } from 'd3';
import { describe, expect, it } from 'vitest';

const css = readFileSync(new URL('./colors.css', import.meta.url), 'utf8').replaceAll('"', "'");

function colorsOf(selector: string): Map<string, string> {
  const start = css.indexOf(`${selector} {`);
  const block = css.slice(start, css.indexOf('}', start));
  return new Map([...block.matchAll(/--([\w-]+): ([^;]+);/g)].map((m) => [m[1]!, m[2]!]));
}

const light = colorsOf('\n:root');
const dark = colorsOf(":root[data-theme='dark']");
const share = Number.parseFloat(light.get('chart-light-share')!) / 100;

function luminance(text: string): number {
  const { r, g, b } = rgb(text);
  const [x, y, z] = [r, g, b].map((v) =>
    v / 255 <= 0.04045 ? v / 255 / 12.92 : ((v / 255 + 0.055) / 1.055) ** 2.4,
  );
  return 0.2126 * x! + 0.7152 * y! + 0.0722 * z!;
}

function contrast(a: string, b: string): number {
  const [high, low] = [luminance(a), luminance(b)].sort((p, q) => q - p);
  return (high! + 0.05) / (low! + 0.05);
}

function mix(a: string, b: string, part: number): string {
  const [p, q] = [rgb(a), rgb(b)];
  const at = (x: number, y: number) => x * part + y * (1 - part);
  return rgb(at(p.r, q.r), at(p.g, q.g), at(p.b, q.b)).formatHex();
}

const TEXT = ['chart-text', 'chart-muted', 'accent', 'good', 'warn', 'chart-threshold'];

describe.each([
  ['light', light],
  ['dark', dark],
])('%s colors', (_name, colors) => {
  const surface = colors.get('chart-surface')!;
  const named = (test: RegExp) => [...colors].filter(([name]) => test.test(name));

  it('are readable as text: 4.5 to 1', () => {
    const texts = [...named(/^layer-/), ...TEXT.map((name) => [name, colors.get(name)!] as const)];
    for (const [name, value] of texts) expect(contrast(value, surface), name).toBeGreaterThanOrEqual(4.5);
    expect(contrast(colors.get('chart-tip')!, colors.get('chart-tip-text')!)).toBeGreaterThan(7);
  });

  it('are visible as marks, strong and light: 3 to 1', () => {
    for (const [name, value] of named(/^(layer|bound)-/)) {
      expect(contrast(value, surface), name).toBeGreaterThanOrEqual(3);
      expect(contrast(mix(value, surface, share), surface), `light ${name}`).toBeGreaterThanOrEqual(3);
    }
    for (const name of ['chart-axis', 'chart-before-edge', 'chart-after']) {
      expect(contrast(colors.get(name)!, surface), name).toBeGreaterThanOrEqual(3);
    }
  });

  it('differ between any two layers', () => {
    const layers = named(/^layer-/).map(([, value]) => lch(color(value)!));
    expect(new Set(layers.map(String)).size).toBe(10);
  });
});

it('are the same whether dark is chosen or comes from the system', () => {
  expect(colorsOf(":root:not([data-theme='light'])")).toEqual(dark);
});
