import { type ReactNode, useEffect, useId, useState } from 'react';

interface FieldProps {
  readonly label: string;
  readonly hint?: ReactNode;
  readonly children: (id: string, hintId: string | undefined) => ReactNode;
}

export function Field({ label, hint, children }: FieldProps) {
  const id = useId();
  const hintId = hint === undefined ? undefined : `${id}-hint`;
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      {children(id, hintId)}
      {hint !== undefined && (
        <p className="hint" id={hintId}>
          {hint}
        </p>
      )}
    </div>
  );
}

interface NumberFieldProps {
  readonly label: string;
  readonly value: number;
  readonly min: number;
  readonly max: number;
  readonly step?: number | 'any';
  readonly integer?: boolean;
  readonly unit?: string;
  readonly hint?: ReactNode;
  readonly disabled?: boolean;
  readonly onChange: (value: number) => void;
}

/** Takes a number when the field is left or Enter is pressed; one out of range is told and not taken. */
export function NumberField(props: NumberFieldProps) {
  const { label, value, min, max, integer = false, unit, hint, disabled = false, onChange } = props;
  const [text, setText] = useState(String(value));
  const [problem, setProblem] = useState<string | null>(null);
  useEffect(() => {
    setText(String(value));
    setProblem(null);
  }, [value]);
  const take = () => {
    const number = Number(text.trim() === '' ? Number.NaN : text);
    if (!Number.isFinite(number) || number < min || number > max || (integer && !Number.isInteger(number))) {
      setProblem(
        `${label} needs ${integer ? 'a whole number' : 'a number'} from ${min} to ${max}; ${value} stays.`,
      );
      setText(String(value));
      return;
    }
    setProblem(null);
    if (number !== value) onChange(number);
  };
  return (
    <Field label={label} hint={problem ?? hint}>
      {(id, hintId) => (
        <span className="with-unit">
          <input
            id={id}
            type="text"
            inputMode={integer ? 'numeric' : 'decimal'}
            aria-describedby={hintId}
            aria-invalid={problem !== null}
            disabled={disabled}
            value={text}
            onChange={(event) => setText(event.target.value)}
            onBlur={take}
            onKeyDown={(event) => {
              if (event.key === 'Enter') take();
              if (event.key === 'Escape') setText(String(value));
            }}
          />
          {unit !== undefined && <span className="unit">{unit}</span>}
        </span>
      )}
    </Field>
  );
}

interface SelectFieldProps<Value extends string> {
  readonly label: string;
  readonly value: Value;
  readonly options: readonly { readonly value: Value; readonly label: string }[];
  readonly hint?: ReactNode;
  readonly disabled?: boolean;
  readonly onChange: (value: Value) => void;
}

export function SelectField<Value extends string>({
  label,
  value,
  options,
  hint,
  disabled = false,
  onChange,
}: SelectFieldProps<Value>) {
  return (
    <Field label={label} hint={hint}>
      {(id, hintId) => (
        <select
          id={id}
          aria-describedby={hintId}
          disabled={disabled}
          value={value}
          onChange={(event) => {
            const chosen = options.find((option) => option.value === event.target.value);
            if (chosen) onChange(chosen.value);
          }}
        >
          {options.map((option) => (
            <option key={option.value} value={option.value}>
              {option.label}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}

interface SegmentedProps<Value extends string | number> {
  readonly label: string;
  readonly value: Value;
  readonly options: readonly {
    readonly value: Value;
    readonly label: string;
    /** Why it can't be chosen now; the hint says it too. */
    readonly problem?: string | null;
  }[];
  readonly hint?: ReactNode;
  readonly onChange: (value: Value) => void;
}

/** A few choices side by side; arrow keys move between them, as in any radio group. */
export function Segmented<Value extends string | number>({
  label,
  value,
  options,
  hint,
  onChange,
}: SegmentedProps<Value>) {
  const name = useId();
  return (
    <fieldset className="segmented">
      <legend>{label}</legend>
      <div className="segments">
        {options.map((option) => (
          <label key={option.value} className="segment" title={option.problem ?? undefined}>
            <input
              type="radio"
              name={name}
              disabled={Boolean(option.problem)}
              checked={option.value === value}
              onChange={() => onChange(option.value)}
            />
            <span>{option.label}</span>
          </label>
        ))}
      </div>
      {hint !== undefined && <p className="hint">{hint}</p>}
    </fieldset>
  );
}
