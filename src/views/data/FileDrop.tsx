import { type ReactNode, useRef, useState } from 'react';
import { droppedFiles } from '../../state/actions/droppedFiles.ts';

interface FilePickersProps {
  readonly disabled: boolean;
  /** Names of the two fields, for those who do not see the buttons. */
  readonly labels: { readonly files: string; readonly folder: string };
  readonly texts: { readonly files: string; readonly folder: string };
  readonly onFiles: (files: readonly File[]) => void;
}

/** Two buttons: for files, and for a folder with all that is in it. */
export function FilePickers({ disabled, labels, texts, onFiles }: FilePickersProps) {
  const input = useRef<HTMLInputElement>(null);
  const folder = useRef<HTMLInputElement>(null);
  const take = (field: HTMLInputElement) => {
    onFiles([...(field.files ?? [])]);
    field.value = '';
  };
  return (
    <>
      <button type="button" disabled={disabled} onClick={() => input.current?.click()}>
        {texts.files}
      </button>
      <button type="button" disabled={disabled} onClick={() => folder.current?.click()}>
        {texts.folder}
      </button>
      <input
        ref={folder}
        type="file"
        multiple
        hidden
        disabled={disabled}
        aria-label={labels.folder}
        {...{ webkitdirectory: '' }}
        onChange={(event) => take(event.target)}
      />
      <input
        ref={input}
        type="file"
        multiple
        hidden
        disabled={disabled}
        aria-label={labels.files}
        onChange={(event) => take(event.target)}
      />
    </>
  );
}

interface FileDropProps {
  readonly className: string;
  readonly disabled: boolean;
  readonly onFiles: (files: readonly File[]) => void;
  readonly children: ReactNode;
}

/** Files and folders may be dropped on what is inside. */
export function FileDrop({ className, disabled, onFiles, children }: FileDropProps) {
  const [over, setOver] = useState(false);
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: dropping is a shortcut; the buttons inside do the same
    <div
      className={over ? `${className} over` : className}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        setOver(false);
        if (!disabled) void droppedFiles(event.dataTransfer).then(onFiles);
      }}
    >
      {children}
    </div>
  );
}
