import { describe, expect, it } from 'vitest';
import type { Network } from '../core/network/network.ts';
import { PRESETS } from '../core/network/presets.ts';
import { geometryAt, geometryOf } from '../core/network/shapes.ts';
import { inside, overlaps } from './dodge.ts';
import { commandOf, edgeAfter, isElsewhere, nearestEdge, neighborOf } from './graphKeys.ts';
import { type GraphLayout, graphLayout } from './graphLayout.ts';
import { edgeKey, type GraphNode, nameOf, summary, table } from './graphModel.ts';

function nodesOf(network: Network): GraphNode[] {
  const geometry = geometryOf(network);
  return network.layers.map(({ id, kind, inputs }) => ({
    ...{ id, kind, inputs, label: id },
    ...geometryAt(geometry, id).ofm,
  }));
}

const preset = (id: string): GraphNode[] => {
  const { build, input, classCount } = PRESETS.find((one) => one.id === id)!;
  return nodesOf(build(input, classCount));
};

const ROOM = { width: 1000, height: 300, zoom: 1, fit: false };
const ROOMS = [ROOM, { ...ROOM, fit: true }, { ...ROOM, height: 150, zoom: 2 }];

/** Every number pair of a path, in its order. */
const pointsOf = (path: string) =>
  [...path.matchAll(/(-?[\d.]+),(-?[\d.]+)/g)].map(([, x, y]) => [Number(x), Number(y)] as const);

function expectLawful(nodes: readonly GraphNode[], layout: GraphLayout): void {
  expect(layout.nodes.map(({ node }) => node.id)).toEqual(nodes.map(({ id }) => id));
  const bounds = { x: 0, y: 0, width: layout.width, height: layout.height };
  const boxOf = new Map(layout.nodes.map(({ node, box }) => [node.id, box]));
  const outside = layout.nodes.filter(({ box }) => !inside(box, bounds));
  expect(outside.map(({ node }) => node.id)).toEqual([]);
  layout.nodes.forEach(({ node, box }, i) => {
    for (const other of layout.nodes.slice(i + 1)) {
      if (overlaps(box, other.box)) expect.fail(`${node.id} overlaps ${other.node.id}`);
    }
  });
  const wanted = nodes.flatMap(({ id, inputs }) => [...new Set(inputs)].map((from) => edgeKey(from, id)));
  expect(layout.edges.map(({ key }) => key).sort()).toEqual(wanted.sort());
  for (const { key, from, to, path, plus } of layout.edges) {
    const [a, b] = [boxOf.get(from)!, boxOf.get(to)!];
    expect(a.x + a.width, `${key} goes right`).toBeLessThan(b.x);
    const xs = pointsOf(path).map(([x]) => x);
    for (let i = 1; i < xs.length; i++) expect(xs[i], key).toBeGreaterThanOrEqual(xs[i - 1]!);
    const sign = { x: plus.x - 7, y: plus.y - 7, width: 14, height: 14 };
    expect(inside(sign, bounds), `the sign of ${key} is in the drawing`).toBe(true);
    const points = pointsOf(path);
    points.slice(1).forEach(([x, y], i) => {
      const [x0, y0] = points[i]!;
      const line = { x: x0, y: Math.min(y0, y), width: x - x0, height: Math.abs(y - y0) };
      expect(inside(line, bounds), `${key} is in the drawing`).toBe(true);
      const hit = layout.nodes.find(({ node, box }) => ![from, to].includes(node.id) && overlaps(line, box));
      expect(hit?.node.id, `${key} runs through`).toBeUndefined();
    });
  }
}

