// What people do to a job on its page: cancel it, run it again, delete it. Stands inside of the page's component.
import { addActions } from '../keyboard/page.mjs';
import { address, jobApi } from '../lib/addresses.mjs';
import { send } from '../lib/requests.mjs';
import { isActive } from './summary.mjs';
import { isRun } from './spec.mjs';
import { refusalText, signInAddress } from '../lib/refusals.mjs';
import { capitalised, countText } from '../lib/words.mjs';

export function jobActions() {
  let forget = null;

  return {
    init() {
      if (this.$refs.askCancel) forget = addActions(this.actionsOfPage()); // the server shows them to who may operate
    },

    destroy() {
      forget?.();
    },

    actionsOfPage() {
      const group = 'Job';
      const asking = (name) => () => this.askFor(name);
      return [
        { words: 'Cancel the job', group, isUsable: () => this.canCancel, run: asking('cancel') },
        { words: 'Run the job again', group, isUsable: () => this.canRerun, run: () => this.rerun() },
        { words: 'Delete the job', group, isUsable: () => this.canDelete, run: asking('delete') },
      ];
    },

    asking: '', // what is to be confirmed
    isActing: false,
    actionNotice: '',
    mustSignInToAct: false,

    async act(method, path, body) {
      this.isActing = true;
      this.actionNotice = '';
      this.mustSignInToAct = false;
      this.asking = '';
      try {
        return await send(method, jobApi(this.jobId, path), body);
      } catch (error) {
        this.actionNotice = refusalText(error);
        this.mustSignInToAct = error.status === 401;
        return null;
      } finally {
        this.isActing = false;
      }
    },

    ask(event) {
      this.askFor(event.currentTarget.dataset.ask);
    },

    askFor(asking) {
      this.actionNotice = '';
      this.asking = asking;
      const refusal = `keep${capitalised(this.asking)}`; // not the other: a key that is held down must not confirm
      this.$nextTick(() => this.$refs[refusal].focus());
    },

    stopAsking() {
      const asked = this.asking;
      this.asking = '';
      this.$nextTick(() => this.$refs[`ask${capitalised(asked)}`].focus());
    },

    async cancel() {
      const answer = await this.act('POST', '/cancel');
      if (answer) this.applyDetails(answer.job);
    },

    async deleteJob() {
      if (await this.act('DELETE', '')) location.assign(address('job_list'));
    },

    rerun() {
      this.actionNotice = '';
      if (this.secretNames.length) this.$refs.secrets.showModal();
      else this.rerunWith(undefined);
    },

    rerunWithSecrets(event) {
      const form = new FormData(event.currentTarget);
      const parameters = Object.fromEntries(this.secretNames.map((name) => [name, form.get(`secret-${name}`)]));
      this.$refs.secrets.close();
      this.rerunWith({ parameters });
    },

    async rerunWith(body) {
      const again = await this.act('POST', '/rerun', body);
      if (again) location.assign(address('job', again.id));
    },

    closeSecrets() {
      this.$refs.secrets.close();
    },

    get signInToActHref() {
      return this.mustSignInToAct ? signInAddress() : '';
    },
    get isStillActive() {
      return isActive(this.job?.status);
    },
    get isCancelRequested() {
      return this.isStillActive && Boolean(this.details.cancel_requested_at);
    },
    get mayCancelChildren() {
      return Boolean(this.job) && !this.isStillActive && this.family.some(({ job }) => isActive(job.status));
    },
    get canCancel() {
      const isAsked = this.isStillActive && this.details.cancel_requested_at;
      return (this.isStillActive || this.mayCancelChildren) && !isAsked && !this.asking;
    },
    get cancelWords() {
      return this.mayCancelChildren ? 'Cancel what it has started' : 'Cancel';
    },
    get canRerun() {
      return isRun(this.details.spec) && !this.asking;
    },
    get canDelete() {
      return Boolean(this.job) && this.job.status !== 'running' && !this.asking;
    },
    get isAskingCancel() {
      return this.asking === 'cancel';
    },
    get isAskingDelete() {
      return this.asking === 'delete';
    },
    get othersText() {
      return this.familySize ? ` and the ${countText(this.familySize, 'job')} that it has started` : '';
    },
    get cancelQuestion() {
      if (this.mayCancelChildren) return 'Cancel the jobs that it has started and that have not ended?';
      return `Cancel this job${this.othersText}?`;
    },
    get deleteQuestion() {
      return `Delete this job${this.othersText}, with all that was logged?`;
    },
    get secretNames() {
      return this.details.spec?.secrets ?? [];
    },
    get secretFields() {
      return this.secretNames.map((name) => ({ name, inputName: `secret-${name}` }));
    },
  };
}
