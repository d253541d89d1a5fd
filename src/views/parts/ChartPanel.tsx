import { type ReactNode, useEffect, useRef, useState } from 'react';
import { toCsv, toPngBlob, toSvgText } from '../../charts/export.ts';
import type { Chart, ChartOptions, Table } from '../../charts/types.ts';
import { notify } from '../../state/noticeStore.ts';
import { setUi, uiStore } from '../../state/uiStore.ts';
import { Panel } from './Panel.tsx';
import { ScrollRegion } from './ScrollRegion.tsx';
import { saveBlob } from './saveBlob.ts';

/** What a file of `src/charts` offers. */
export interface ChartKind<Data, Options> {
  readonly draw: (container: HTMLElement, data: Data, options: Options) => Chart<Data, Options>;
  readonly summary: (data: Data) => string;
  readonly table: (data: Data) => Table;
}

interface ChartPanelProps<Data, Options> {
  readonly title: string;
  readonly subtitle?: ReactNode;
  readonly kind: ChartKind<Data, Options>;
  readonly data: Data;
  readonly options?: Options;
  /** Stem of exported files. */
  readonly fileName: string;
  readonly controls?: ReactNode;
  readonly className?: string;
  readonly children?: ReactNode;
}

/** A chart with all that belongs to it: title, summary, table, export, and the link to the hovered layer. */
export function ChartPanel<Data, Options extends ChartOptions>(props: ChartPanelProps<Data, Options>) {
  const { title, subtitle, kind, data, fileName, controls, className = '', children } = props;
  const [asTable, setAsTable] = useState(false);
  const chart = useRef<Chart<Data, Options> | null>(null);
  const exportAs = async (format: 'svg' | 'png' | 'csv') => {
    try {
      saveBlob(`sweetspot-${fileName}.${format}`, await exported(format, kind, data, chart.current));
    } catch (error) {
      notify(
        'error',
        `The ${format.toUpperCase()} could not be made: ${(error as Error).message} Try the table instead.`,
      );
    }
  };
  return (
    <Panel
      title={title}
      subtitle={subtitle}
      className={`chart-panel ${className}`}
      actions={
        <>
          {controls}
          <button
            type="button"
            className="quiet small"
            aria-pressed={asTable}
            onClick={() => setAsTable(!asTable)}
          >
            {asTable ? 'Chart' : 'Table'}
          </button>
          <ExportMenu title={title} withPicture={!asTable} onExport={exportAs} />
        </>
      }
    >
      {asTable ? (
        <DataTable caption={kind.summary(data)} table={kind.table(data)} />
      ) : (
        <Drawing {...props} chart={chart} />
      )}
      {children}
    </Panel>
  );
}

async function exported<Data, Options>(
  format: 'svg' | 'png' | 'csv',
  kind: ChartKind<Data, Options>,
  data: Data,
  chart: Chart<Data, Options> | null,
): Promise<Blob> {
  if (format === 'csv') return new Blob([toCsv(kind.table(data))], { type: 'text/csv' });
  if (!chart) throw new Error('the chart is not drawn.');
  return format === 'svg'
    ? new Blob([toSvgText(chart.svg)], { type: 'image/svg+xml' })
    : toPngBlob(chart.svg, 2);
}

interface ExportMenuProps {
  readonly title: string;
  readonly withPicture: boolean;
  readonly onExport: (format: 'svg' | 'png' | 'csv') => Promise<void>;
}

function ExportMenu({ title, withPicture, onExport }: ExportMenuProps) {
  const formats = withPicture ? (['svg', 'png', 'csv'] as const) : (['csv'] as const);
  const menu = useRef<HTMLDetailsElement>(null);
  const close = () => {
    if (menu.current) menu.current.open = false;
    menu.current?.querySelector('summary')?.focus();
  };
  useEffect(() => {
    const leave = (event: PointerEvent) => {
      if (menu.current && !menu.current.contains(event.target as Node)) menu.current.open = false;
    };
    document.addEventListener('pointerdown', leave);
    return () => document.removeEventListener('pointerdown', leave);
  }, []);
  return (
    <details
      className="menu"
      ref={menu}
      onKeyDown={(event) => event.key === 'Escape' && menu.current?.open && close()}
      onBlur={(event) => {
        if (event.relatedTarget && !menu.current?.contains(event.relatedTarget) && menu.current)
          menu.current.open = false;
      }}
    >
      <summary aria-label={`Export: ${title}`}>Export</summary>
      <div className="menu-items">
        {formats.map((format) => (
          <button
            key={format}
            type="button"
            className="quiet"
            onClick={() => {
              close();
              void onExport(format);
            }}
          >
            {format.toUpperCase()}
          </button>
        ))}
      </div>
    </details>
  );
}

function Drawing<Data, Options extends ChartOptions>(
  props: ChartPanelProps<Data, Options> & { readonly chart: React.RefObject<Chart<Data, Options> | null> },
) {
  const { kind, data, options, chart, title } = props;
  const container = useRef<HTMLDivElement>(null);
  // The chart lives as long as its container; later data and options reach it through `update`.
  const first = useRef({ data, options });
  useEffect(() => {
    if (!container.current) return;
    const { data: firstData, options: firstOptions } = first.current;
    const linked = {
      label: title,
      onHover: (layerId: string | null) => setUi({ hoveredLayer: layerId }),
      ...firstOptions,
    } as unknown as Options;
    const drawn = kind.draw(container.current, firstData, linked);
    chart.current = drawn;
    const unsubscribe = uiStore.subscribe((ui, before) => {
      if (ui.hoveredLayer !== before.hoveredLayer) drawn.highlight(ui.hoveredLayer);
    });
    return () => {
      unsubscribe();
      drawn.dispose();
      chart.current = null;
    };
  }, [kind, chart, title]);
  useEffect(() => {
    first.current = { data, options };
    chart.current?.update(data, options);
  }, [chart, data, options]);
  return <div className="drawing" ref={container} />;
}

const cell = (value: string | number): string =>
  typeof value === 'number' ? value.toLocaleString('en-US', { maximumFractionDigits: 4 }) : value;

export function DataTable({ caption, table }: { caption: string; table: Table }) {
  return (
    <ScrollRegion label={caption}>
      <table>
        <caption>{caption}</caption>
        <thead>
          <tr>
            {table.columns.map((column, i) => (
              <th
                key={column}
                scope="col"
                className={typeof table.rows[0]?.[i] === 'number' ? 'number' : undefined}
              >
                {column}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {table.rows.map((row, i) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: rows have no identity beyond their place
            <tr key={i}>
              {row.map((value, j) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: columns have no identity beyond their place
                <td key={j} className={typeof value === 'number' ? 'number' : undefined}>
                  {cell(value)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollRegion>
  );
}
