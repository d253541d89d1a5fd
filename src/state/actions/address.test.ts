import { describe, expect, test } from 'vitest';
import { askedFile } from './address.ts';

const HERE = new URL('https://sweetspot.example/app/');

describe('an address that asks for a file', () => {
  test.each([
    ['models/net.onnx', 'https://sweetspot.example/app/models/net.onnx', false],
    ['/net.h5', 'https://sweetspot.example/net.h5', false],
    ['https://other.example/a/b.keras?x=1', 'https://other.example/a/b.keras?x=1', true],
    ['http://127.0.0.1:8000/net.onnx', 'http://127.0.0.1:8000/net.onnx', true],
  ])('%s means %s', (text, href, foreign) => {
    const asked = askedFile(text, HERE);
    expect(asked.ok && { href: asked.value.url.href, foreign: asked.value.foreign }).toEqual({
      href,
      foreign,
    });
  });

  test.each([
    ['https://', /is no address; write one as/],
    ['javascript:alert(1)', /javascript: addresses can't be opened/],
    ['data:application/json,{}', /data: addresses can't be opened/],
    ['file:///etc/passwd', /file: addresses can't be opened/],
  ])('%s is refused in a sentence', (text, sentence) => {
    const asked = askedFile(text, HERE);
    expect(asked.ok ? '' : asked.error.message).toMatch(sentence);
  });
});
