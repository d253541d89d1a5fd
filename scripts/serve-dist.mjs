// Serves dist/ the plainest way, under a subfolder and without special headers: the build must work like that.
import { createReadStream, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';

const [port = '4173', folder = '/'] = process.argv.slice(2);
const dist = join(import.meta.dirname, '..', 'dist');
const TYPES = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.json': 'application/json',
  '.wasm': 'application/wasm',
};

createServer((request, response) => {
  const path = decodeURIComponent(new URL(request.url ?? '/', 'http://x').pathname);
  const file = path.startsWith(folder)
    ? join(dist, normalize(path.slice(folder.length) || 'index.html'))
    : '';
  try {
    if (!file.startsWith(dist) || !statSync(file).isFile()) throw new Error('not a file');
    response.writeHead(200, { 'content-type': TYPES[extname(file)] ?? 'application/octet-stream' });
    createReadStream(file).pipe(response);
  } catch {
    response.writeHead(404).end('Not found');
  }
}).listen(Number(port), '127.0.0.1');
