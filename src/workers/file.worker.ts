import { FaultError, unwrap } from '../core/result.ts';
import { readModel } from '../formats/model/readModel.ts';
import type { FileCalls } from './protocol.ts';
import { serve } from './serve.ts';

serve<FileCalls>({
  async readModel({ files }) {
    const [file, another] = files;
    if (!file) throw new FaultError({ code: 'no-file', message: 'No file was chosen.' });
    if (another)
      throw new FaultError({
        code: 'several-files',
        message: `${files.length} files were chosen; open one model at a time.`,
      });
    const model = unwrap(await readModel({ name: file.name, bytes: new Uint8Array(file.bytes) }));
    const buffers = new Set(Object.values(model.weights ?? {}).map(({ values }) => values.buffer));
    return { reply: model, transfer: [...buffers] as Transferable[] };
  },
});
