// A job's result as a page shows it: a tree of any JSON value, or a table of a list of rows.
import { jsonText } from '../lib/exact-json.mjs';

const MOST_CELL_CHARACTERS = 300;

function isObject(value) {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}

export function isTable(value) {
  return Array.isArray(value) && value.length > 0 && value.every(isObject);
}

/** The columns of a list of rows, in the order in which they appear first. Numbers alone make a column of numbers. */
export function columnsOf(rows) {
  const columns = new Map();
  for (const row of rows) {
    for (const [name, value] of Object.entries(row)) {
      const column = columns.get(name) ?? { name, isNumeric: true, hasValue: false };
      if (value !== null) column.hasValue = true;
      if (value !== null && typeOf(value) !== 'number') column.isNumeric = false;
      columns.set(name, column);
    }
  }
  return [...columns.values()].map(({ name, isNumeric, hasValue }) => ({ name, isNumeric: isNumeric && hasValue }));
}

/** A value in a cell: text as it is, anything else as compact JSON; nothing where a row has no such member. */
export function cellText(value) {
  if (value === undefined) return '';
  const text = typeof value === 'string' ? value : jsonText(value);
  return text.length > MOST_CELL_CHARACTERS ? `${text.slice(0, MOST_CELL_CHARACTERS)}…` : text;
}

/** In the order of a column: numbers by size, all else by text, what is not there last in either direction. */
export function sortedRows(rows, name, isDescending = false) {
  const factor = isDescending ? -1 : 1;
  const isMissing = (value) => value === undefined || value === null;
  const compare = (one, other) => {
    if (isMissing(one) || isMissing(other)) return isMissing(one) - isMissing(other);
    if (typeOf(one) === 'number' && typeOf(other) === 'number') return factor * ((one > other) - (one < other));
    return factor * cellText(one).localeCompare(cellText(other), 'en', { numeric: true });
  };
  return [...rows].sort((one, other) => compare(one[name], other[name]));
}

/** How many members a container has; null for what is none. */
export function sizeOf(value) {
  if (value === null || typeof value !== 'object') return null;
  return Array.isArray(value) ? value.length : Object.keys(value).length;
}

/** Members of a container as `[label, value]`, from one place to another, or null for what is none. */
export function membersOf(value, from = 0, to = undefined) {
  if (value === null || typeof value !== 'object') return null;
  if (Array.isArray(value)) return value.slice(from, to).map((item, place) => [String(from + place), item]);
  const names = Object.keys(value).slice(from, to);
  return names.map((name) => [name, value[name]]);
}

/** What stands for a container that is closed. */
export function summaryOf(value) {
  const count = sizeOf(value);
  if (Array.isArray(value)) return count === 0 ? '[]' : `[ ${count} ${count === 1 ? 'item' : 'items'} ]`;
  return count === 0 ? '{}' : `{ ${count} ${count === 1 ? 'member' : 'members'} }`;
}

export function typeOf(value) {
  if (value === null) return 'null';
  if (typeof value === 'bigint') return 'number';
  return Array.isArray(value) ? 'array' : typeof value;
}

/** Whether a value has at most so many members, all levels together. */
export function isSmall(value, most = 60) {
  let left = most;
  const count = (each) => {
    left -= sizeOf(each) ?? 0;
    if (left < 0) return;
    for (const [, member] of membersOf(each) ?? []) count(member);
  };
  count(value);
  return left >= 0;
}
