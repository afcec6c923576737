import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Actions, keyText } from '../../../static/quaero/js/keyboard/actions.mjs';

const page = { closest: () => null };
const field = { closest: () => field };

function keydown(key, { path = [page], ...modifiers } = {}) {
  return {
    key,
    ...modifiers,
    composedPath: () => path,
    preventDefault() {
      this.defaultPrevented = true;
    },
  };
}

function pressed(actions, key, options) {
  const event = keydown(key, options);
  actions.press(event);
  return event.defaultPrevented === true;
}

function recorder() {
  const actions = new Actions();
  const done = [];
  const add = (name, options) =>
    actions.add({ words: name, group: 'Log', run: () => void done.push(name), ...options });
  return { actions, done, add };
}

test('a key does what was added for it, until that is removed', () => {
  const { actions, done, add } = recorder();
  const remove = add('end', { keys: ['g', 'End'] });
  assert.deepEqual([pressed(actions, 'g'), pressed(actions, 'End'), pressed(actions, 'x')], [true, true, false]);
  remove();
  assert.equal(pressed(actions, 'g'), false);
  assert.deepEqual(done, ['end', 'end']);
});

test('keys with modifiers stay the browser’s, but for those that are asked for with one', () => {
  const { actions, done, add } = recorder();
  add('fold', { keys: ['k'] });
  add('palette', { keys: ['mod+k'] });
  pressed(actions, 'k', { altKey: true });
  pressed(actions, 'k', { ctrlKey: true });
  pressed(actions, 'K', { metaKey: true });
  pressed(actions, 'j', { ctrlKey: true });
  assert.deepEqual(done, ['palette', 'palette']);
});

test('who types is not disturbed, but can leave and find', () => {
  const { actions, done, add } = recorder();
  add('end', { keys: ['g'] });
  add('leave', { keys: ['Escape'], isInFields: true });
  add('palette', { keys: ['mod+k'] });
  for (const [key, ctrlKey] of [['g'], ['Escape'], ['k', true]]) pressed(actions, key, { path: [field], ctrlKey });
  assert.deepEqual(done, ['leave', 'palette']);
  assert.equal(pressed(actions, 'g', { isComposing: true }), false);
});

test('single characters can be switched off, other keys stay', () => {
  const { actions, done, add } = recorder();
  add('end', { keys: ['g', 'End'] });
  actions.areCharactersOff = true;
  pressed(actions, 'g');
  pressed(actions, 'End');
  assert.deepEqual(done, ['end']);
});

test('an action around the focus goes before one of the page, and the newest before others', () => {
  const { actions, done, add } = recorder();
  const panel = { closest: () => null };
  add('first', { keys: ['g'] });
  add('page', { keys: ['g'] });
  add('panel', { keys: ['g'], scope: () => panel, isPageWide: () => false });
  pressed(actions, 'g', { path: [page, panel] });
  pressed(actions, 'g');
  assert.deepEqual(done, ['panel', 'page']);
});

test('what cannot be done now leaves its key to others', () => {
  const { actions, done, add } = recorder();
  add('clear', { keys: ['Escape'] });
  add('close', { keys: ['Escape'], isUsable: () => false });
  add('unmoved', { keys: ['x'], run: () => false });
  pressed(actions, 'Escape');
  assert.deepEqual(done, ['clear']);
  assert.equal(pressed(actions, 'x'), false);
});

test('the list of shortcuts is grouped and says each once', () => {
  const { actions, add } = recorder();
  add('Go to the end', { keys: ['g'] });
  add('Go to the end', { keys: ['g'] });
  add('Open', { keys: ['l'], group: 'Service log' });
  add('Theme', { group: 'Page' });
  assert.deepEqual(actions.shortcuts, [
    { group: 'Log', items: [{ words: 'Go to the end', keys: ['g'] }] },
    { group: 'Service log', items: [{ words: 'Open', keys: ['l'] }] },
  ]);
});

test('keys are written as they stand on keyboards', () => {
  assert.deepEqual(
    ['g', 'Escape', 'mod+k'].map((key) => keyText(key)),
    ['g', 'Esc', 'Ctrl K'],
  );
  assert.equal(keyText('mod+k', true), '⌘ K');
});
