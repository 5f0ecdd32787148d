// SPDX-License-Identifier: Apache-2.0
// History: who changed what, and when; filtered by the address of the page, so that a filter can be sent to a colleague.
import { h } from './dom.js';
import { save } from './file.js';
import { button, card, table } from './parts.js';
import { count, counted, moment } from './text.js';

export const title = 'History';
export const COLUMNS = ['Index', 'Time', 'Key', 'Change', 'Outcome', 'Member'];

const FILTERS = ['key', 'kind', 'text'];

export function sources() {
  return { history: 'cluster/history' };
}

/** Rows of a table of changes. */
export function rows(entries) {
  return entries.map((entry) => ({
    key: String(entry.index),
    kind: entry.outcome.startsWith('accepted') ? '' : 'warn',
    cells: [count(entry.index), h('time', { datetime: entry.time }, moment(entry.time)), h('span', { class: 'key' }, entry.key_id), entry.command, entry.outcome, `${entry.node}, term ${count(entry.term)}`],
  }));
}

/** The first word of a change: its command. */
function kindOf(entry) {
  return entry.command.split(' ', 1)[0];
}

function fits(entry, query) {
  const text = (query.get('text') ?? '').toLowerCase();
  return (!query.get('key') || entry.key_id === query.get('key')) &&
    (!query.get('kind') || kindOf(entry) === query.get('kind')) &&
    (text === '' || `${entry.command} ${entry.outcome} ${entry.node}`.toLowerCase().includes(text));
}

export function draw(feed, route) {
  const all = feed.value('history') ?? [];
  const shown = all.filter((entry) => fits(entry, route.query)).reverse();
  const filtered = FILTERS.some((name) => route.query.get(name));
  return card('History', {
    id: 'history', feed, source: 'history', command: ['history'],
    actions: [
      button('Export JSON', () => save('history.json', 'application/json', JSON.stringify({ history: shown }, null, 2)), { key: 'json' }),
      button('Export CSV', () => save('history.csv', 'text/csv', csv(shown)), { key: 'csv' }),
    ],
  },
  h('form', { key: 'filters', class: 'filters', role: 'search', 'aria-label': 'filter the history', onsubmit: (event) => event.preventDefault() },
    choice('key', 'Key', values(all, (entry) => entry.key_id), route),
    choice('kind', 'Change', values(all, kindOf), route),
    h('div', { class: 'field' }, h('label', { for: 'filter-text' }, 'Text'),
      h('input', { id: 'filter-text', type: 'search', value: route.query.get('text') ?? '', oninput: (event) => narrow(route, 'text', event.target.value) })),
    filtered ? button('Clear', () => location.replace('#/history'), { key: 'clear' }) : null),
  h('p', { 'aria-live': 'polite' }, filtered ? `${count(shown.length)} of ${counted(all.length, 'change')}` : `${counted(all.length, 'change')}; the cluster keeps the last 1,000`),
  table('changes, newest first', COLUMNS, rows(shown), 'No change fits.'));
}

function choice(name, label, options, route) {
  const chosen = route.query.get(name) ?? '';
  const offered = chosen === '' || options.includes(chosen) ? options : [...options, chosen];
  return h('div', { class: 'field', key: name }, h('label', { for: `filter-${name}` }, label),
    h('select', { id: `filter-${name}`, value: chosen, onchange: (event) => narrow(route, name, event.target.value) },
      h('option', { value: '', key: '' }, 'all'),
      offered.map((option) => h('option', { value: option, key: option }, option))));
}

function values(entries, of) {
  return [...new Set(entries.map(of))].sort();
}

/** Replaces the address, so that Back leaves the screen and does not undo letters. */
function narrow(route, name, value) {
  const query = new URLSearchParams(route.query);
  if (value === '') query.delete(name);
  else query.set(name, value);
  location.replace(`#/history${query.size > 0 ? `?${query}` : ''}`);
}

/** RFC 4180. What a spreadsheet would run as a formula begins with an apostrophe. */
function csv(entries) {
  const fields = ['index', 'term', 'time', 'node', 'key_id', 'command', 'outcome'];
  const cell = (value) => {
    const text = /^[=+\-@\t\r]/.test(String(value)) ? `'${value}` : String(value);
    return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  return [fields.join(','), ...entries.map((entry) => fields.map((name) => cell(entry[name])).join(','))].join('\r\n') + '\r\n';
}
