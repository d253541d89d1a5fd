import type { EngineBlock } from '../core/hardware/engineViewParts.ts';
import { shareText, tipOf } from './engineModel.ts';
import { type Group, put, putText } from './frame.ts';
import { tipText } from './items.ts';
import { fitText, textWidth } from './text.ts';

const BOX = 38;
const GAP = 14;
const LEAST_WIDTH = 84;
const PAD = 8;
const PARTS = ['block-box', 'track', 'share', 'focus-ring'] as const;

const SVG = 'http://www.w3.org/2000/svg';

function addBlock(): SVGGElement {
  const make = (name: string, className: string): SVGElement => {
    const element = document.createElementNS(SVG, name) as SVGElement;
    put(element, 'class', className);
    return element;
  };
  const block = make('g', 'block') as SVGGElement;
  put(block, 'data-item', '');
  put(block, 'tabindex', -1);
  put(block, 'role', 'img');
  block.append(...PARTS.map((name) => make('rect', name)));
  block.append(make('text', 'emphasis'), make('text', 'block-share'), make('path', 'arrow'));
  return block;
}

/** Boxes from left to right, as many in a line as there is room for; returns the height they take. */
export function drawBlocks(parent: Group, blocks: readonly EngineBlock[], room: number): number {
  const most = Math.max(1, Math.floor((room + GAP) / (LEAST_WIDTH + GAP)));
  const lines = Math.max(1, Math.ceil(blocks.length / most));
  const across = Math.max(1, Math.ceil(blocks.length / lines));
  const width = Math.min(180, (room - (across - 1) * GAP) / across);
  parent
    .selectAll<SVGGElement, EngineBlock>('g.block')
    .data(blocks)
    .join((enter) => enter.append(addBlock))
    .each(function (block, i) {
      const [box, track, share, ring, name, value, arrow] = [...this.children];
      if (!(box && track && share && ring && name && value && arrow)) return;
      const [x, y] = [(i % across) * (width + GAP), Math.floor(i / across) * (BOX + 8)];
      put(this, 'transform', `translate(${x.toFixed(1)},${y})`);
      put(this, 'aria-label', tipText(tipOf(block)));
      const said = shareText(block);
      const long = Math.max(8, width - 2 * PAD - textWidth(said) - 6);
      for (const rect of [box, ring]) {
        put(rect, 'width', width.toFixed(1));
        put(rect, 'height', BOX);
        put(rect, 'rx', 4);
      }
      for (const rect of [track, share]) {
        put(rect, 'x', PAD);
        put(rect, 'y', 22);
        put(rect, 'height', 9);
      }
      put(track, 'width', long.toFixed(1));
      put(share, 'class', block.of === 'room' ? 'share of-room' : 'share');
      put(share, 'width', (long * block.share).toFixed(1));
      put(name, 'x', PAD);
      put(name, 'y', 15);
      putText(name, fitText(block.name, width - 2 * PAD, true));
      put(value, 'x', (PAD + long + 6).toFixed(1));
      put(value, 'y', 30);
      putText(value, said);
      const last = i === blocks.length - 1 || i % across === across - 1;
      put(arrow, 'd', last ? '' : `M${(width + 3).toFixed(1)},${BOX / 2}h7m-3,-3l3,3l-3,3`);
    });
  return lines * (BOX + 8) - 8;
}
