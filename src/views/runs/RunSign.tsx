import { DASHES } from '../../charts/runCurvesModel.ts';
import { SERIES_SYMBOLS } from '../../charts/symbols.ts';
import { keyOf } from './curvesData.ts';

/** The letter, dash and symbol of a chosen run, as in the chart. */
export function RunSign({ place }: { place: number }) {
  return (
    <span className="run-sign" style={{ '--c': `var(--layer-${place})` } as React.CSSProperties}>
      <svg width={22} height={10} aria-hidden="true">
        <line x2={22} y1={5} y2={5} strokeDasharray={DASHES[place]} />
        <path d={SERIES_SYMBOLS[place]} transform="translate(11,5) scale(0.7)" />
      </svg>
      {keyOf(place)}
    </span>
  );
}
