// The button that folds lines away, and opens them again.
import { element } from './text.mjs';
import { countText } from '../../lib/words.mjs';

/** `onToggle(isOpen)` is called after each press. */
export function foldButton(lines, isOpen, onToggle) {
  const button = element('button', 'log-fold');
  button.type = 'button';
  describe(button, lines, isOpen);
  button.addEventListener('click', () => {
    const isOpened = button.getAttribute('aria-expanded') === 'false';
    describe(button, lines, isOpened);
    onToggle(isOpened);
  });
  return button;
}

/** The words are the stylesheet's to show: as text they would be copied with the line. */
function describe(button, lines, isOpen) {
  const words = countText(lines, 'more line');
  button.dataset.words = words;
  button.setAttribute('aria-label', words);
  button.setAttribute('aria-expanded', String(isOpen));
}
