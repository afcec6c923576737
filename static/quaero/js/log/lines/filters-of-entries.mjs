// Which filters an entry suggests: those that a click on a part of its row adds.

const MOST_FIELDS = 8; // in a menu

/** The filter that this element of a row stands for, as `{name: value}`; null for none. */
export function filterOfPart(part, entry) {
  const { field, value } = part.dataset;
  if (field !== undefined) return { [`fields.${field}`]: value };
  if (part.matches('.log-source')) return { source: entry.source };
  if (part.matches('.log-step')) return { step: entry.step_id };
  if (part.matches('.log-level')) return { level: entry.level };
  return null;
}

/** All that a menu offers for the entry, as `{words, added}`. `fields`: those that can be asked for, as `[name, value]`. */
export function filtersOf(entry, fields = []) {
  const { timestamp, source, step_id: step, step_name: stepName, level } = entry;
  const offers = [
    { words: 'Only from this time on', added: { from: timestamp } },
    { words: 'Only up to this time', added: { to: timestamp } },
    level !== 'debug' && { words: `Only ${level}${level === 'fatal' ? '' : ' and above'}`, added: { level } },
    step && { words: `Only step “${stepName}”`, added: { step } },
    source && { words: `Only source “${source}”`, added: { source } },
    ...fields
      .slice(0, MOST_FIELDS)
      .map(([name, value]) => ({ words: `Only ${name} = ${value}`, added: { [`fields.${name}`]: value } })),
  ];
  return offers.filter(Boolean);
}
