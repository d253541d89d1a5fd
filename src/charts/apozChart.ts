import { type EnterElement, line, type Selection } from 'd3';
import type { LayerId } from '../core/network/network.ts';
import { countAbove, fallSentence, summary } from './apozModel.ts';
import { createThreshold } from './apozThreshold.ts';
import { binaryTicks, drawAxes } from './axis.ts';
import { type Box, type LabelWish, placeLabels } from './dodge.ts';
import { createFrame, type Margins, put, putText } from './frame.ts';
import { refreshRoving, tipText, wireItems } from './items.ts';
import { drawLegend, type LegendEntry } from './legend.ts';
import { textWidth } from './text.ts';
import type { Tip } from './tooltip.ts';
import type { ApozData, ApozGroup, ApozOptions, Chart } from './types.ts';

export { summary, table } from './apozModel.ts';

const MARGINS: Margins = { top: 28, right: 14, bottom: 38, left: 42 };
const COLORS = 10;
const EVERY = [0, 0.25, 0.5, 0.75, 1];

const LEGEND: readonly LegendEntry[] = ['trained', 'pruned'].map((name) => ({
  label: name,
  sign: (group) => {
    group
      .append('g')
      .attr('class', 'curve')
      .attr('style', '--c: var(--chart-muted)')
      .append('path')
      .attr('class', name)
      .attr('d', 'M0,5h16');
  },
}));

type Curves = Selection<SVGGElement, ApozGroup, SVGGElement, unknown>;

const tipOf = (group: ApozGroup): Tip => ({
  title: group.label,
  lines: [
    fallSentence(group, group.threshold).filter(Boolean).join(', '),
    `${group.kept} of ${group.width} channels kept, threshold ${group.threshold.toFixed(2)}`,
    `APoZ from ${(group.trained[0] ?? 0).toFixed(2)} down to ${(group.trained.at(-1) ?? 0).toFixed(2)}`,
  ],
});

/** Paths by the array they draw: a drag changes one group and leaves the others' paths as they are. */
function createPathCache() {
  const paths = new WeakMap<Float64Array, { key: string; path: string }>();
  const draw = line<number>().digits(1);
  return (values: Float64Array, key: string, x: (rank: number) => number, y: (apoz: number) => number) => {
    const known = paths.get(values);
    if (known?.key === key) return known.path;
    const path = draw.x((_, i) => x(i)).y((value) => y(value))(values) ?? '';
    paths.set(values, { key, path });
    return path;
  };
}

