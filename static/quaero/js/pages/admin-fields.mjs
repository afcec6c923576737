// What a job's form in the admin shows without editing it, kept as the server has it now. The server draws it, so the
// page is fetched again and its parts are taken over: those alone, as the reader may be editing the others.

const PARTS = ['#job_form .form-row .readonly', '.inline-group', 'ul.object-tools'];
const PAUSE_MS = 1000;

export class AdminFields {
  constructor() {
    this._isAsked = false;
    this._isReading = false;
  }

  /** Something has changed. One reading at a time, then a pause; what changes meanwhile is read after it. */
  async refresh() {
    this._isAsked = true;
    if (this._isReading) return;
    this._isReading = true;
    while (this._isAsked) {
      this._isAsked = false;
      await this._read();
      await new Promise((resolve) => {
        setTimeout(resolve, PAUSE_MS);
      });
    }
    this._isReading = false;
  }

  async _read() {
    try {
      const response = await fetch(location.href, { cache: 'no-store' });
      if (!response.ok || response.redirected) return; // signed out, or deleted: the log says so
      const fresh = new DOMParser().parseFromString(await response.text(), 'text/html');
      for (const selector of PARTS) takeOver(document.querySelectorAll(selector), fresh.querySelectorAll(selector));
    } catch {
      // The server is away: the log says so, and comes back with news.
    }
  }
}

function takeOver(shown, fresh) {
  if (shown.length !== fresh.length) return;
  shown.forEach((part, place) => {
    if (part.textContent !== fresh[place].textContent) part.replaceChildren(...fresh[place].childNodes);
  });
}
