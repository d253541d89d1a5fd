let context: CanvasRenderingContext2D | null | undefined;
const widths = new Map<string, number>();
let family = 'system-ui, sans-serif';

/** The page's font, read once from an element of it. */
export function readFontOf(element: Element): void {
  const found = getComputedStyle(element).fontFamily;
  if (!found || found === family) return;
  family = found;
  widths.clear();
}

/** Width in pixels without touching the layout: a drag asks for it in every frame. */
export function textWidth(text: string, bold = false, size = 11): number {
  const key = `${bold ? 'b' : 'r'}${size}${text}`;
  const known = widths.get(key);
  if (known !== undefined) return known;
  if (context === undefined) {
    context = typeof document === 'undefined' ? null : document.createElement('canvas').getContext('2d');
  }
  if (context) context.font = `${bold ? 600 : 400} ${size}px ${family}`;
  const width = context ? context.measureText(text).width : text.length * size * 0.56;
  if (widths.size > 4000) widths.clear();
  widths.set(key, width);
  return width;
}

/** The text, or as much of it as fits with an ellipsis. */
export function fitText(text: string, available: number, bold = false): string {
  if (textWidth(text, bold) <= available) return text;
  let keep = text.length - 1;
  while (keep > 1 && textWidth(`${text.slice(0, keep)}…`, bold) > available) keep--;
  return `${text.slice(0, keep).trimEnd()}…`;
}
