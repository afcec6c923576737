// What a job has run, from its `spec` to words.
import { jsonText } from '../lib/exact-json.mjs';
import { textOfValue } from './form-values.mjs';
import { durationText } from '../lib/words.mjs';

export const LANGUAGES = { python: 'Python', shell: 'Shell' };
const CONCURRENCY_WORDS = { skip: 'one at a time, a second one is refused', queue: 'one at a time, others wait' };
const NEEDS_NO_QUOTES = /^[\w@%+=:,./-]+$/;

/** Whether a worker has run it, and could again. */
export function isRun(spec) {
  return ['program', 'registered'].includes(spec?.type);
}

function fact(name, text) {
  return { name, text };
}

/** `{facts, parameters, text, textLabel}`; null when the job does not say. */
export function describeSpec(spec) {
  if (!spec || Object.keys(spec).length === 0) return null;
  if (isRun(spec)) {
    return { facts: factsOf(spec), parameters: parametersOf(spec), text: spec.program ?? '', textLabel: 'Program' };
  }
  if (Array.isArray(spec.command)) {
    return { facts: [], parameters: [], text: spec.command.map(shellWord).join(' '), textLabel: 'Command' };
  }
  return { facts: [], parameters: [], text: jsonText(spec, 2), textLabel: 'What it says of itself' };
}

function factsOf({ type, language, runnable, timeout, retries, concurrency }) {
  const facts = [
    type === 'program' ? fact('Language', LANGUAGES[language] ?? language) : fact('Registered job', runnable),
  ];
  facts.push(fact('Timeout', timeout === null || timeout === undefined ? 'the default' : durationText(timeout * 1000)));
  if (retries) facts.push(fact('Retries', String(retries)));
  if (CONCURRENCY_WORDS[concurrency]) facts.push(fact('Concurrency', CONCURRENCY_WORDS[concurrency]));
  return facts;
}

function parametersOf({ parameters = {}, secrets = [] }) {
  const plain = Object.entries(parameters).map(([name, value]) => fact(name, textOfValue(value)));
  return [...plain, ...secrets.map((name) => fact(name, '•••'))];
}

/** As a shell would take it. */
function shellWord(word) {
  const text = String(word);
  return NEEDS_NO_QUOTES.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
