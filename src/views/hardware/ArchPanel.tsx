import { useState } from 'react';
import {
  decodeArchJson,
  decodeTargetName,
  describeConfiguration,
  differenceSentence,
} from '../../core/hardware/dpu/platform/archJson.ts';
import { Field } from '../parts/fields.tsx';
import { Panel } from '../parts/Panel.tsx';
import { useEntry } from '../useEntry.ts';
import { chosenOf } from './TargetControls.tsx';

/** Takes a board's arch.json apart, and names its difference to the chosen target. */
export function ArchPanel({ className = '' }: { className?: string }) {
  const { hardware } = useEntry().design;
  const [text, setText] = useState('');
  const architecture = chosenOf(hardware, 'dpu')?.architecture;
  if (!architecture) return null;
  const decoded = text.trim() === '' ? null : decodeArchJson(text);
  const target = decodeTargetName(`DPUCZDX8G_ISA${hardware.dpu.isa}_${architecture}`);
  return (
    <Panel title="arch.json" subtitle="of your board" className={className}>
      <div className="stack">
        <Field
          label="Paste it, or open the file"
          hint={
            decoded && !decoded.ok
              ? decoded.error.message
              : 'A model runs only on the DPU it was compiled for.'
          }
        >
          {(id, hintId) => (
            <textarea
              id={id}
              rows={2}
              spellCheck={false}
              aria-describedby={hintId}
              aria-invalid={decoded !== null && !decoded.ok}
              placeholder='{"fingerprint":"0x101000016010407"}'
              value={text}
              onChange={(event) => setText(event.target.value)}
            />
          )}
        </Field>
        <input
          type="file"
          accept=".json,application/json"
          aria-label="Open an arch.json file"
          onChange={(event) => void event.target.files?.[0]?.text().then(setText)}
        />
        {decoded?.ok && (
          <>
            {target.ok && <p className="hint">{differenceSentence(decoded.value, target.value)}</p>}
            <dl className="facts">
              {describeConfiguration(decoded.value).map((field) => (
                <div key={field.name} title={`bits ${field.bits}`}>
                  <dt>{field.name}</dt>
                  <dd>{field.meaning}</dd>
                </div>
              ))}
            </dl>
          </>
        )}
      </div>
    </Panel>
  );
}
