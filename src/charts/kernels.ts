import type { LayerId } from '../core/network/network.ts';
import { createFrame, put, putText } from './frame.ts';
import { refreshRoving, tipText, wireItems } from './items.ts';
import {
  countText,
  type DrawnKernels,
  drawnKernels,
  emptySentence,
  type KernelBox,
  type KernelsData,
  type KernelsOptions,
  kernelDrawing,
  NAMES,
  sizeText,
  summary,
  tipOf,
  weightText,
} from './kernelsModel.ts';
import { fitText } from './text.ts';
import type { Chart } from './types.ts';

export { summary, table } from './kernelsModel.ts';

/** Lines of text under each drawing: name, count, size, weights. */
const TEXTS = ['emphasis', 'kernel-count', 'kernel-size', 'quiet'] as const;
const LINE = 14;
const FACES = ['side', 'top', 'front', 'grid'] as const;

/**
 * The kernels of a convolution as boxes with the layer's own sizes: N of K x K x M as a standard one, M of K x K as a
 * depthwise one, N of 1 x 1 x M as a pointwise one (Howard et al. 2017, Figure 2; SX-06, LI-01).
 */
export function kernels(
  container: HTMLElement,
  first: KernelsData,
  firstOptions: KernelsOptions = {},
): Chart<KernelsData, KernelsOptions> {
  let data = first;
  let options = firstOptions;
  let marked: LayerId | null = null;
  const frame = createFrame(container, { kind: 'kernels', minHeight: 150 }, () => draw());
  const layer = frame.group('kernel-sets');
  wireItems<DrawnKernels>(layer.node() as SVGGElement, frame.tooltip, {
    tip: tipOf,
    layer: () => data.layerIds[0] ?? null,
    hover: (id) => options.onHover?.(id),
  });

  function draw(): void {
    const drawn = drawnKernels(data);
    frame.describe(options.label ?? 'Kernels', summary(data));
    frame.empty(drawn.length === 0 ? emptySentence(data) : null);
    const { width, height } = frame;
    const room = width / Math.max(1, drawn.length);
    const textTop = height - TEXTS.length * LINE;
    layer
      .selectAll<SVGGElement, DrawnKernels>('g.kernel-set')
      .data(drawn, ({ set }) => set.kind)
      .join((enter) => {
        const set = enter.append('g').attr('data-item', '').attr('tabindex', -1).attr('role', 'img');
        set.append('rect').attr('class', 'hit');
        set.append('g').attr('class', 'boxes');
        for (const name of TEXTS) set.append('text').attr('class', name).attr('text-anchor', 'middle');
        set.append('rect').attr('class', 'focus-ring').attr('rx', 4);
        return set;
      })
      .order()
      .each(function (item, i) {
        const [hit, boxes, ...rest] = [...this.children];
        const ring = rest.at(-1);
        if (!(hit && boxes && ring)) return;
        put(this, 'class', item.isBuilt ? 'kernel-set is-built' : 'kernel-set');
        put(this, 'transform', `translate(${(i * room).toFixed(1)},0)`);
        put(this, 'aria-label', tipText(tipOf(item)));
        for (const rect of [hit, ring]) {
          put(rect, 'x', 2);
          put(rect, 'y', 2);
          put(rect, 'width', Math.max(0, room - 4));
          put(rect, 'height', Math.max(0, height - 4));
        }
        const drawing = kernelDrawing(item.set, room - 16, textTop - 12);
        const left = (room - drawing.width) / 2;
        const top = 4 + (textTop - 8 - drawing.height) / 2;
        put(boxes, 'transform', `translate(${left.toFixed(1)},${top.toFixed(1)})`);
        drawBoxes(boxes, drawing.boxes);
        const lines = [
          `${NAMES[item.set.kind]}${item.isBuilt ? ' (as built)' : ''}`,
          countText(item.set),
          `of ${sizeText(item.set)}`,
          weightText(item.set),
        ];
        lines.forEach((line, row) => {
          const text = rest[row];
          if (!text) return;
          put(text, 'x', (room / 2).toFixed(1));
          put(text, 'y', textTop + 8 + row * LINE);
          putText(text, fitText(line, room - 6, row === 0));
        });
      });
    mark();
    refreshRoving(layer.node() as SVGGElement);
  }

  function mark(): void {
    layer.classed('is-marked', marked !== null && data.layerIds.includes(marked));
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
      mark();
    },
    dispose: frame.dispose,
  };
}

/** Four faces a box, the box behind first. */
function drawBoxes(parent: Element, boxes: readonly KernelBox[]): void {
  const faces = boxes.flatMap((box) => FACES.map((face) => ({ face, d: box[face] })));
  while (parent.children.length > faces.length) parent.lastElementChild?.remove();
  while (parent.children.length < faces.length)
    parent.append(document.createElementNS('http://www.w3.org/2000/svg', 'path'));
  faces.forEach(({ face, d }, i) => {
    const path = parent.children[i];
    if (!path) return;
    put(path, 'class', face);
    put(path, 'd', d);
  });
}
