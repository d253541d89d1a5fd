import type { EnterElement, Selection } from 'd3';
import type { LayerId } from '../core/network/network.ts';
import { createFrame, put, putText } from './frame.ts';
import { refreshRoving, tipText, wireItems } from './items.ts';
import { type StripBlock, type StripEdge, stripLayout, summary } from './stripLayout.ts';
import type { Tip } from './tooltip.ts';
import type { Chart, StripData, StripLayer, StripOptions } from './types.ts';

export { STRIP_SCALE, summary, table } from './stripLayout.ts';

type Blocks = Selection<SVGGElement, StripBlock, SVGGElement, unknown>;

const GLYPHS = { add: '+', concat: '‖', multiply: '×' } as const;

const tipOf = (layer: StripLayer): Tip => ({
  title: `${layer.label} (${layer.kind})`,
  lines: [
    layer.after === layer.before
      ? `${layer.before} channels`
      : `${layer.before} channels, ${layer.after} after pruning`,
    `${layer.height} x ${layer.width} pixels`,
    ...(layer.note ? [layer.note] : []),
  ],
});

export function networkStrip(
  container: HTMLElement,
  first: StripData,
  firstOptions: StripOptions = {},
): Chart<StripData, StripOptions> {
  let data = first;
  let options = firstOptions;
  let marked: LayerId | null = null;
  const frame = createFrame(container, { kind: 'strip', scroll: 'x', minHeight: 84 }, () => draw());
  const edges = frame.group('edges').attr('aria-hidden', 'true');
  const layer = frame.group('layers');
  wireItems<StripBlock>(layer.node() as SVGGElement, frame.tooltip, {
    tip: (block) => tipOf(block.layer),
    layer: (block) => block.layer.id,
    hover: (id) => options.onHover?.(id),
    pick: (block) => options.onSelect?.(block.layer.id),
  });

  function draw(): void {
    frame.describe(options.label ?? 'Network', summary(data));
    const scrollBar = frame.scroller.offsetHeight - frame.scroller.clientHeight;
    const height = frame.height - scrollBar;
    const layout = stripLayout(data, frame.width, height);
    frame.resize(Math.max(frame.width, Math.ceil(layout.width)), height);
    edges
      .selectAll<SVGPathElement, StripEdge>('path')
      .data(layout.edges, (edge) => edge.key)
      .join('path')
      .attr('class', (edge) => `edge${edge.join ? ` is-${edge.join}` : ''}`)
      .attr('d', (edge) => edge.path);
    const drawn = layer
      .selectAll<SVGGElement, StripBlock>('g.layer')
      .data(layout.blocks, (block) => block.layer.id)
      .join(addBlock)
      .order();
    drawn.each(function (block) {
      const { box } = block;
      put(this, 'aria-label', tipText(tipOf(block.layer)));
      put(this, 'aria-pressed', String(block.layer.id === data.selected));
      const [hit, before, after, glyph, label, ring] = [...this.children];
      if (!(hit && before && after && glyph && label && ring)) return;
      for (const rect of [before, after]) {
        for (const name of ['x', 'y', 'width', 'height'] as const) put(rect, name, box[name]);
        put(rect, 'rx', block.join ? box.height / 2 : Math.min(3, box.width / 4));
      }
      put(after, 'width', block.join ? box.width : block.after);
      put(hit, 'x', box.x - 5);
      put(hit, 'y', 0);
      put(hit, 'width', box.width + 10);
      put(hit, 'height', height);
      put(ring, 'x', box.x - 3);
      put(ring, 'y', box.y - 3);
      put(ring, 'width', box.width + 6);
      put(ring, 'height', box.height + 6);
      putText(glyph, block.join ? GLYPHS[block.join] : '');
      put(glyph, 'x', box.x + box.width / 2);
      put(glyph, 'y', box.y + box.height / 2 + 4);
      putText(label, block.labelRow === null ? '' : block.layer.label);
      put(label, 'x', box.x + box.width / 2);
      put(label, 'y', layout.labelTop + (block.labelRow ?? 0) * 13);
    });
    mark(drawn);
    refreshRoving(layer.node() as SVGGElement);
  }

  function addBlock(enter: Selection<EnterElement, StripBlock, SVGGElement, unknown>): Blocks {
    const block = enter.append('g').attr('class', 'layer').attr('role', 'button');
    block.attr('data-item', '').attr('tabindex', -1);
    block.append('rect').attr('class', 'hit');
    block.append('rect').attr('class', 'block-before');
    block.append('rect').attr('class', 'block-after');
    block.append('text').attr('class', 'glyph');
    block.append('text').attr('class', 'layer-label');
    block.append('rect').attr('class', 'focus-ring').attr('rx', 4);
    return block;
  }

  function mark(blocks: Blocks): void {
    blocks
      .classed('is-selected', (block) => block.layer.id === data.selected)
      .classed('is-marked', (block) => block.layer.id === marked);
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
      mark(layer.selectAll<SVGGElement, StripBlock>('g.layer'));
    },
    dispose: frame.dispose,
  };
}
