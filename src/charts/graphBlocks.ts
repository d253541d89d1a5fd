import { type Group, put, putText } from './frame.ts';
import type { PlacedBlock } from './graphLayout.ts';

/** Grounds below the layers of a block, with their names. */
export function drawBlocks(group: Group, blocks: readonly PlacedBlock[]): void {
  group
    .selectAll<SVGGElement, PlacedBlock>('g')
    .data(blocks, (block) => block.name)
    .join((enter) => {
      const block = enter.append('g');
      block.append('rect').attr('class', 'block').attr('rx', 6);
      block.append('text').attr('class', 'block-label');
      return block;
    })
    .each(function ({ box, label }) {
      const [rect, text] = this.children;
      if (!rect || !text) return;
      for (const name of ['x', 'y', 'width', 'height'] as const) put(rect, name, box[name]);
      putText(text, label);
      put(text, 'x', box.x + 2);
      put(text, 'y', box.y - 4);
    });
}
