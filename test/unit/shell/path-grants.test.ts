import { expect, test } from 'vitest';
import { createPathGrants } from '../../../main/shell/path-grants.ts';

test('a path counts for the use it was given for, and for no other', () => {
  const grants = createPathGrants();
  grants.grant('read', '/home/ada/a.json');
  expect(grants.require('read', '/home/ada/a.json')).toBe('/home/ada/a.json');
  expect(() => grants.require('write', '/home/ada/a.json')).toThrow('PATH_NOT_ALLOWED');
  expect(() => grants.require('show', '/home/ada/a.json')).toThrow('PATH_NOT_ALLOWED');
  // A folder that files may be put into is not one that a file may be written over, nor the other way round.
  expect(() => grants.require('folder', '/home/ada/a.json')).toThrow('PATH_NOT_ALLOWED');
  grants.grant('folder', '/home/ada');
  expect(() => grants.require('write', '/home/ada')).toThrow('PATH_NOT_ALLOWED');
});

test('no spelling reaches another file', () => {
  const grants = createPathGrants();
  grants.grant('read', '/home/ada/a.json');
  expect(grants.require('read', '/home/ada/../ada/./a.json')).toBe('/home/ada/a.json');
  for (const path of [
    '/home/ada',
    '/home/ada/',
    '/home/ada/a.json/',
    '/home/ada/a.json/../b.json',
    'a.json',
    '/',
    '',
  ]) {
    expect(() => grants.require('read', path), path).toThrow('PATH_NOT_ALLOWED');
  }
});

test('what is spent is gone', () => {
  const grants = createPathGrants();
  grants.grant('write', '/tmp/out.json');
  expect(grants.spend('write', '/tmp/out.json')).toBe('/tmp/out.json');
  expect(() => grants.spend('write', '/tmp/out.json')).toThrow('PATH_NOT_ALLOWED');
});
