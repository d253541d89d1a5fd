import { describe, expect, test } from 'vitest';
import { NetworkBuilder } from '../../../network/builder.ts';
import type { Network } from '../../../network/network.ts';
import { presetById, TRAINED_PRESETS } from '../../../network/presets.ts';
import { unwrap } from '../../../result.ts';
import { verdictSentence } from '../placement.ts';
import { BOX_HEIGHT, layoutInspection } from './inspectionLayout.ts';
import { inspectionSvg } from './inspectionSvg.ts';
import { inspect } from './inspector.ts';

const map = (extent: number, channels: number) => ({ height: extent, width: extent, channels });
const on = (network: Network) => unwrap(inspect(network, { architecture: 'B4096', isa: 1 }));
const drawn = (network: Network) => inspectionSvg(on(network), network);
const count = (text: string, part: string) => text.split(part).length - 1;

const UNESCAPED: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/** Reads XML strictly: a tag left open, a stray `<` or `&`, or a character that XML forbids throws. */
function texts(xml: string): string[] {
  const rest = xml.replace(/^<\?xml [^?]*\?>\n/, '');
  const open: string[] = [];
  const found: string[] = [];
  let at = 0;
  const token = /<\/([\w-]+)>|<([\w-]+)((?: [\w:-]+="[^"<]*")*)(\/?)>|([^<]+)/y;
  for (token.lastIndex = 0; at < rest.length; at = token.lastIndex) {
    const match = token.exec(rest);
    if (!match) throw new Error(`not XML: ${rest.slice(at, at + 60)}`);
    const [, closed, opened, attributes = '', alone, text] = match;
    if (closed !== undefined && open.pop() !== closed) throw new Error(`${closed} closes another tag`);
    if (opened !== undefined && alone === '') open.push(opened);
    for (const part of [text ?? '', attributes])
      if (/&(?!(amp|lt|gt|quot|apos);)/.test(part)) throw new Error(`a bare &: ${part}`);
    if (text?.trim()) found.push(text.replace(/&(\w+);/g, (_, name: string) => UNESCAPED[name] ?? ''));
  }
  if (open.length > 0) throw new Error(`${open.join(', ')} stays open`);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: no XML file may hold these
  if (/[\u0000-\u0008\u000B\u000C\u000E-\u001F]|\p{Cs}/u.test(xml)) throw new Error('a forbidden character');
  return found;
}

test('the reader of this test refuses what is not XML', () => {
  for (const wrong of ['<a>', '<a></b>', '<a>&</a>', '<a b="<"/>', '<a>\u0001</a>', '< a/>'])
    expect(() => texts(wrong), wrong).toThrow();
  expect(texts('<a b="&lt;"><c/>&amp;</a>')).toEqual(['&']);
});

function branches(): Network {
  const b = new NetworkBuilder('branches', map(32, 16));
  const entry = b.conv(16, 3);
  const kept = b.conv(16, 3, {}, entry);
  const refused = b.conv(16, 17, {}, entry);
  b.add(kept, refused);
  const joined = b.last;
  b.convBlock(16, 3);
  b.add(joined, b.last);
  b.globalAveragePool();
  b.flatten();
  b.dense(10);
  b.softmax();
  return b.build();
}

function dense(): Network {
  const b = new NetworkBuilder('dense', map(16, 8));
  const made = [b.conv(8, 3)];
  for (let i = 0; i < 5; i++) {
    b.conv(8, i === 2 ? 17 : 3);
    made.push(b.last);
    b.concat(...made);
  }
  return b.build();
}

const NETWORKS = [...TRAINED_PRESETS.map((preset) => preset.build(preset.input, 10)), branches(), dense()];

describe.each(NETWORKS.map((network) => ({ name: network.name, network })))('$name as SVG', ({ network }) => {
  const inspection = on(network);
  const svg = inspectionSvg(inspection, network);

  test('is well-formed, with one box a layer and one frame a subgraph (VT-44)', () => {
    const said = texts(svg);
    expect(
      svg.startsWith('<?xml version="1.0" encoding="UTF-8"?>\n<svg xmlns="http://www.w3.org/2000/svg"'),
    ).toBe(true);
    expect(count(svg, '<g class="layer">')).toBe(network.layers.length);
    expect(count(svg, '<rect class="subgraph"')).toBe(inspection.subgraphs.length);
    for (const { index, device } of inspection.subgraphs)
      expect(said).toContain(`${device} subgraph ${index}`);
    const read = network.layers.reduce((sum, { inputs }) => sum + new Set(inputs).size, 0);
    expect(count(svg, '<path class="edge"')).toBe(read);
    for (const { layerId, device } of inspection.layers) {
      const at = said.indexOf(layerId);
      expect(said[at + 1], layerId).toBe(device);
      expect(said[at + 2], layerId).toMatch(/^\w+, \d+x\d+x\d+$/);
    }
  });

  test('names the network and the target, and counts the layers without the input', () => {
    const [title, , head] = texts(svg);
    expect(title).toBe(`${network.name} on DPUCZDX8G_ISA1_B4096`);
    const onDpu = inspection.layers.filter(({ device }) => device === 'DPU').length;
    expect(head).toMatch(
      new RegExp(`^${onDpu} of ${network.layers.length - 1} layers on the DPU, in \\d+ sub`),
    );
  });

  test('says why each layer of the CPU is there (VT-44)', () => {
    const said = texts(svg);
    for (const verdict of inspection.layers.filter(({ device }) => device === 'CPU')) {
      expect(verdictSentence(verdict)).not.toBe('');
      expect(said).toContain(verdictSentence(verdict));
    }
    expect(count(svg, 'stroke-dasharray')).toBe(
      inspection.layers.filter(({ device }) => device === 'CPU').length,
    );
  });

  test('has no box on another, none in a foreign frame, and no edge through a box', () => {
    const width = 200;
    const { boxes, frames, edges, ...size } = layoutInspection(inspection, network, width, 50);
    for (const [i, a] of boxes.entries()) {
      expect(a.x + width).toBeLessThan(size.width);
      expect(a.y + BOX_HEIGHT).toBeLessThan(size.height);
      for (const b of boxes.slice(i + 1))
        expect(Math.abs(a.x - b.x) >= width || Math.abs(a.y - b.y) >= BOX_HEIGHT).toBe(true);
      for (const frame of frames) {
        const within =
          a.x >= frame.x &&
          a.y >= frame.y &&
          a.x + width <= frame.x + frame.width &&
          a.y + BOX_HEIGHT <= frame.y + frame.height;
        const apart =
          a.x >= frame.x + frame.width ||
          a.x + width <= frame.x ||
          a.y >= frame.y + frame.height ||
          a.y + BOX_HEIGHT <= frame.y;
        expect(a.verdict.subgraph === frame.index ? within : apart).toBe(true);
      }
    }
    for (const d of edges) {
      const points = cornersOf(d);
      for (const [i, to] of points.slice(1).entries()) {
        const from = points[i]!;
        expect(to.y, 'down or level').toBeGreaterThanOrEqual(from.y);
        for (let part = 0; part <= 20; part++) {
          const x = from.x + ((to.x - from.x) * part) / 20;
          const y = from.y + ((to.y - from.y) * part) / 20;
          const hit = boxes.find(
            (box) => x > box.x && x < box.x + width && y > box.y && y < box.y + BOX_HEIGHT,
          );
          expect(hit?.verdict.layerId).toBeUndefined();
        }
      }
    }
  });
});

/** The corners of a path of M, L, H and V. */
function cornersOf(d: string): { x: number; y: number }[] {
  let [x, y] = [0, 0];
  return [...d.matchAll(/([MLHV])([\d.-]+)(?:,([\d.-]+))?/g)].map(([, command, first, second]) => {
    if (command === 'V') y = Number(first);
    else x = Number(first);
    if (command === 'M' || command === 'L') y = Number(second);
    return { x, y };
  });
}

test('every layer stands below all it reads, and branches of one rank beside each other', () => {
  const network = branches();
  const { boxes } = layoutInspection(on(network), network, 200, 50);
  const at = new Map(boxes.map(({ verdict, x, y }) => [verdict.layerId, { x, y }]));
  for (const { id, inputs } of network.layers)
    for (const input of inputs) expect(at.get(id)!.y).toBeGreaterThan(at.get(input)!.y);
  const [kept, refused] = [at.get('conv2')!, at.get('conv3')!];
  expect(kept.y).toBe(refused.y);
  expect(kept.x).not.toBe(refused.x);
});

describe('names from the files of others', () => {
  const renamed = (id: string, name = 'net') => {
    const b = new NetworkBuilder(name, map(32, 16));
    b.conv(16, 17);
    const network = b.build();
    const layers = network.layers.map((layer) => (layer.kind === 'conv2d' ? { ...layer, id } : layer));
    return drawn({ ...network, layers });
  };

  test('an id with markup is text, in the box and in the sentence', () => {
    const svg = renamed('<script>&"', '</svg><script>alert(1)</script>');
    expect(svg).not.toContain('<script');
    expect(svg).toContain('&lt;script&gt;&amp;&quot;');
    const said = texts(svg);
    expect(said).toContain('<script>&"');
    expect(said.some((text) => text.startsWith('<script>&" runs on the CPU: '))).toBe(true);
    expect(said[0]).toContain('</svg><script>alert(1)</script> on DPUCZDX8G');
  });

  test('characters that XML forbids are replaced, and whole ones are kept', () => {
    const said = texts(renamed('a\u0000b\u001Fc\uD800d\u{1F600}'));
    expect(said).toContain('a\uFFFDb\uFFFDc\uFFFDd\u{1F600}');
  });

  test('a long id is shortened in its box and whole in its sentence', () => {
    const id = `${'\u{1F600}'.repeat(100)}end`;
    const said = texts(renamed(id));
    expect(said).toContain(`${'\u{1F600}'.repeat(37)}…`);
    expect(said.some((text) => text.startsWith(id))).toBe(true);
  });
});

test('ten thousand layers are no problem', () => {
  const b = new NetworkBuilder('deep', map(1, 16));
  for (let i = 0; i < 10_000; i++) b.relu();
  expect(count(drawn(b.build()), '<g class="layer">')).toBe(10_001);
});

test('a MobileNetV2 of 224x224 runs its head on the CPU only for its softmax (VT-44)', () => {
  const network = presetById('tiny-mobilenet-v2')!.build(map(224, 3), 10);
  expect(texts(drawn(network)).filter((text) => text === 'CPU')).toHaveLength(1);
});
