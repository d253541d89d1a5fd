import { activate, prepareWasm } from './activate.ts';

/** Where npm puts the .wasm files, seen from the folder that node runs in. */
const FOLDER = 'node_modules/@tensorflow/tfjs-backend-wasm/dist/';

/** For tests and the command line: prepares the wasm backend in Node and makes it the active one. */
export async function useWasmInNode(): Promise<void> {
  prepareWasm(FOLDER);
  await activate('wasm');
}
