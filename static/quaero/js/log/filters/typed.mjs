// Filters as a reader types them into the form that adds one, and what is wrong with those that are none.
import { A_MOMENT, readMoment } from './moments.mjs';

const MOST_CHARACTERS = 1000; // of a value; the server takes no more
const MOST_OF_A_NAME = 200;
const LINES = /^(\d*)\s*(?:([-–])\s*(\d*))?$/;

/** What can be added: `kind` and how a value of it looks. */
export const KINDS = [
  { kind: 'source', words: 'Source', example: 'app.db' },
  { kind: 'field', words: 'Field', example: 'shop=7' },
  { kind: 'step', words: 'Step', example: 'Load' },
  { kind: 'from', words: 'From time', example: '14:03:11' },
  { kind: 'to', words: 'To time', example: '14:05' },
  { kind: 'lines', words: 'Lines', example: '10-25', isOfOneJob: true },
  { kind: 'mark', words: 'Mark a text (hides nothing)', example: 'timeout' },
];

const refused = (problem) => ({ problem });
const taken = (filters) => ({ filters });

function readSource(text) {
  return taken({ source: text });
}

function readField(text) {
  const [, name, value] = text.match(/^([^=]*)=(.*)$/s) ?? [];
  if (value === undefined) return refused('Give a name and a value: shop=7.');
  if (!value) return refused('Give a value after the equals sign.');
  const isName = name.length <= MOST_OF_A_NAME && !/["\\\p{Cc}]/u.test(name) && name.split('.').every(Boolean);
  if (!isName) return refused('A field’s name has no quotes and no backslashes, and no empty part between its dots.');
  return taken({ [`fields.${name.trim()}`]: value });
}

function readStep(text, { steps }) {
  const small = text.toLowerCase();
  const exact = steps.filter(({ name }) => name.toLowerCase() === small);
  const meant = exact.length ? exact : steps.filter(({ name }) => name.toLowerCase().includes(small));
  if (meant.length === 0) return refused(`No step is named “${text}”.`);
  if (meant.length > 1 && !exact.length)
    return refused(`${meant.length} steps have “${text}” in their names: give more of it.`);
  return taken({ step: meant[0].id });
}

function readTime(kind) {
  return (text, { day, isUtc }) => {
    const moment = readMoment(text, day, isUtc);
    return moment ? taken({ [kind]: moment }) : refused(`Give ${A_MOMENT}.`);
  };
}

function readLines(text) {
  const [, first, dash, last] = text.match(LINES) ?? [];
  const isThere = (line) => line !== '' && line !== undefined;
  if (!isThere(first) && !isThere(last)) return refused('Lines are a number or two: 10, 10-25, 10- or -25.');
  const lines = { first_line: first, last_line: dash ? last : first };
  if ([first, last].some((line) => isThere(line) && Number(line) < 1)) return refused('The first line is 1.');
  if (isThere(first) && isThere(last) && Number(first) > Number(last)) return readLines(`${last}-${first}`);
  return taken(Object.fromEntries(Object.entries(lines).filter(([, line]) => isThere(line))));
}

const READERS = {
  source: readSource,
  field: readField,
  step: readStep,
  from: readTime('from'),
  to: readTime('to'),
  lines: readLines,
  mark: (text) => ({ mark: text }),
};

/**
 * What was typed as `{filters}` to be added, as a text to be `{mark}`ed, or `{problem}`, which says what is wrong. `steps` of the job, the `day` that
 * a time without a date is of (milliseconds), and whether times are UTC.
 */
export function readTyped(kind, typed, { steps = [], day = 0, isUtc = false } = {}) {
  const text = typed.trim();
  if (!text) return refused('Give a value.');
  if ([...text].length > MOST_CHARACTERS) return refused(`A value has at most ${MOST_CHARACTERS} characters.`);
  return READERS[kind](text, { steps, day, isUtc });
}
