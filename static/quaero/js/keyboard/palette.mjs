// The command palette as an Alpine component: jobs by their names, and what the page can do. Opens with Ctrl+K.
import { keyText, wordsOf } from './actions.mjs';
import { actions } from './page.mjs';
import { ranked } from './ranking.mjs';
import { address, api } from '../lib/addresses.mjs';
import { refusalText } from '../lib/refusals.mjs';
import { capitalised, countText } from '../lib/words.mjs';
import { buildQueryParams, fetchJson } from '../log-stream.mjs';

const PAUSE_MS = 150; // jobs are looked for when the typing pauses
const MOST_JOBS = 8;

const STEPS = { ArrowDown: 1, ArrowUp: -1, PageDown: 8, PageUp: -8 };

/** What the palette offers, jobs first as long as nothing is typed: what comes later must not take another's place. */
export function offered(query, jobs, usable) {
  const fitting = ranked(usable, query, ({ words }) => words);
  return query.trim() ? [...fitting, ...jobs] : [...jobs, ...fitting];
}

function optionOfJob({ id, name, status }) {
  const run = () => location.assign(address('job', id));
  return { key: `job ${id}`, words: name, hint: `Job · ${capitalised(status)}`, run };
}

function optionOfAction({ words, group, keys, run }, place) {
  const key = keys.length ? ` · ${keyText(keys[0])}` : '';
  return { key: `action ${place}`, words: wordsOf(words), hint: group + key, run };
}

/** The pages that the site's own links lead to. */
function optionsOfPages() {
  return [...document.querySelectorAll('.site-nav a')].map((link) => ({
    key: `page ${link.href}`,
    words: `Go to ${link.textContent.trim()}`,
    hint: 'Page',
    run: () => link.click(),
  }));
}

function optionsOfThemes() {
  const field = document.querySelector('[data-theme-switch]');
  return [...(field?.options ?? [])].map(({ value, text }) => ({
    key: `theme ${value}`,
    words: `Theme: ${text}`,
    hint: 'Page',
    run() {
      field.value = value;
      field.dispatchEvent(new Event('change', { bubbles: true }));
    },
  }));
}

export function commandPalette() {
  let asking = null; // what is still asked of the server
  let timer = null;
  let jobs = [];
  let usable = [];
  let forget = null;

  return {
    query: '',
    found: [],
    active: 0,
    isAsking: false,
    problem: '',

    init() {
      const run = () => this.open();
      forget = actions.add({
        keys: ['mod+k'],
        words: 'Find jobs and actions',
        group: 'Everywhere',
        isListed: false,
        run,
      });
    },

    destroy() {
      forget();
      this.stopAsking();
    },

    open() {
      usable = [
        ...actions.usable.filter(({ isListed }) => isListed).map(optionOfAction),
        ...optionsOfPages(),
        ...optionsOfThemes(),
      ];
      jobs = [];
      this.query = '';
      this.$refs.query.value = '';
      this.$refs.dialog.showModal();
      this.show();
      this.findJobs();
    },

    close() {
      this.$refs.dialog.close();
    },

    /** However the dialog was closed. */
    stopAsking() {
      clearTimeout(timer);
      asking?.abort();
    },

    /** A click on what is around the dialog closes it. */
    leave(event) {
      if (event.target === this.$refs.dialog) this.close();
    },

    type(event) {
      this.query = event.currentTarget.value;
      this.active = 0;
      this.show();
      clearTimeout(timer);
      timer = setTimeout(() => this.findJobs(), PAUSE_MS);
    },

    async findJobs() {
      asking?.abort();
      asking = new AbortController();
      const { signal } = asking;
      this.isAsking = true;
      try {
        const wanted = buildQueryParams({ q: this.query.trim(), limit: MOST_JOBS });
        const answer = await fetchJson(`${api('jobs')}?${wanted}`, signal);
        jobs = answer.jobs.map(optionOfJob);
        this.problem = '';
      } catch (error) {
        if (signal.aborted) return;
        jobs = [];
        this.problem = `Jobs could not be looked for: ${refusalText(error)}.`;
      }
      this.isAsking = false;
      this.show();
    },

    /** The chosen one stays chosen where it goes. */
    show() {
      const chosen = this.active > 0 ? this.found[this.active]?.key : undefined;
      this.found = offered(this.query, jobs, usable);
      const place = this.found.findIndex(({ key }) => key === chosen);
      this.active = Math.max(0, place);
    },

    press(event) {
      const step = STEPS[event.key];
      if (step) {
        event.preventDefault();
        this.move(step);
      } else if (event.key === 'Enter' && !event.isComposing) {
        event.preventDefault();
        this.choose(this.found[this.active]);
      }
    },

    move(step) {
      const { length } = this.found;
      const isOne = Math.abs(step) === 1; // which goes round
      const next = this.active + step;
      this.active = isOne ? (next + length) % (length || 1) : Math.max(0, Math.min(length - 1, next));
      this.$nextTick(() =>
        this.$refs.list.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: 'nearest' }),
      );
    },

    chooseOption(event) {
      const { key } = event.target.closest('[data-key]')?.dataset ?? {};
      this.choose(this.found.find((option) => option.key === key));
    },

    choose(option) {
      if (!option) return;
      this.close(); // first, so that the focus is where it was
      option.run();
    },

    get options() {
      return this.found.map((option, place) => ({
        ...option,
        id: `palette-option-${place}`,
        isChosen: String(place === this.active),
      }));
    },
    get activeId() {
      return this.found.length ? `palette-option-${this.active}` : null;
    },
    get countWords() {
      if (this.found.length || !this.isAsking) return countText(this.found.length, 'result');
      return 'Looking for jobs…';
    },
    get hasProblem() {
      return this.problem !== '';
    },
  };
}
