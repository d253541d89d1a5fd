import { useId, useState } from 'react';
import { Field } from './fields.tsx';

interface LiveFieldProps {
  readonly label: string;
  readonly value: string;
  readonly title?: string;
  readonly disabled?: boolean;
  /** Take the text when the field is left or Enter is pressed, not with every key. */
  readonly whenLeft?: boolean;
  /** Takes the text, or says in one sentence why not. */
  readonly onChange: (text: string) => string | null;
  /** The field was left: a run of changes has ended. */
  readonly onSettle?: () => void;
}

/**
 * A text that takes effect while it is typed. One that can't be taken stays in the field with the reason beneath its row,
 * and the value holds; when the field is left, the value is back and the reason stays.
 */
export function LiveField(props: LiveFieldProps) {
  const { label, value, title, disabled = false, whenLeft = false, onChange, onSettle } = props;
  const [draft, setDraft] = useState<string | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const take = (text: string) => {
    const fault = text === value ? null : onChange(text);
    setProblem(fault);
    return fault === null;
  };
  // The reason stays until something else is typed: leaving the field must not hide why nothing happened.
  const settle = () => {
    if (whenLeft && draft !== null) take(draft);
    setDraft(null);
    onSettle?.();
  };
  const problemId = useId();
  return (
    <>
      <Field label={label}>
        {(id) => (
          <input
            id={id}
            type="text"
            title={title}
            autoComplete="off"
            spellCheck={false}
            aria-describedby={problem === null ? undefined : problemId}
            aria-invalid={problem !== null}
            disabled={disabled}
            value={draft ?? value}
            onChange={(event) => {
              const text = event.target.value;
              setDraft(text);
              if (!whenLeft) take(text);
            }}
            onBlur={settle}
            onKeyDown={(event) => {
              if (event.key === 'Enter') settle();
              if (event.key === 'Escape') {
                setDraft(null);
                setProblem(null);
              }
            }}
          />
        )}
      </Field>
      {problem !== null && (
        <p className="hint warn field-problem" id={problemId} role="alert">
          {problem}
        </p>
      )}
    </>
  );
}
