import type { Box } from './dodge.ts';
import type { PlacedNode } from './graphLayout.ts';

const n = (value: number): string => String(Math.round(value * 10) / 10);

const rectangle = ({ width: w, height: h }: Box, radius: number): string => {
  const r = Math.min(radius, w / 2, h / 2);
  const corner = (dx: number, dy: number) => `a${n(r)},${n(r)} 0 0 1 ${n(dx)},${n(dy)}`;
  return `M${n(r)},0H${n(w - r)}${corner(r, r)}V${n(h - r)}${corner(-r, r)}H${n(r)}${corner(-r, -r)}V${n(r)}${corner(r, -r)}Z`;
};

/** Narrower on the right (share below 1) or on the left (above 1). */
const trapezoid = ({ width: w, height: h }: Box, share: number): string => {
  const [left, right] = [(h * (1 - Math.min(1, 1 / share))) / 2, (h * (1 - Math.min(1, share))) / 2];
  return `M0,${n(left)}L${n(w)},${n(right)}V${n(h - right)}L0,${n(h - left)}Z`;
};

/** The outline of a layer around its own origin: kinds differ in shape, not only in color. */
export function shapeOf({ node, role, box }: PlacedNode): string {
  const { width: w, height: h } = box;
  if (role === 'join') return rectangle(box, Math.max(w, h));
  if (role === 'bar') return rectangle(box, 1.5);
  switch (node.kind) {
    case 'maxPool':
    case 'averagePool':
      return trapezoid(box, 0.62);
    case 'globalAveragePool':
    case 'globalMaxPool':
      return trapezoid(box, 0.3);
    case 'upsample':
      return trapezoid(box, 1 / 0.62);
    case 'dense':
      return rectangle(box, 6);
    default:
      return rectangle(box, 2);
  }
}

/** What is drawn on the outline: lines for channels that stay apart, a sign on a join. */
export function markOf({ node, role, box }: PlacedNode): string {
  const { width: w, height: h } = box;
  if (role === 'join') {
    const [x, y, r] = [w / 2, h / 2, w / 4];
    if (node.kind === 'add') return `M${n(x - r)},${n(y)}H${n(x + r)}M${n(x)},${n(y - r)}V${n(y + r)}`;
    const d = r * 0.75;
    if (node.kind === 'multiply')
      return `M${n(x - d)},${n(y - d)}L${n(x + d)},${n(y + d)}M${n(x - d)},${n(y + d)}L${n(x + d)},${n(y - d)}`;
    return `M${n(x - 2)},${n(y - r)}V${n(y + r)}M${n(x + 2)},${n(y - r)}V${n(y + r)}`;
  }
  if (node.kind !== 'depthwiseConv2d') return '';
  const step = Math.max(3, h / Math.max(2, Math.min(12, Math.floor(h / 4))));
  let path = '';
  for (let y = step; y < h - 1.5; y += step) path += `M0.5,${n(y)}H${n(w - 0.5)}`;
  return path;
}

/** A triangle with an exclamation mark's stroke cut out, above a box. */
export const faultSign = (width: number): string => `M${n(width / 2)},-16l6.5,12h-13Zm-0.9,4v4.2h1.8v-4.2Z`;
