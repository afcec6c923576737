// What logs can do, as actions of their page.

const GROUP = 'Log';

/** How a reader moves in the log of any viewer. */
function moves(viewer) {
  return [
    { words: 'Go to the next line', keys: ['j'], isListed: false, run: () => viewer.viewport()?.moveCurrent(1) },
    { words: 'Go to the line before', keys: ['k'], isListed: false, run: () => viewer.viewport()?.moveCurrent(-1) },
    { words: 'Go to the first line', keys: ['Home'], run: () => viewer.jumpToStart() },
    { words: 'Go to the end', keys: ['g', 'End'], run: () => viewer.jumpToEnd() },
    { words: 'Go to a line or a time', keys: [':'], run: () => viewer.openJump() },
    { words: 'Follow the end, or stay', keys: ['f'], run: () => viewer.toggleFollow() },
  ];
}

function filters(viewer) {
  return [
    { words: 'Add a filter', run: () => viewer.openAdding() },
    { words: 'Clear the filters', isUsable: () => viewer.isFiltering, run: () => viewer.clearFilters() },
  ];
}

/** A second Ctrl+F is the browser's own. */
function finds(viewer) {
  const isUsable = () => viewer.isFindOpen && viewer.canFindMore;
  return [
    { words: 'Find in the whole log', keys: ['/', 'mod+f'], run: () => viewer.openFind() },
    { words: 'Go to the next match', keys: ['n'], isUsable, run: () => viewer.findNext() },
    { words: 'Go to the match before', keys: ['N'], isUsable, run: () => viewer.findPrevious() },
  ];
}

function steps(viewer) {
  const isUsable = () => viewer.isGrouped;
  return [
    {
      words: 'Show lines by step, or in their order',
      isUsable: () => viewer.canGroup,
      run: () => viewer.toggleGrouping(),
    },
    { words: 'Fold all steps', isUsable, run: () => viewer.foldAll() },
    { words: 'Unfold all steps', isUsable, run: () => viewer.unfoldAll() },
  ];
}

/** Of the line that the keyboard is on. */
function lines(viewer) {
  const withCurrent = (act) => () => {
    const entry = viewer.currentEntry();
    if (entry) act(entry);
    else viewer.viewport()?.moveCurrent(0);
  };
  return [
    { words: 'Menu of the current line', keys: ['m'], run: () => viewer.openCurrentMenu() },
    {
      words: 'Show the lines around the current one',
      keys: ['c'],
      run: withCurrent((entry) => viewer.showAround(entry)),
    },
    { words: 'Choose the current line', keys: ['x'], run: withCurrent(({ line }) => viewer.chooseLine(line)) },
    {
      words: 'Choose up to the current line',
      keys: ['X'],
      run: withCurrent(({ line }) => viewer.chooseLine(line, true)),
    },
  ].map((action) => ({ ...action, isListed: false }));
}

function copies(viewer) {
  const select = { words: 'Select all lines', keys: ['mod+a'], isInFields: false, isListed: false };
  const copySelected = { words: 'Copy all selected lines', keys: ['mod+c'], isInFields: false, isListed: false };
  const download = (words, format) => ({
    words: `Download as ${words}`,
    run: () => location.assign(viewer.downloadHref(format)),
  });
  return [
    { words: 'Copy link', keys: ['y'], run: () => viewer.copyLink() },
    { words: 'Copy chosen lines', run: () => viewer.copyChosen() },
    { words: 'Copy as Markdown', run: () => viewer.copyMarkdown() },
    { words: 'Copy all lines that are shown', run: () => viewer.copyAll() },
    download('text', 'text'),
    download('NDJSON', 'ndjson'),
    download('CSV', 'csv'),
    { words: 'Mark the selected text, or another one', keys: ['h'], run: () => viewer.markSelected() },
    { ...select, isPageWide: () => false, scope: () => viewer.$refs.log, run: () => viewer.selectAll() },
    { ...copySelected, isUsable: () => viewer.isAllSelected, run: () => viewer.copyAll() },
  ];
}

function inGroup(actions, group, root, isPageWide) {
  const common = { group, scope: () => root, isPageWide: () => isPageWide };
  return actions.map((action) => ({ ...common, ...action }));
}

/** Of the viewer of one job, whose element is `root`; on a page that is all its own its keys hold everywhere. */
export function jobLogActions(viewer, root, isPageWide) {
  const leave = {
    words: 'Leave a field, clear the filters',
    keys: ['Escape'],
    isInFields: true,
    isListed: false,
    run: (event) => viewer.leave(event.composedPath()[0].closest?.('input, select, textarea')),
  };
  const search = { words: 'Filter by a text in messages', keys: ['s'], run: () => viewer.$refs.search.focus() };
  const fullScreen = {
    words: 'Full screen, or back',
    keys: ['F'],
    isUsable: () => Boolean(viewer.$refs.otherPage),
    // With capitals locked it is the `f`.
    run: (event) => (event?.shiftKey === false ? viewer.toggleFollow() : viewer.$refs.otherPage.click()),
  };
  return inGroup(
    [
      ...finds(viewer),
      search,
      leave,
      ...moves(viewer),
      ...steps(viewer),
      ...lines(viewer),
      ...filters(viewer),
      ...copies(viewer),
      fullScreen,
    ],
    GROUP,
    root,
    isPageWide,
  );
}

/** Of the panel of the service log, whose keys hold within it; but one opens it from everywhere. */
export function serviceLogActions(viewer, root) {
  const toggle = {
    words: 'Open or close the service log',
    keys: ['l'],
    group: 'Everywhere',
    run: () => viewer.toggle(),
  };
  const inside = inGroup(
    [...finds(viewer), ...moves(viewer), ...lines(viewer), ...filters(viewer), ...copies(viewer)],
    GROUP,
    root,
    false,
  );
  return [
    toggle,
    ...inside.map((action) => ({
      ...action,
      isListed: false,
      isUsable: () => viewer.isOpen && (action.isUsable?.() ?? true),
    })),
  ];
}