describe('the layout of a network', () => {
  it.each(PRESETS.map(({ id }) => id))('has its laws: %s', (id) => {
    const nodes = preset(id);
    for (const room of ROOMS) expectLawful(nodes, graphLayout({ nodes }, room));
  });

  const node = (id: string, kind: GraphNode['kind'], ...inputs: string[]): GraphNode => ({
    ...{ id, kind, inputs, label: id, height: 28, width: 28 },
    channels: 64,
  });
  const inception = (name: string, from: string): GraphNode[] => [
    node(`${name}a`, 'conv2d', from),
    node(`${name}b1`, 'conv2d', from),
    node(`${name}b2`, 'conv2d', `${name}b1`),
    node(`${name}c1`, 'conv2d', from),
    node(`${name}c2`, 'conv2d', `${name}c1`),
    node(`${name}d1`, 'maxPool', from),
    node(`${name}d2`, 'conv2d', `${name}d1`),
    node(name, 'concat', `${name}a`, `${name}b2`, `${name}c2`, `${name}d2`),
  ];

  it('has its laws where four branches run side by side, in four lanes', () => {
    const nodes = [node('in', 'input'), ...inception('m', 'in'), ...inception('n', 'm')];
    const layout = graphLayout({ nodes }, ROOM);
    expectLawful(nodes, layout);
    const lanes = ['ma', 'mb2', 'mc2', 'md2'].map((id) => middleOf(layout, id));
    expect(new Set(lanes).size).toBe(4);
  });

  it('has its laws where every layer reads all before it, and where a branch has a branch', () => {
    const dense = [node('in', 'input'), node('c0', 'conv2d', 'in')];
    for (let i = 1; i < 9; i++) {
      const all = Array.from({ length: i }, (_, j) => `c${j}`);
      if (i > 1) dense.push(node(`j${i}`, 'concat', ...all));
      dense.push(node(`c${i}`, 'conv2d', i > 1 ? `j${i}` : 'c0'));
    }
    const nested = [
      ...[node('in', 'input'), node('a', 'conv2d', 'in'), node('b', 'conv2d', 'a'), node('c', 'conv2d', 'b')],
      ...[node('x', 'conv2d', 'in'), node('y', 'conv2d', 'x'), node('add1', 'add', 'y', 'x')],
      ...[node('d', 'conv2d', 'c'), node('add2', 'add', 'd', 'add1'), node('e', 'conv2d', 'y')],
    ];
    for (const nodes of [dense, nested]) {
      for (const room of ROOMS) expectLawful(nodes, graphLayout({ nodes }, room));
    }
  });

  it('leaves out connections that go backward or nowhere, and grows where the room is too low', () => {
    const odd = [node('a', 'conv2d', 'b', 'nobody'), node('b', 'conv2d', 'a')];
    expect(graphLayout({ nodes: odd }, ROOM).edges.map(({ key }) => key)).toEqual(['a>b']);
    expect(graphLayout({ nodes: [] }, ROOM)).toMatchObject({ nodes: [], edges: [], height: 300 });
    const low = graphLayout(
      { nodes: [node('in', 'input'), ...inception('m', 'in')] },
      { ...ROOM, height: 60 },
    );
    expect(low.height).toBeGreaterThan(60);
  });

  it('keeps the main path straight, a shortcut in its own lane and an identity over the top', () => {
    const layout = graphLayout({ nodes: preset('tiny-resnet') }, ROOM);
    const middle = middleOf(layout, 'conv1');
    for (const id of ['conv2', 'conv3', 'add1', 'conv5', 'add2', 'fc1']) {
      expect(middleOf(layout, id), id).toBeCloseTo(middle, 6);
    }
    expect(middleOf(layout, 'conv6')).toBeGreaterThan(middle + 20);
    const skip = layout.edges.find(({ key }) => key === 'relu1>add1')!;
    const tops = ['conv2', 'conv3'].map((id) => layout.nodes.find(({ node: n }) => n.id === id)!.box.y);
    expect(skip.kind).toBe('add');
    expect(skip.plus.y).toBeLessThan(Math.min(...tops));
    expect(layout.edges.find(({ to, kind }) => to === 'add1' && kind !== 'add')!.kind).toBe('flow');
  });

  it('never takes a gate for the main path, however long it is', () => {
    const layout = graphLayout({ nodes: preset('mobilenet-v3-small') }, ROOM);
    expect(middleOf(layout, 'mul1')).toBeCloseTo(middleOf(layout, 'dw1'), 6);
    expect(middleOf(layout, 'squeeze1')).not.toBeCloseTo(middleOf(layout, 'dw1'), 0);
    expect(layout.edges.find(({ key }) => key === 'hsigmoid1>mul1')!.kind).toBe('gate');
  });

  it('draws to scale: four times the channels twice the width, four times the pixels twice the height', () => {
    const big = { ...node('b', 'conv2d', 'a'), height: 112, channels: 1024 };
    const small = { ...node('c', 'conv2d', 'b'), height: 28, channels: 256 };
    const boxes = graphLayout({ nodes: [node('a', 'input'), big, small] }, ROOM).nodes.map(({ box }) => box);
    expect(boxes[1]!.width / boxes[2]!.width).toBeCloseTo(2, 6);
    expect(boxes[1]!.height / boxes[2]!.height).toBeCloseTo(2, 6);
  });

  it('fits the width where it can', () => {
    const width = (id: string, fit: boolean) => graphLayout({ nodes: preset(id) }, { ...ROOM, fit }).width;
    expect(width('squeezenet-1.0', false)).toBeGreaterThan(1000);
    expect(width('squeezenet-1.0', true)).toBeLessThanOrEqual(1000);
    expect(width('resnet-152-v1', true)).toBeGreaterThan(1000);
  });

  it('labels every layer that is no bar and no join at scale 1', () => {
    const { nodes } = graphLayout({ nodes: preset('squeezenet-ssd300') }, ROOM);
    expect(nodes.filter(({ role, label }) => role === 'box' && label === '').map((n) => n.node.id)).toEqual(
      [],
    );
  });
});

