// What readers do with the lines of a log, in one: members of its viewer, and what begins and ends with its view.
import { pointing } from './pointing.mjs';
import { copying } from '../copying/copying.mjs';
import { linking } from '../links/linking.mjs';
import { marking } from '../marks/marking.mjs';
import { combined } from '../../lib/members.mjs';

const GROUPS = [pointing, copying, linking, marking];

export function tools() {
  const members = {
    attachTools(viewport) {
      this.attachPointing(viewport);
      this.attachCopying();
      this.attachLinks(viewport);
      this.attachMarks(viewport);
    },

    detachTools() {
      this.detachPointing();
      this.detachCopying();
      this.detachMarks();
    },

    /** Other lines are shown from now on. */
    renewTools() {
      this.closeContexts();
      this.endSelectingAll();
      this.paintWords();
    },
  };
  return GROUPS.reduce((all, group) => combined(all, group()), members);
}
