// uPlot, which draws: loaded when the first picture is opened, and not with the page.
const FOLDER = new URL('../../vendor/uplot/', import.meta.url);
let loading = null;

/** The class `uPlot`. Throws where it cannot be loaded, and tries again when it is asked for again. */
export function loadUPlot() {
  loading ??= Promise.all([
    added('script', { src: `${FOLDER}uPlot.iife.min.js` }),
    added('link', { rel: 'stylesheet', href: `${FOLDER}uPlot.min.css` }),
  ]).catch((error) => {
    loading = null;
    throw error;
  });
  return loading.then(() => globalThis.uPlot);
}

function added(name, attributes) {
  return new Promise((resolve, reject) => {
    const element = Object.assign(document.createElement(name), attributes);
    element.addEventListener('load', resolve);
    element.addEventListener('error', () => {
      element.remove();
      reject(new Error('The picture cannot be loaded'));
    });
    document.head.append(element);
  });
}
