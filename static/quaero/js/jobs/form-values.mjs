// What a form for a run holds, what the API is sent of it, and where what the API refuses belongs.
import { jsonText, parseExactly } from '../lib/exact-json.mjs';
import { capitalised } from '../lib/words.mjs';

const INPUT_TYPES = {
  number: 'number',
  integer: 'number',
  password: 'password',
  datetime: 'datetime-local',
  date: 'date',
};
const NEEDS_NO_HINT = ['checkbox', 'select', 'date', 'password'];

/** A field of the API's `runnables` as the page shows it. `given`: JSON data to begin with, in place of the default. */
export function describeField(field, given) {
  const { name, kind, options } = field;
  const value = given === undefined ? field.default : fieldText(kind, given);
  return {
    name,
    inputName: `parameter-${name}`, // a form's own members go by the names of its fields
    label: field.label,
    help: field.help,
    hint: hintOf(field),
    allowed: field.allowed,
    isRequired: field.required,
    helpId: `help-${name}`,
    problemId: `problem-${name}`,
    describedBy: `problem-${name} help-${name}`,
    labelClass: kind === 'checkbox' ? 'label-check' : '',
    isInput: !['multiline', 'select', 'checkbox'].includes(kind),
    isMultiline: kind === 'multiline',
    isSelect: kind === 'select',
    isCheckbox: kind === 'checkbox',
    inputType: INPUT_TYPES[kind] ?? 'text',
    min: field.min,
    max: field.max,
    step: kind === 'integer' ? '1' : 'any',
    autocomplete: kind === 'password' ? 'new-password' : 'off',
    value,
    isChecked: value === 'true',
    options: optionsOf(options, value),
    problem: '',
    isWrong: 'false',
  };
}

/** JSON data as the text of a field, from which the server makes it again. */
export function fieldText(kind, value) {
  if (value === null) return '';
  if (kind === 'datetime' && typeof value === 'string') return utcMoment(value);
  if (typeof value === 'string') return value;
  const isPlainList = Array.isArray(value) && value.every((item) => item === null || typeof item !== 'object');
  return isPlainList ? value.map((item) => fieldText('text', item)).join('\n') : jsonText(value, 2);
}

/** A moment as a browser's field has it: in UTC, without saying so. */
function utcMoment(text) {
  const moment = new Date(/(Z|[+-]\d\d:?\d\d)$/.test(text) ? text : `${text}Z`);
  return Number.isNaN(moment.getTime()) ? text : moment.toISOString().replace(/(:00)?(\.000)?Z$/, '');
}

function hintOf({ kind, allowed }) {
  if (kind === 'datetime') return 'In UTC.';
  return NEEDS_NO_HINT.includes(kind) || allowed === 'text' ? '' : `Allowed: ${allowed}.`;
}

function optionsOf(options, chosen) {
  const isOpen = chosen === '' && options.length > 0 && !options.includes('');
  const all = isOpen ? ['', ...options] : options;
  const words = (value) => (value === '' ? (isOpen && 'Choose…') || '(none)' : value);
  return all.map((value) => ({ value, text: words(value), isChosen: value === chosen }));
}

/** The texts of a form (a FormData), by the names of its fields. */
export function textsOf(fields, form) {
  return Object.fromEntries(
    fields.map(({ name, inputName, isCheckbox }) => {
      return [name, isCheckbox ? String(form.has(inputName)) : (form.get(inputName) ?? '')];
    }),
  );
}

/** A parameter of a program from what was typed: JSON where it is JSON, otherwise the text itself. */
export function valueOfText(text) {
  try {
    const value = parseExactly(text);
    // 1.0 and 1e999 would come out as something else.
    return typeof value === 'number' && JSON.stringify(value) !== text.trim() ? text : value;
  } catch {
    return text;
  }
}

/** The text of which `valueOfText` makes this value. */
export function textOfValue(value) {
  return typeof value === 'string' && valueOfText(value) === value ? value : jsonText(value);
}

/** What the API's `execute-async` is sent, or by field what cannot be sent: `{order, problems}`. */
export function programOrder({ program, language, name, timeout, rows }) {
  const problems = {};
  const order = { program, language };
  if (name.trim()) order.name = name;
  if (timeout.trim()) order.timeout = Number(timeout);
  if (Number.isNaN(order.timeout)) problems.timeout = `Must be a number of seconds, not '${timeout.trim()}'`;
  const used = rows.filter((row) => row.name.trim() || row.value);
  const names = used.map((row) => row.name.trim());
  if (names.includes('')) problems.parameters = 'A parameter has a value, but no name';
  const twice = names.find((each, place) => each && names.indexOf(each) !== place);
  if (twice) problems.parameters = `${twice} is there twice`;
  const parameterOf = ({ value, isSecret }) => (isSecret ? value : valueOfText(value));
  order.parameters = Object.fromEntries(used.map((row, place) => [names[place], parameterOf(row)]));
  order.secrets = names.filter((_, place) => used[place].isSecret);
  return { order, problems };
}

/** The spec of a program that was run, as the form for another one holds it. */
export function programForm({ program, language, timeout, parameters, secrets }, name) {
  const plain = Object.entries(parameters).map(([each, value]) => ({
    name: each,
    value: textOfValue(value),
    isSecret: false,
  }));
  const hidden = secrets.map((each) => ({ name: each, value: '', isSecret: true }));
  return { program, language, name, timeout: timeout === null ? '' : String(timeout), rows: [...plain, ...hidden] };
}

/** Where a refusal belongs: at the fields of these names as far as it names them, and otherwise in a notice. */
export function placeRefusal({ message, detail = {} }, names) {
  const fields = {};
  const others = [];
  for (const [name, problem] of Object.entries(detail.problems ?? {})) {
    if (names.includes(name)) fields[name] = capitalised(problem);
    else others.push(`${name} ${problem}`);
  }
  const at = String(detail.parameter ?? '').split('.')[0];
  const place = at === 'secrets' ? 'parameters' : at;
  if (names.includes(place)) fields[place] = capitalised(message);
  if (Object.keys(fields).length === 0) return { fields, notice: message };
  return { fields, notice: others.join('; ') };
}
