// The view that compares a job with an earlier run. Stands inside of the component of a job's page.
import { buildQueryParams, fetchJson } from '../log-stream.mjs';
import { readJobs } from '../jobs/live-list.mjs';
import { address, jobApi } from '../lib/addresses.mjs';
import { refusalText } from '../lib/refusals.mjs';
import { countText } from '../lib/words.mjs';
import { describeChoices, describeSides, describeSteps, describeTotals, logsWords } from './comparison.mjs';

const RUNS = 30; // to choose from
const STEPS = 200; // drawn at once

export function jobCompare() {
  let reading = 0;

  return {
    choices: [],
    chosenRun: '',
    compareProblem: '',
    isComparing: true,
    hasNoOther: false,
    totals: [],
    steps: [],
    sides: [],
    logsWords: '',
    stepsShown: STEPS,

    init() {
      this.readChoices();
      this.compare('');
    },

    destroy() {
      reading = -1;
    },

    async readChoices() {
      try {
        const { jobs } = await readJobs({ name: this.job.name }, RUNS + 1);
        const others = jobs.filter(({ id }) => id !== this.jobId);
        this.choices = describeChoices(others, this.chosenRun, Date.now());
      } catch {
        this.choices = []; // the comparison meets the same refusal and says so
      }
    },

    chooseRun(event) {
      this.compare(event.currentTarget.value);
    },

    compareAgain() {
      this.compare(this.chosenRun);
    },

    async compare(other) {
      reading += 1;
      const turn = reading;
      this.isComparing = true;
      this.compareProblem = '';
      try {
        const query = buildQueryParams({ with: other });
        const found = await fetchJson(`${jobApi(this.jobId, '/compare')}${query && `?${query}`}`);
        if (turn === reading) this.showComparison(found);
      } catch (error) {
        if (turn !== reading) return;
        this.hasNoOther = error.code === 'no_earlier_run';
        this.compareProblem = this.hasNoOther ? '' : refusalText(error);
      }
      this.isComparing = false;
    },

    showComparison(found) {
      this.hasNoOther = false;
      this.chosenRun = found.with.run.id;
      this.choices = this.choices.map((choice) => ({ ...choice, isChosen: choice.id === this.chosenRun }));
      this.totals = describeTotals(found);
      this.steps = describeSteps(found.steps);
      this.sides = describeSides(found);
      this.logsWords = logsWords(found.logs);
      this.stepsShown = STEPS;
    },

    showMoreSteps() {
      this.stepsShown += STEPS;
    },

    get isCompared() {
      return this.totals.length > 0;
    },
    get hasChoices() {
      return this.choices.length > 0;
    },
    get otherHref() {
      return this.chosenRun && address('job', this.chosenRun);
    },
    get stepRows() {
      return this.steps.slice(0, this.stepsShown);
    },
    get hasComparedSteps() {
      return this.steps.length > 0;
    },
    get hasMoreSteps() {
      return this.steps.length > this.stepsShown;
    },
    get moreStepsWords() {
      return `Show more of ${countText(this.steps.length, 'step')}`;
    },
  };
}
