import { createFrame, put, putText } from './frame.ts';
import { drawBlocks } from './graphBlocks.ts';
import { type Dragging, wireDrag } from './graphDrag.ts';
import { createEdges } from './graphEdges.ts';
import { commandOf, edgeAfter, modeOf } from './graphKeys.ts';
import { type GraphLayout, graphLayout, type PlacedNode } from './graphLayout.ts';
import { type GraphData, type GraphOptions, linesOf, summary } from './graphModel.ts';
import { addNode, nodeKey, placeNode, stateNode } from './graphNodes.ts';
import { createPluses } from './graphPluses.ts';
import { samePlaces, withNodes } from './graphReuse.ts';
import { refreshRoving, wireItems } from './items.ts';
import type { Chart } from './types.ts';

export { GRAPH_SCALE, summary, table } from './graphModel.ts';

const KEYS =
  'Arrow keys go along the connections and between lanes, with Shift they extend the selection; Enter selects, I picks the connection behind a layer.';

/** The network as a graph in which layers and connections can be picked, and layers dragged. */
export function networkGraph(
  container: HTMLElement,
  first: GraphData,
  firstOptions: GraphOptions = {},
): Chart<GraphData, GraphOptions> {
  let data = first;
  let options = firstOptions;
  let marked: string | null = null;
  let known: { nodes: GraphData['nodes']; room: string; layout: GraphLayout } | null = null;
  let onScreen: GraphLayout | null = null;
  const frame = createFrame(container, { kind: 'graph', scroll: 'x', minHeight: 140 }, () => draw());
  const hidden = (name: string) => frame.group(name).attr('aria-hidden', 'true');
  const blockGroup = hidden('blocks');
  const lineGroup = hidden('edges');
  const hitGroup = hidden('edge-hits');
  const drawEdges = createEdges(lineGroup, hitGroup);
  const nodeGroup = frame.group('nodes').attr('role', 'listbox').attr('aria-multiselectable', 'true');
  const parent = nodeGroup.node() as SVGGElement;
  // Chromium makes a tab stop of every SVG element that listens to the focus.
  parent.setAttribute('tabindex', '-1');
  const pluses = createPluses(hidden('pluses'));
  const ring = hidden('focus').append('rect').attr('class', 'graph-focus').attr('rx', 4);
  const ghost = hidden('ghost').append('text');

  const itemOf = (target: EventTarget | null) =>
    target instanceof Element ? target.closest<SVGGElement>('[data-id]') : null;
  const elementOf = (id: string) =>
    [...parent.children].find((element) => (element as SVGElement).dataset.id === id) as
      | SVGGElement
      | undefined;
  const focused = () => (parent.contains(document.activeElement) ? itemOf(document.activeElement) : null);

  // The graph's own keys come before those that every chart has.
  parent.addEventListener('keydown', (event) => {
    const id = itemOf(event.target)?.dataset.id;
    if (id === undefined) return;
    // `wireItems` listens to these on the same group; all others (Ctrl+Z) go on to the page.
    if (/^(Enter| |Arrow\w+|Home|End)$/.test(event.key)) event.stopImmediatePropagation();
    if (options.onKey?.(event, id) || event.defaultPrevented) return;
    const command = commandOf(event, id, layout(), data.insertAt);
    if (!command) return;
    event.preventDefault();
    if (command.do === 'insert') options.onEdge?.(command.from, command.to);
    else if (command.do === 'select') options.onSelect?.(command.id, command.mode);
    else {
      elementOf(command.id)?.focus();
      if (command.range) options.onSelect?.(command.id, 'range');
    }
  });
  wireItems<PlacedNode>(parent, frame.tooltip, {
    tip: ({ node }) => ({ title: `${node.label} (${node.kind})`, lines: linesOf(node) }),
    layer: ({ node }) => node.id,
    hover: (id) => options.onHover?.(id),
  });
  parent.addEventListener('click', (event) => {
    const item = itemOf(event.target);
    if (!item?.dataset.id) return;
    item.focus({ preventScroll: true });
    options.onSelect?.(item.dataset.id, modeOf(event));
  });
  parent.addEventListener('focusin', showFocus);
  parent.addEventListener('focusout', () => {
    ring.attr('visibility', 'hidden');
    pluses.focus(null);
  });

  for (const group of [hitGroup.node() as SVGGElement, pluses.element]) {
    const edgeOf = (target: EventTarget | null) => {
      const element = target instanceof Element ? target.closest<SVGElement>('[data-edge]') : null;
      return layout().edges.find((edge) => edge.key === element?.dataset.edge) ?? null;
    };
    group.addEventListener('pointermove', (event) => pluses.hover(edgeOf(event.target)));
    // From a line onto its own sign, which has just appeared there, is no leaving.
    group.addEventListener('pointerleave', (event) => pluses.hover(edgeOf(event.relatedTarget)));
    group.addEventListener('click', (event) => {
      const edge = edgeOf(event.target);
      if (edge) options.onEdge?.(edge.from, edge.to);
    });
  }
  const drag = wireDrag(parent, {
    svg: frame.svg,
    scroller: frame.scroller,
    options: () => options,
    edges: () => layout().edges,
    companions(id) {
      const ids = data.selected.includes(id) ? data.selected : [id];
      const kinds = new Map(data.nodes.map((node) => [node.id, node.kind]));
      return ids.filter((each) => kinds.has(each) && kinds.get(each) !== 'input');
    },
    show: showDrag,
  });

  function showFocus(): void {
    const element = focused();
    const placed = layout().nodes.find(({ node }) => node.id === element?.dataset.id);
    if (!element || !placed) return;
    const { box } = placed;
    ring.attr('visibility', element.matches(':focus-visible') ? 'visible' : 'hidden');
    ring.attr('x', box.x - 3).attr('y', box.y - 3);
    ring.attr('width', box.width + 6).attr('height', box.height + 6);
    pluses.focus(options.onEdge ? edgeAfter(layout(), placed.node.id, null) : null);
  }

  function showDrag(dragging: Dragging | null): void {
    frame.tooltip.hide();
    const ids = new Set(dragging?.ids);
    parent.classList.toggle('is-dragging', dragging !== null);
    nodesDrawn().classed('is-dragged', ({ node }) => ids.has(node.id));
    pluses.drag(dragging);
    const labels = data.nodes.filter((node) => ids.has(node.id)).map((node) => node.label);
    putText(
      ghost.node() as SVGTextElement,
      labels.length > 2 ? `${labels.length} layers` : labels.join(', '),
    );
    ghost.attr('x', (dragging?.x ?? 0) + 12).attr('y', (dragging?.y ?? 0) - 8);
  }

  /** Laid out anew only when something it depends on has changed: a new selection costs no layout. */
  function layout(): GraphLayout {
    const { zoom = 1, fit = false } = options;
    const scrollBar = frame.scroller.offsetHeight - frame.scroller.clientHeight;
    const room = { width: frame.width, height: frame.height - scrollBar, zoom, fit };
    const key = JSON.stringify([room, options.onEdge !== undefined]);
    if (known?.nodes === data.nodes && known.room === key) return known.layout;
    const laidOut =
      known?.room === key && samePlaces(known.nodes, data.nodes)
        ? withNodes(known.layout, data.nodes)
        : graphLayout(data, room);
    known = { nodes: data.nodes, room: key, layout: laidOut };
    return laidOut;
  }

  function draw(): void {
    frame.describe(options.label ?? 'Network graph', `${summary(data)} ${KEYS}`);
    put(parent, 'aria-label', `Layers of ${options.label ?? 'the network'}`);
    frame.empty(data.nodes.length === 0 ? 'No layers yet.' : null);
    const focusedBefore = focused();
    const order = focusedBefore ? [...parent.children].indexOf(focusedBefore) : -1;
    const now = layout();
    if (now !== onScreen) drawAll(now);
    onScreen = now;
    mark();
    pluses.update(now.edges, data.insertAt);
    refreshRoving(parent);
    if (!focusedBefore) return;
    // Elements that moved in the document, or were made anew, have lost the focus.
    const again = elementOf(focusedBefore.dataset.id ?? '') ?? heirOf(order);
    if (again && again !== document.activeElement) again.focus({ preventScroll: true });
    showFocus();
  }

  /** Where the focus goes when its layer is gone: to the main selection, or to what took its place. */
  function heirOf(order: number): SVGGElement | undefined {
    const main = data.selected.at(-1);
    const chosen = main === undefined ? undefined : elementOf(main);
    return (
      chosen ?? (parent.children[Math.min(order, parent.children.length - 1)] as SVGGElement | undefined)
    );
  }

  function drawAll(now: GraphLayout): void {
    frame.resize(Math.max(frame.width, Math.ceil(now.width)), Math.ceil(now.height));
    drawBlocks(blockGroup, now.blocks);
    drawEdges(now.edges, options.onEdge !== undefined);
    const most = Math.max(0, ...data.nodes.map((node) => node.share ?? 0));
    nodesDrawn()
      .data(now.nodes, nodeKey)
      .join(addNode)
      .order()
      .each(function (placed) {
        placeNode(this, placed, { most, length: now.shareLength });
      });
  }

  function nodesDrawn() {
    return nodeGroup.selectChildren<SVGGElement, PlacedNode>('g');
  }

  function mark(): void {
    const chosen = new Set(data.selected);
    const main = data.selected.at(-1);
    nodesDrawn().each(function (placed) {
      const { id } = placed.node;
      stateNode(this, placed, { selected: chosen.has(id), main: id === main, marked: id === marked });
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
      mark();
    },
    dispose() {
      drag.dispose();
      frame.dispose();
    },
  };
}
