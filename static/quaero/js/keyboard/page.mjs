// The actions of this page, and the one place that listens to its keys.
import { Actions } from './actions.mjs';
import { keep, kept } from '../lib/kept.mjs';

const OFF = 'quaero.characterKeysOff';

export const actions = new Actions();
actions.areCharactersOff = kept('localStorage', OFF, false);

/** Adds several; what is returned removes them again. */
export function addActions(definitions) {
  const removers = definitions.map((each) => actions.add(each));
  return () => {
    for (const remove of removers) remove();
  };
}

/** Whether single characters are keys, from now on and on all pages. */
export function useCharacters(areUsed) {
  actions.areCharactersOff = !areUsed;
  keep('localStorage', OFF, !areUsed);
}

/** A dialog that covers the page has the keys for itself. */
const isCovered = () => document.querySelector('dialog:modal') !== null;

globalThis.addEventListener?.('keydown', (event) => isCovered() || actions.press(event));
