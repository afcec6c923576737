// Light, dark, or as the system has it. A plain script that the page waits for: it must have run before the first paint.
(() => {
  'use strict';

  const NAME = 'quaero.theme';
  const THEMES = ['light', 'dark'];
  const root = document.documentElement;

  function chosen() {
    try {
      return THEMES.includes(localStorage.getItem(NAME)) ? localStorage.getItem(NAME) : '';
    } catch {
      return ''; // a browser may forbid storage
    }
  }

  function apply(theme) {
    if (theme) root.dataset.theme = theme;
    else delete root.dataset.theme;
    for (const field of document.querySelectorAll('[data-theme-switch]')) field.value = theme;
  }

  function choose(theme) {
    try {
      if (theme) localStorage.setItem(NAME, theme);
      else localStorage.removeItem(NAME);
    } catch {
      // then it holds for this page
    }
    apply(theme);
  }

  apply(chosen());
  document.addEventListener('DOMContentLoaded', () => apply(chosen()));
  document.addEventListener('change', ({ target }) => 'themeSwitch' in target.dataset && choose(target.value));
  addEventListener('storage', ({ key }) => key === NAME && apply(chosen())); // another tab
})();
