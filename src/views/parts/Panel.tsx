import { type ReactNode, useId } from 'react';

interface PanelProps {
  readonly title: string;
  readonly subtitle?: ReactNode;
  readonly actions?: ReactNode;
  readonly className?: string;
  readonly children: ReactNode;
}

/** A titled region of a room. */
export function Panel({ title, subtitle, actions, className = '', children }: PanelProps) {
  const id = useId();
  return (
    <section className={`panel ${className}`} aria-labelledby={id}>
      <header className="panel-head">
        <h2 id={id}>{title}</h2>
        {subtitle !== undefined && (
          <p className="panel-subtitle" title={typeof subtitle === 'string' ? subtitle : undefined}>
            {subtitle}
          </p>
        )}
        {actions !== undefined && <div className="panel-actions">{actions}</div>}
      </header>
      {children}
    </section>
  );
}

/** Says what is missing and what to do about it, where a chart would otherwise be empty. */
export function Empty({ children }: { children: ReactNode }) {
  return <p className="empty">{children}</p>;
}
