// The live logs in the admin, in shadow trees: on every page the service's, on a job's page the viewer of its own page.
import { AdminFields } from './admin-fields.mjs';
import { jobLogViewer } from '../log-components.js';

/** As `jobLogViewer`, but title and address are the admin's, and the form beside it follows. */
export function adminJobLog() {
  const viewer = jobLogViewer();
  const { showStatus, finish } = viewer;
  const fields = new AdminFields();
  return Object.defineProperties(
    viewer,
    Object.getOwnPropertyDescriptors({
      showStatus(status) {
        const { title } = document;
        showStatus.call(this, status);
        document.title = title;
        fields.refresh();
      },
      finish() {
        finish.call(this);
        fields.refresh();
      },
      rememberFilters() {},
      isPageOfItsOwn: false,
    }),
  );
}

document.addEventListener('alpine:init', () => {
  globalThis.Alpine.data('adminJobLog', adminJobLog);
});

// Alpine looks for its components in the document, and a shadow tree is none of it.
document.addEventListener('alpine:initialized', () => {
  for (const { shadowRoot } of document.querySelectorAll('[data-live-log]')) {
    globalThis.Alpine.initTree(shadowRoot);
  }
});