export function apozChart(
  container: HTMLElement,
  first: ApozData,
  firstOptions: ApozOptions = {},
): Chart<ApozData, ApozOptions> {
  let data = first;
  let options = firstOptions;
  let marked: LayerId | null = null;
  const frame = createFrame(container, { kind: 'apoz', minHeight: 220 }, () => draw());
  const axes = frame.group('axes');
  const shade = axes.append('rect').attr('class', 'shade').node() as SVGRectElement;
  const plot = frame.group('plot');
  const curves = frame.group('curves', plot);
  const labels = frame.group('labels', plot).attr('aria-hidden', 'true');
  const legend = frame.group('legend');
  let legendWidth = 0;
  const pathOf = createPathCache();
  const threshold = createThreshold(plot, {
    change(value, phase) {
      const group = selected();
      if (!group) return;
      draw();
      options.onThreshold?.(group.id, value, phase);
    },
  });
  wireItems<ApozGroup>(curves.node() as SVGGElement, frame.tooltip, {
    tip: tipOf,
    layer: (group) => group.layerIds[0] ?? null,
    hover: (id) => options.onHover?.(id),
    pick: (group) => options.onSelect?.(group.id),
  });

  const selected = () => data.groups.find((group) => group.id === data.selected) ?? null;
  const isMarked = (group: ApozGroup) => marked !== null && group.layerIds.includes(marked);

  function draw(): void {
    frame.describe(options.label ?? 'APoZ distribution', summary(data));
    const { width, height } = frame;
    const inner = {
      left: MARGINS.left,
      right: width - MARGINS.right,
      top: MARGINS.top,
      bottom: height - MARGINS.bottom,
    };
    const widest = Math.max(1, ...data.groups.map((group) => group.width));
    const x = (rank: number) => inner.left + (rank / widest) * (inner.right - inner.left);
    const y = (apoz: number) => inner.bottom - apoz * (inner.bottom - inner.top);
    const key = `${width}x${height}/${widest}`;
    const count = Math.max(2, Math.floor((inner.right - inner.left) / 56));
    drawAxes(
      axes,
      {
        label: 'channel rank',
        ticks: binaryTicks(widest, count).map((at) => ({ at: x(at), label: String(at) })),
      },
      { label: 'APoZ (share of zeros)', ticks: EVERY.map((at) => ({ at: y(at), label: at.toFixed(2) })) },
      { width, height, margins: MARGINS },
    );

    const drawn = curves
      .selectAll<SVGGElement, ApozGroup>('g.curve')
      .data(data.groups, (group) => group.id)
      .join(addCurve);
    drawn.each(function (group, index) {
      put(this, 'style', `--c: var(--layer-${index % COLORS})`);
      put(this, 'aria-label', tipText(tipOf(group)));
      put(this, 'aria-pressed', String(group.id === data.selected));
      const [hit, trained, pruned, cut] = [...this.children] as SVGElement[];
      const full = pathOf(group.trained, key, x, y);
      if (hit && trained && pruned && cut) {
        put(hit, 'd', full);
        put(trained, 'd', full);
        put(pruned, 'd', pathOf(group.pruned, key, x, y));
        const own = group.id === data.selected || group.fixed !== null;
        const at = [x(countAbove(group.trained, group.threshold)), y(group.threshold)] as const;
        put(cut, 'd', own ? '' : `M${at[0] - 6},${at[1]}h12`);
      }
    });
    markCurves(drawn);
    refreshRoving(curves.node() as SVGGElement);

    const group = selected();
    const pill = threshold.draw(group, inner);
    const now = threshold.value();
    const falls = group && !group.fixed ? countAbove(group.trained, now) : 0;
    put(shade, 'x', inner.left);
    put(shade, 'y', inner.top);
    put(shade, 'width', Math.max(0, x(falls) - inner.left));
    put(shade, 'height', Math.max(0, y(now) - inner.top));
    drawLabels(x, y, inner, pill);
    if (width !== legendWidth) {
      legendWidth = width;
      drawLegend(legend, LEGEND, { left: 140, right: inner.right, top: 8, align: 'right' });
    }
  }

  function addCurve(enter: Selection<EnterElement, ApozGroup, SVGGElement, unknown>): Curves {
    const group = enter
      .append('g')
      .attr('class', 'curve')
      .attr('role', 'button')
      .attr('data-item', '')
      .attr('tabindex', -1);
    for (const part of ['hit', 'trained', 'pruned', 'cut']) group.append('path').attr('class', part);
    return group;
  }

  function markCurves(drawn: Curves): void {
    drawn.classed('is-selected', (group) => group.id === data.selected).classed('is-marked', isMarked);
    curves.classed('has-mark', data.groups.some(isMarked));
    labels
      .selectAll<SVGTextElement, ApozGroup>('text.curve-label')
      .classed('is-strong', (group) => group.id === data.selected || isMarked(group));
  }

  function drawLabels(
    x: (rank: number) => number,
    y: (apoz: number) => number,
    inner: { left: number; right: number; top: number; bottom: number },
    pill: Box | null,
  ): void {
    const bounds = {
      x: inner.left + 2,
      y: inner.top - 6,
      width: inner.right - inner.left + 10,
      height: inner.bottom - inner.top + 4,
    };
    const first = (group: ApozGroup) => (group.id === data.selected ? 0 : 1);
    const wishes = [...data.groups]
      .sort((a, b) => first(a) - first(b) || b.width - a.width)
      .map((group): LabelWish => {
        const box = { width: textWidth(group.label, true) + 4, height: 14 };
        const end = [x(group.trained.length - 1), y(group.trained.at(-1) ?? 0)] as const;
        const places: Box[] = [];
        for (const down of [0, 13, -13, 26, -26, 39, -39]) {
          places.push({ ...box, x: end[0] + 4, y: end[1] - 7 + down });
          places.push({ ...box, x: end[0] - box.width - 5, y: end[1] + 1 + down });
        }
        return { key: group.id, candidates: places, must: first(group) === 0 };
      });
    const placed = placeLabels(wishes, pill ? [pill] : [], bounds);
    labels
      .selectAll<SVGTextElement, ApozGroup>('text.curve-label')
      .data(
        data.groups.filter((group) => placed.has(group.id)),
        (group) => group.id,
      )
      .join('text')
      .attr('class', 'curve-label halo')
      .classed('is-strong', (group) => group.id === data.selected || isMarked(group))
      .each(function (group) {
        const box = placed.get(group.id);
        put(this, 'style', `--c: var(--layer-${data.groups.indexOf(group) % COLORS})`);
        put(this, 'x', (box?.x ?? 0) + 2);
        put(this, 'y', (box?.y ?? 0) + 11);
        putText(this, group.label);
        this.onclick = () => options.onSelect?.(group.id);
      });
  }

  draw();
  return {
    svg: frame.svg,
    update(next, changes) {
      data = next;
      options = { ...options, ...changes };
      draw();
    },
    highlight(layerId) {
      marked = layerId;
      markCurves(curves.selectAll<SVGGElement, ApozGroup>('g.curve'));
    },
    dispose: frame.dispose,
  };
}
