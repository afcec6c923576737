// Lines that belong together as one: the first is the head, with a level and a button that folds the others away.
//
// Which they are follows from the entries around, so that rows may come and go. What is folded is kept by the head's id.
import { isContinuation } from '../rows/row.mjs';

const REACH = 1000; // entries beyond the rows in which the head, and further lines, are looked for

/** Lines of two streams may alternate. What continues a line has its job, its step, its stream and its level. */
const kinshipOf = (entry) => `${entry.job_id ?? ''} ${entry.step_id ?? ''} ${entry.stream} ${entry.level}`;

/** Of the entries at these places: `headOf`, the head's id by the id of each line that joins one, and `counts`, how many
 *  lines are known to join each head. Lines whose head is not held join none. */
export function groupsIn(store, from, to) {
  const groups = { headOf: new Map(), counts: new Map(), heads: null };
  if (!hasContinuation(store, from, to)) return groups;
  groups.heads = new Map();
  for (let place = Math.max(store.first, from - REACH); place < Math.min(store.end, to + REACH); place += 1) {
    const entry = store.at(place);
    if (entry) take(entry, groups);
    else groups.heads.clear(); // what is missing may be another head
  }
  return groups;
}

/** The groups of a whole log with the entries that have come to its end, up to before `to`. Null where one of them is not
 *  held, or where the lines before `from` were not looked at and are of interest now. */
export function continued(groups, store, from, to) {
  if (!groups.heads && hasContinuation(store, from, to)) return null;
  for (let place = from; place < to; place += 1) {
    const entry = store.at(place);
    if (!entry) return null;
    if (groups.heads) take(entry, groups);
  }
  return groups;
}

function hasContinuation(store, from, to) {
  for (let place = from; place < to; place += 1) {
    const entry = store.at(place);
    if (entry && isContinuation(entry)) return true;
  }
  const next = store.at(to); // of which the last row may be the head
  return next !== undefined && isContinuation(next);
}

function take(entry, { heads, headOf, counts }) {
  const kinship = kinshipOf(entry);
  if (!isContinuation(entry)) heads.set(kinship, entry.id);
  else if (heads.has(kinship)) {
    const head = heads.get(kinship);
    headOf.set(entry.id, head);
    counts.set(head, (counts.get(head) ?? 0) + 1);
  }
}
