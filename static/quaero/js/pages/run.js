// The page that runs something, as an Alpine component.
import { address, api, jobApi } from '../lib/addresses.mjs';
import { send } from '../lib/requests.mjs';
import { describeField, placeRefusal, programForm, programOrder, textsOf } from '../jobs/form-values.mjs';
import { LANGUAGES } from '../jobs/spec.mjs';
import { fetchExactly } from '../lib/exact-json.mjs';
import { fetchJson } from '../log-stream.mjs';
import { refusalText, signInAddress } from '../lib/refusals.mjs';
import { STARTS_A_WORKER, WorkerWatch } from '../jobs/workers.mjs';
import { countText, durationText } from '../lib/words.mjs';

const INDENT = '    ';
const PROGRAM_FIELDS = ['program', 'language', 'name', 'timeout', 'parameters'];
const NO_PROBLEMS = Object.fromEntries(PROGRAM_FIELDS.map((name) => [name, '']));

export function runForm() {
  let workers = null;
  let rowsMade = 0;
  let given = {}; // the parameters of the run that is to be repeated, by name
  let isTabLeaving = false;

  const rowOf = (members = {}) => {
    rowsMade += 1;
    const name = (part) => `${part}-${rowsMade}`;
    return {
      id: rowsMade,
      name: '',
      value: '',
      isSecret: false,
      ...members,
      valueType: members.isSecret ? 'password' : 'text',
      nameName: name('name'),
      valueName: name('value'),
      secretName: name('secret'),
    };
  };

  return {
    languages: [],
    runnables: [],
    chosen: '', // the name of a registered job; nothing: a program
    fields: [],
    program: { program: '', language: '', name: '', timeout: '' },
    rows: [],
    problems: { ...NO_PROBLEMS },
    notice: '',
    noticeHref: '',
    mustSignIn: false,
    isLoaded: false,
    isSending: false,
    hasNoWorker: false,
    repeated: null,

    init() {
      this.languages = this.$el.dataset.languages.split(',').filter(Boolean);
      this.program.language = this.languages[0] ?? '';
      workers = new WorkerWatch({
        onWorkers: ({ alive }) => {
          this.hasNoWorker = alive === 0;
        },
      });
      workers.open();
      this.load();
    },

    destroy() {
      workers.close();
    },

    async load() {
      try {
        this.runnables = (await fetchJson(api('runnables'))).runnables;
        await this.preselect(new URLSearchParams(location.search));
      } catch (error) {
        this.notify(error, refusalText(error));
      }
      this.isLoaded = true;
    },

    async preselect(wanted) {
      if (wanted.get('rerun')) return this.repeat(await fetchExactly(jobApi(wanted.get('rerun'))));
      const first = this.languages.length ? '' : (this.runnables[0]?.name ?? '');
      const name = wanted.get('job') ?? first;
      if (name && !this.find(name)) this.notice = `There is no registered job ${name}`;
      return this.choose(this.find(name) ? name : '');
    },

    /** Fills in what another job has run. */
    repeat({ id, name, spec }) {
      if (spec.type === 'program') {
        const { rows, ...program } = programForm(spec, name);
        this.program = program;
        this.rows = rows.map(rowOf);
      } else if (spec.type === 'registered' && this.find(spec.runnable)) {
        given = spec.parameters;
      } else {
        this.notice = `${name} was nothing that can be run here`;
        return;
      }
      this.repeated = { name, href: address('job', id) };
      this.choose(spec.runnable ?? '');
    },

    find(name) {
      return this.runnables.find((each) => each.name === name);
    },

    choose(name) {
      this.chosen = name;
      this.fields = (this.find(name)?.fields ?? []).map((field) => describeField(field, given[field.name]));
      given = {};
      this.problems = { ...NO_PROBLEMS };
    },

    chooseByClick(event) {
      const { name } = event.currentTarget.dataset;
      if (name === this.chosen) return;
      this.notice = '';
      this.choose(name);
      history.replaceState(null, '', location.pathname + (name && `?job=${encodeURIComponent(name)}`));
    },

    addRow() {
      this.rows.push(rowOf());
      this.$nextTick(() => this.$refs.rows.querySelector('.parameter-row:last-of-type input').focus());
    },

    removeRow(event) {
      const id = Number(event.currentTarget.dataset.row);
      this.rows = this.rows.filter((row) => row.id !== id);
      this.$refs.addRow.focus();
    },

    /** Text of a secret is not shown while it is typed. */
    hideRow(event) {
      const row = this.rows.find(({ id }) => id === Number(event.currentTarget.dataset.row));
      row.valueType = event.currentTarget.checked ? 'password' : 'text';
    },

    /** Tab indents. After Escape it leaves, for readers without a mouse. */
    pressProgramKey(event) {
      if (event.key === 'Escape') {
        isTabLeaving = true;
      } else if (event.key === 'Tab' && !event.shiftKey && !isTabLeaving) {
        event.preventDefault();
        insertText(event.currentTarget, INDENT);
      } else if (event.key !== 'Shift') {
        isTabLeaving = false;
      }
    },

    enterProgram() {
      isTabLeaving = false;
    },

    pressKey(event) {
      if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) event.currentTarget.requestSubmit();
    },

    runProgram(event) {
      const form = new FormData(event.currentTarget);
      const text = (name) => String(form.get(name) ?? '');
      const rows = this.rows.map((row) => ({
        name: text(row.nameName),
        value: text(row.valueName),
        isSecret: form.has(row.secretName),
      }));
      const typed = Object.fromEntries(['program', 'language', 'name', 'timeout'].map((name) => [name, text(name)]));
      const { order, problems } = programOrder({ ...typed, rows });
      this.showProblems(problems);
      if (Object.keys(problems).length === 0) this.run(api('execute-async'), order);
    },

    runRegistered(event) {
      const { elements } = event.currentTarget;
      const parameters = textsOf(this.fields, new FormData(event.currentTarget));
      const unread = this.fields.filter(({ inputName }) => elements.namedItem(inputName).validity.badInput);
      const problemOf = ({ allowed }) => `Must be ${allowed}`;
      this.showProblems(Object.fromEntries(unread.map((field) => [field.name, problemOf(field)])));
      if (unread.length) return;
      this.run(api(`runnables/${encodeURIComponent(this.chosen)}/run`), { parameters, from_text: true });
    },

    async run(url, order) {
      if (this.isSending) return;
      this.isSending = true;
      try {
        const { execution_id: id } = await send('POST', url, order);
        location.assign(address('job', id));
      } catch (error) {
        this.isSending = false;
        this.refuse(error);
      }
    },

    refuse(error) {
      const names = this.chosen ? this.fields.map(({ name }) => name) : PROGRAM_FIELDS;
      const { fields, notice } = placeRefusal({ ...error, message: refusalText(error) }, names);
      this.showProblems(fields);
      this.notify(error, notice);
    },

    /** With the way on: to sign in elsewhere, so that what was typed stays, or to the job that is in the way. */
    notify(error, notice) {
      this.notice = notice;
      this.mustSignIn = error.status === 401;
      this.noticeHref = error.detail?.job ? address('job', error.detail.job) : '';
    },

    /** What is wrong by field; the first such field gets the focus, or the notice is read out. */
    showProblems(problems) {
      this.notice = '';
      this.mustSignIn = false;
      this.noticeHref = '';
      this.problems = { ...NO_PROBLEMS, ...problems };
      for (const field of this.fields) {
        field.problem = problems[field.name] ?? '';
        field.isWrong = String(Boolean(field.problem));
      }
      const form = this.chosen ? this.$refs.registered : this.$refs.program;
      const [name] = Object.keys(problems);
      this.$nextTick(() => form?.querySelector(`[data-field="${CSS.escape(name ?? '')}"]`)?.focus());
    },

    get signInHref() {
      return this.mustSignIn ? signInAddress() : '';
    },
    get choices() {
      const program = { name: '', label: 'Program', text: 'Text that you write here' };
      const registered = this.runnables.map(({ name, description }) => ({
        name,
        label: name,
        text: description.split('\n')[0],
      }));
      return [program, ...registered].map((each) => ({ ...each, pressed: String(each.name === this.chosen) }));
    },
    get languageOptions() {
      return this.languages.map((value) => ({
        value,
        text: LANGUAGES[value] ?? value,
        isChosen: value === this.program.language,
      }));
    },
    get runnable() {
      return (
        this.find(this.chosen) ?? {
          name: '',
          description: '',
          steps: [],
          timeout: null,
          retries: 0,
          concurrency: 'allow',
        }
      );
    },
    get facts() {
      const { timeout, retries, concurrency } = this.runnable;
      const rules = { skip: 'One at a time: a second one is refused', queue: 'One at a time: others wait' };
      return [
        timeout === null ? '' : `At most ${durationText(timeout * 1000)}`,
        retries ? `Up to ${countText(retries, 'more attempt')} when it fails` : '',
        rules[concurrency] ?? '',
      ].filter(Boolean);
    },
    get isProgram() {
      return this.isLoaded && this.chosen === '' && this.languages.length > 0;
    },
    get isProgramOff() {
      return this.isLoaded && this.chosen === '' && this.languages.length === 0;
    },
    get isRegistered() {
      return this.isLoaded && this.chosen !== '';
    },
    get isLoading() {
      return !this.isLoaded;
    },
    get hasSteps() {
      return this.runnable.steps.length > 0;
    },
    get hasNoFields() {
      return this.fields.length === 0;
    },
    get hasRows() {
      return this.rows.length > 0;
    },
    get repeatedName() {
      return this.repeated?.name ?? '';
    },
    get repeatedHref() {
      return this.repeated?.href ?? '';
    },
    get wrong() {
      return Object.fromEntries(PROGRAM_FIELDS.map((name) => [name, String(Boolean(this.problems[name]))]));
    },
    get noWorkerWords() {
      return `No worker is there. The run will wait until one is started: ${STARTS_A_WORKER}.`;
    },
    get runWords() {
      return this.isSending ? 'Starting…' : 'Run';
    },
  };
}

/** As if it had been typed, so that the browser can undo it. */
function insertText(field, text) {
  if (document.execCommand('insertText', false, text)) return;
  field.setRangeText(text, field.selectionStart, field.selectionEnd, 'end');
}

document.addEventListener('alpine:init', () => {
  globalThis.Alpine.data('runForm', runForm);
});