const middleOf = (layout: GraphLayout, id: string): number => {
  const { box } = layout.nodes.find(({ node }) => node.id === id)!;
  return box.y + box.height / 2;
};

describe('keys in the graph', () => {
  const layout = graphLayout({ nodes: preset('tiny-resnet') }, ROOM);
  const press = (
    key: string,
    id: string,
    more: Partial<KeyboardEvent> = {},
    insertAt: string | null = null,
  ) =>
    commandOf(
      { key, shiftKey: false, ctrlKey: false, metaKey: false, altKey: false, ...more },
      id,
      layout,
      insertAt,
    );

  it('go along the connections, bars too, and stay in the lane where the network forks', () => {
    expect(press('ArrowRight', 'conv1')).toEqual({ do: 'focus', id: 'bn1', range: false });
    expect(neighborOf(layout, 'relu1', 'ArrowRight')).toBe('conv2');
    expect(neighborOf(layout, 'add1', 'ArrowLeft')).toBe('bn3');
    expect(neighborOf(layout, 'conv6', 'ArrowLeft')).toBe('relu3');
  });

  it('go from lane to lane, to the first and to the last layer, and stop at the ends', () => {
    expect(neighborOf(layout, 'conv5', 'ArrowDown')).toBe('bn6');
    expect(neighborOf(layout, 'conv6', 'ArrowUp')).toMatch(/^(conv|bn|relu)\d+$/);
    expect(middleOf(layout, neighborOf(layout, 'conv6', 'ArrowUp')!)).toBeLessThan(middleOf(layout, 'conv6'));
    expect(neighborOf(layout, 'conv5', 'Home')).toBe('input');
    expect(neighborOf(layout, 'conv5', 'End')).toBe(layout.nodes.at(-1)!.node.id);
    expect(neighborOf(layout, 'input', 'ArrowLeft')).toBeNull();
    expect(neighborOf(layout, 'conv5', 'x')).toBeNull();
  });

  it('reach every layer by Right, Up and Down from the first', () => {
    const seen = new Set(['input']);
    for (const id of seen) {
      for (const key of ['ArrowRight', 'ArrowLeft', 'ArrowUp', 'ArrowDown']) {
        const next = neighborOf(layout, id, key);
        if (next) seen.add(next);
      }
    }
    expect(seen.size).toBe(layout.nodes.length);
  });

  it('select, add to the selection and extend it', () => {
    expect(press('Enter', 'conv2')).toEqual({ do: 'select', id: 'conv2', mode: 'one' });
    expect(press(' ', 'conv2', { ctrlKey: true })).toEqual({ do: 'select', id: 'conv2', mode: 'toggle' });
    expect(press('Enter', 'conv2', { shiftKey: true })).toEqual({ do: 'select', id: 'conv2', mode: 'range' });
    expect(press('ArrowRight', 'conv1', { shiftKey: true })).toMatchObject({ id: 'bn1', range: true });
  });

  it('leave to the view what is not theirs', () => {
    for (const key of ['Delete', 'Backspace', 'Escape', 'Tab']) expect(press(key, 'conv2')).toBeNull();
    expect(press('d', 'conv2', { ctrlKey: true })).toBeNull();
    expect(press('ArrowRight', 'conv2', { altKey: true })).toBeNull();
  });

  it('choose the connection behind a layer, one after the other where there are several', () => {
    expect(press('i', 'conv2')).toEqual({ do: 'insert', from: 'conv2', to: 'bn2' });
    const first = edgeAfter(layout, 'relu1', null)!;
    const second = edgeAfter(layout, 'relu1', first.key)!;
    expect([first.to, second.to].sort()).toEqual(['add1', 'conv2']);
    expect(edgeAfter(layout, 'relu1', second.key)).toEqual(first);
    expect(press('i', layout.nodes.at(-1)!.node.id)).toBeNull();
  });
});

