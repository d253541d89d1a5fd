import { expect, test } from 'vitest';
import { FaultError } from '../core/result.ts';
import type { FromWorker } from './protocol.ts';
import { type Handlers, type ServerPort, serve } from './serve.ts';

interface Calls {
  readonly double: { readonly request: number; readonly progress: string; readonly reply: number };
  readonly bytes: { readonly request: number; readonly progress: never; readonly reply: Uint8Array };
  readonly wait: { readonly request: null; readonly progress: string; readonly reply: string };
}

function served(handlers: Partial<Handlers<Calls>>) {
  const sent: { message: FromWorker; transfer: Transferable[] }[] = [];
  const port: ServerPort = {
    onmessage: null,
    postMessage: (message, options) =>
      void sent.push({ message: message as FromWorker, transfer: options?.transfer ?? [] }),
  };
  serve<Calls>(handlers as Handlers<Calls>, port);
  const post = async (data: unknown) => {
    port.onmessage?.({ data } as MessageEvent);
    await new Promise((resolve) => setTimeout(resolve));
  };
  return { sent, post };
}

test('progress and the reply carry the id of their call', async () => {
  const { sent, post } = served({
    double: (n, { progress }) => {
      progress('half way');
      return 2 * n;
    },
  });
  await post({ id: 7, method: 'double', request: 21 });
  expect(sent.map(({ message }) => message)).toEqual([
    { id: 7, kind: 'progress', progress: 'half way' },
    { id: 7, kind: 'done', reply: 42 },
  ]);
});

test('a reply may bring the buffers that move with it', async () => {
  const { sent, post } = served({
    bytes: async (n) => {
      const reply = new Uint8Array(n);
      return { reply, transfer: [reply.buffer] };
    },
  });
  await post({ id: 1, method: 'bytes', request: 3 });
  expect(sent[0]?.message).toEqual({ id: 1, kind: 'done', reply: new Uint8Array(3) });
  expect(sent[0]?.transfer).toHaveLength(1);
});

test('a fault arrives as it was thrown, anything else as internal', async () => {
  const { sent, post } = served({
    double: () => {
      throw new FaultError({ code: 'odd', message: 'It is odd; make it even.' });
    },
    bytes: async () => {
      throw new TypeError('x is undefined');
    },
  });
  await post({ id: 1, method: 'double', request: 3 });
  await post({ id: 2, method: 'bytes', request: 3 });
  await post({ id: 3, method: 'toString', request: 3 });
  expect(sent.map(({ message }) => (message.kind === 'failed' ? message.fault.code : message.kind))).toEqual([
    'odd',
    'internal',
    'internal',
  ]);
});

test('a canceled call hears it, says nothing more and ends as canceled', async () => {
  const { sent, post } = served({
    wait: (_, { signal, progress }) =>
      new Promise((resolve) =>
        signal.addEventListener('abort', () => {
          progress('too late');
          resolve('too late');
        }),
      ),
  });
  await post({ id: 1, method: 'wait', request: null });
  await post({ id: 1, control: 'cancel' });
  expect(sent.map(({ message }) => message)).toEqual([{ id: 1, kind: 'canceled' }]);
});

test('controls that came before anybody listened are not lost', async () => {
  let listen = () => {};
  const heard: string[] = [];
  const { post } = served({
    wait: (_, { onControl }) =>
      new Promise(() => {
        listen = () => onControl((control) => heard.push(control));
      }),
  });
  await post({ id: 1, method: 'wait', request: null });
  await post({ id: 1, control: 'pause' });
  listen();
  await post({ id: 1, control: 'step' });
  await post({ id: 99, control: 'stop' });
  expect(heard).toEqual(['pause', 'step']);
});
