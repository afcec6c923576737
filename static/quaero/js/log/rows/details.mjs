// What of an entry is JSON, as a tree beneath its row.
import { LONG_MESSAGE } from './message.mjs';
import { isOpen, setOpen } from './opened.mjs';
import { element } from './text.mjs';
import { parseExactly } from '../../lib/exact-json.mjs';
import { buildTree } from '../../results/tree.mjs';

const LOOKS_LIKE_JSON = /^\s*(?:\{\s*"|\[\s*(?:[[{"\d-]|true\b|false\b|null\b))/;
const ENDS_LIKE_JSON = /[\]}]\s*$/;

/** Whether the message is an object or an array with something in it. Of a long one its ends decide. */
export function isJson(message) {
  if (!LOOKS_LIKE_JSON.test(message) || !ENDS_LIKE_JSON.test(message.slice(-20))) return false;
  if (message.length > LONG_MESSAGE) return true;
  try {
    JSON.parse(message);
    return true;
  } catch {
    return false;
  }
}

/** Appends a button that opens the tree, where the entry has something for one. */
export function appendDetails(row, entry, members) {
  const hasJson = isJson(entry.message);
  if (!hasJson && !members.length) return;
  const button = element('button', 'log-braces');
  const words = hasJson ? 'Message as a tree' : 'Fields as a tree';
  button.type = 'button';
  button.title = words;
  button.setAttribute('aria-label', words);
  button.addEventListener('click', () => {
    setOpen('tree', entry.id, !isOpen('tree', entry.id));
    row.querySelector(':scope > .log-tree')?.remove();
    show(row, button, entry, hasJson);
  });
  row.append(' ', button);
  show(row, button, entry, hasJson);
}

function show(row, button, entry, hasJson) {
  const isOpened = isOpen('tree', entry.id);
  button.setAttribute('aria-expanded', String(isOpened));
  if (isOpened) row.append(treeOf(entry, hasJson));
}

function treeOf({ message, fields }, hasJson) {
  const tree = element('div', 'log-tree');
  try {
    tree.append(buildTree(hasJson ? messageAndFields(parseExactly(message), fields) : fields));
  } catch {
    tree.textContent = 'The message looks like JSON and is none.';
  }
  return tree;
}

function messageAndFields(message, fields) {
  return fields && Object.keys(fields).length ? { message, fields } : message;
}
