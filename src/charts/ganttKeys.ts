/**
 * Up and down go to the bar of the next lane at about the same time; left and right are those of every chart.
 * Call it before `wireItems`, whose arrow keys know no lanes. Bars carry `data-item` and `data-start`, and lie
 * in elements of class `lane`.
 */
export function wireLaneKeys(parent: SVGGElement): void {
  parent.addEventListener('keydown', (event) => {
    const item = event.target instanceof Element ? event.target.closest<SVGElement>('[data-item]') : null;
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    const lane = item?.closest('.lane');
    if (!item || !lane || step === 0) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const lanes = [...parent.querySelectorAll('.lane')];
    const at = Number(item.dataset.start);
    for (let i = lanes.indexOf(lane) + step; lanes[i]; i += step) {
      const bars = [...(lanes[i]?.querySelectorAll<SVGElement>('[data-item]') ?? [])];
      const target = bars.findLast((bar) => Number(bar.dataset.start) <= at) ?? bars[0];
      target?.focus();
      if (target) return;
    }
  });
}
