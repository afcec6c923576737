// A job's result on its page, as a tree or a table. Stands inside of the page's component.
import { copied } from '../lib/clipboard.mjs';
import { jsonText } from '../lib/exact-json.mjs';
import { isTable } from './model.mjs';
import { buildTable } from './table.mjs';
import { buildTree } from './tree.mjs';

const COPIED_FOR_MS = 2000;

export function jobResult() {
  let result = null; // as it came: what is large must not be watched
  let address = null;

  return {
    resultShape: 'tree',
    hasTable: false,
    copyWords: 'Copy',

    init() {
      result = globalThis.Alpine.raw(this.details).result;
      this.hasTable = isTable(result);
      this.resultShape = this.hasTable ? 'table' : 'tree';
      address = URL.createObjectURL(new Blob([jsonText(result, 2)], { type: 'application/json' }));
      this.drawResult();
    },

    destroy() {
      URL.revokeObjectURL(address);
    },

    drawResult() {
      this.$refs.result.replaceChildren(this.resultShape === 'table' ? buildTable(result) : buildTree(result));
    },

    chooseShape(event) {
      this.resultShape = event.currentTarget.dataset.shape;
      this.drawResult();
    },

    async copyResult() {
      this.copyWords = (await copied(jsonText(result, 2))) ? 'Copied' : 'Copying is not allowed here';
      setTimeout(() => {
        this.copyWords = 'Copy';
      }, COPIED_FOR_MS);
    },

    get resultAddress() {
      return address;
    },
    get resultFile() {
      return `${this.jobId}.json`;
    },
    get isTableShown() {
      return String(this.resultShape === 'table');
    },
    get isTreeShown() {
      return String(this.resultShape === 'tree');
    },
  };
}