describe('dropping layers on a connection', () => {
  const { edges } = graphLayout({ nodes: preset('tiny-cnn') }, ROOM);

  it('finds the nearest sign within reach, or none', () => {
    const [edge] = edges;
    expect(nearestEdge(edges, { x: edge!.plus.x + 2, y: edge!.plus.y }, 48)).toBe(edge);
    expect(nearestEdge(edges, { x: edge!.plus.x, y: edge!.plus.y + 2000 }, 48)).toBeNull();
  });

  it('is possible on connections of other layers', () => {
    expect(isElsewhere(['a'], 'a', 'b') || isElsewhere(['a'], 'b', 'a')).toBe(false);
    expect(isElsewhere(['a'], 'b', 'c')).toBe(true);
  });
});

describe('the graph in words', () => {
  const nodes = preset('tiny-resnet');
  const data = { nodes, selected: ['conv1', 'conv2'], insertAt: 'conv1>bn1' };

  it('is summed up', () => {
    expect(summary(data)).toBe(
      `${nodes.length} layers, 3 residual additions, widest 64 channels (conv7). Selected: conv1, conv2. The next layer goes between conv1 and bn1.`,
    );
    expect(summary({ ...data, nodes: [] })).toBe('No layers yet.');
    const faulty = nodes.map((one) =>
      one.id === 'fc1' ? { ...one, fault: 'It reads 8x8.', share: 0.25 } : one,
    );
    expect(summary({ ...data, nodes: faulty })).toContain(
      'Most goes to fc1: 25.0 % of the whole. Fault in fc1: It reads 8x8.',
    );
    expect(summary({ ...data, nodes: preset('squeezenet-ssd300') })).toContain('12 outputs');
  });

  it('names a layer with all that is known of it', () => {
    const one = { ...nodes[1]!, note: '432 MACs', share: 0.5, fault: 'No input.' };
    expect(nameOf(one, true)).toBe(
      'conv1, conv2d, 32x32x16, 432 MACs, 50.0 % of the whole, Fault: No input., selected',
    );
    expect(nameOf(nodes[1]!, false)).toBe('conv1, conv2d, 32x32x16');
  });

  it('has a row for each layer', () => {
    const { columns, rows } = table(data);
    expect(rows).toHaveLength(nodes.length);
    expect(rows[1]).toEqual(['conv1', 'conv2d', 'input', 32, 32, 16, '', '', '', 'yes']);
    expect(rows.every((row) => row.length === columns.length)).toBe(true);
  });
});
