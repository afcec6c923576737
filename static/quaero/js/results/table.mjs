// A list of rows as a table, sorted by the column whose head is pressed.
import { appendText, element } from '../log/rows/text.mjs';
import { cellText, columnsOf, sortedRows, typeOf } from './model.mjs';
import { moreButton } from './tree.mjs';
import { numberText } from '../lib/words.mjs';

const PART = 1000; // rows that are drawn at once
const DIRECTIONS = { '': 'ascending', ascending: 'descending', descending: '' };

export function buildTable(rows) {
  const columns = columnsOf(rows);
  const frame = element('div', 'result-table');
  const table = element('table');
  const body = element('tbody');
  const caption = element('caption', 'visually-hidden', `Result, ${numberText(rows.length)} rows`);
  let sorting = { name: '', direction: '' };

  const draw = () => {
    const { name, direction } = sorting;
    const ordered = direction ? sortedRows(rows, name, direction === 'descending') : rows;
    body.replaceChildren();
    frame.querySelector('.json-more')?.remove();
    const add = (from) => {
      body.append(...ordered.slice(from, from + PART).map((row) => rowOf(row, columns)));
      const left = ordered.length - from - PART;
      if (left > 0) frame.append(moreButton(`Show more of ${numberText(left)} rows`, () => add(from + PART)));
    };
    add(0);
  };

  const sortBy = (name, head) => {
    const direction = sorting.name === name ? DIRECTIONS[sorting.direction] : 'ascending';
    sorting = { name, direction };
    for (const each of head.parentElement.children) each.removeAttribute('aria-sort');
    if (direction) head.setAttribute('aria-sort', direction);
    draw();
  };

  table.append(caption, headOf(columns, sortBy), body);
  frame.append(table);
  draw();
  return frame;
}

function headOf(columns, sortBy) {
  const head = element('thead');
  const row = element('tr');
  for (const { name, isNumeric } of columns) {
    const cell = element('th', isNumeric ? 'number' : '');
    cell.scope = 'col';
    const button = element('button', 'sort');
    button.type = 'button';
    appendText(button, name === '' ? '(no name)' : name);
    button.addEventListener('click', () => sortBy(name, cell));
    cell.append(button);
    row.append(cell);
  }
  head.append(row);
  return head;
}

function rowOf(row, columns) {
  const shown = element('tr');
  for (const { name, isNumeric } of columns) {
    const value = Object.hasOwn(row, name) ? row[name] : undefined;
    const cell = element('td', isNumeric ? 'number' : `json-${typeOf(value)}`);
    appendText(cell, cellText(value));
    shown.append(cell);
  }
  return shown;
}
