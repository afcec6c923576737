// The clipboard, also where the page came without TLS and only the old way is there.

/** Puts the text into the clipboard; whether the browser let us. A promise of a text is for what has to be read first: it
 *  is asked for now, while the reader's click or key still counts. */
export async function copied(text) {
  try {
    await write(text);
    return true;
  } catch {
    return copiedTheOldWay(await text);
  }
}

function write(text) {
  if (typeof text === 'string') return navigator.clipboard.writeText(text);
  const blob = text.then((read) => new Blob([read], { type: 'text/plain' }));
  return navigator.clipboard.write([new ClipboardItem({ 'text/plain': blob })]);
}

/** By the event of a copy, in which each character stays what it is. Something must be selected for it to happen. */
function copiedTheOldWay(text) {
  const focused = document.activeElement;
  const field = document.createElement('textarea');
  field.value = ' ';
  field.style.position = 'fixed'; // or the page would scroll to it
  document.body.append(field);
  field.select();
  let isDone = false;
  const put = (event) => {
    event.clipboardData.setData('text/plain', text);
    event.preventDefault();
    event.stopImmediatePropagation();
    isDone = true;
  };
  document.addEventListener('copy', put, { capture: true, once: true });
  const isAllowed = document.execCommand('copy');
  document.removeEventListener('copy', put, { capture: true });
  field.remove();
  focused?.focus({ preventScroll: true });
  return isAllowed && isDone;
}
