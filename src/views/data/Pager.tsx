import { formatInteger } from '../../core/quantity.ts';

interface PagerProps {
  /** What is counted: "classes". */
  readonly of: string;
  readonly total: number;
  readonly size: number;
  readonly page: number;
  readonly onPage: (page: number) => void;
}

/** How many pages there are, at least one. */
export const pageCount = (total: number, size: number): number => Math.max(1, Math.ceil(total / size));

/** Steps through pages of a long list; nothing where it has one. */
export function Pager({ of, total, size, page, onPage }: PagerProps) {
  const pages = pageCount(total, size);
  if (pages === 1) return null;
  const first = page * size + 1;
  const last = Math.min(total, (page + 1) * size);
  return (
    <fieldset className="pager">
      <legend className="visually-hidden">Pages of {of}</legend>
      <button
        type="button"
        className="small"
        disabled={page === 0}
        aria-label={`Earlier ${of}`}
        onClick={() => onPage(page - 1)}
      >
        ‹
      </button>
      <span aria-live="polite">
        {formatInteger(first)} to {formatInteger(last)} of {formatInteger(total)} {of}
      </span>
      <button
        type="button"
        className="small"
        disabled={page >= pages - 1}
        aria-label={`Later ${of}`}
        onClick={() => onPage(page + 1)}
      >
        ›
      </button>
    </fieldset>
  );
}
