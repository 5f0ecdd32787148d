// SPDX-License-Identifier: Apache-2.0
// Pieces that the screens are made of.
import { commandLine, copy, curlLine } from './commands.js';
import { h } from './dom.js';
import { showJson } from './json.js';
import { moment, percent } from './text.js';

/** Says something to a screen reader, and shows nothing. */
export function say(text) {
  const place = document.getElementById('said');
  if (place.textContent !== text) place.textContent = text;
}

/** A button; with `why` it is disabled and says why. */
export function button(label, onclick, { why = null, kind = '', about = '', key } = {}) {
  return h('button', {
    key,
    type: 'button',
    class: kind,
    // Not `disabled`: it must be reachable, so that its reason can be read.
    'aria-disabled': why ? 'true' : null,
    title: why,
    'aria-label': about === '' && !why ? null : [label, about, why ? `not possible: ${why}` : ''].filter(Boolean).join(', '),
    onclick: why ? () => say(why) : onclick,
  }, label);
}

/** A button that copies a text and says so. */
export function copyButton(label, text, about = '') {
  return h('button', {
    type: 'button',
    class: 'quiet',
    title: text,
    'aria-label': about === '' ? null : `${label}, ${about}`,
    onclick: async () => say((await copy(text)) ? `copied: ${text}` : `the browser does not let this page copy: ${text}`),
  }, label);
}

/**
 * A card with a heading. `feed` and `source` name what it shows: then the raw JSON, and commands that show the same, are
 * beside it, and it says when it is not as new as the rest.
 */
export function card(title, { feed, source, command, actions = [], id } = {}, ...content) {
  const known = source ? feed.known[source] : null;
  return h('section', { class: 'card', 'aria-labelledby': `${id}-title`, id, key: id },
    h('div', { class: 'card-head' },
      h('h2', { id: `${id}-title` }, title),
      h('div', { class: 'tools' },
        actions,
        known?.value ? h('button', {
          type: 'button',
          class: 'quiet',
          'aria-label': `JSON of ${title}`,
          onclick: () => showJson(title, known.path, known.value),
        }, 'JSON') : null,
        command ? copyButton('Copy command', commandLine(command), `shows ${title}`) : null,
        known ? copyButton('Copy curl', curlLine(known.path), `reads ${title}`) : null)),
    source ? staleness(feed, source) : null,
    content);
}

/** Why what is shown is older than it should be; nothing if it is not. */
function staleness(feed, source) {
  const known = feed.known[source];
  if (!known) return h('p', { class: 'muted' }, 'Reading…');
  if (!known.trouble) return null;
  const then = known.at ? ` What is shown is from ${moment(known.at)}.` : '';
  return h('p', { class: 'note warn' }, `This member cannot tell now: ${known.trouble.message}.${then}`);
}

/** A word with a colour; the word alone says it too. */
export function badge(text, kind = '') {
  return h('span', { class: `badge ${kind}` }, text);
}

/** The state of a check, a sweep or a backup. */
export function stateBadge(state) {
  return badge(state, { done: 'good', failed: 'bad', stopped: 'warn' }[state]);
}

/** Names and values; a value of null is left out. */
export function facts(...pairs) {
  return h('dl', { class: 'facts' },
    pairs.filter(([, value]) => value !== null && value !== undefined)
      .map(([name, value]) => h('div', { key: name }, h('dt', null, name), h('dd', null, value))));
}

/**
 * A table that becomes a list of cards where the window is narrow; the roles keep it a table for those who listen.
 * `columns` are names, `rows` are `{key, cells, kind}`.
 */
export function table(caption, columns, rows, empty = 'None.') {
  if (rows.length === 0) return h('p', { class: 'muted' }, empty);
  return h('table', { role: 'table', class: 'stack' },
    h('caption', { class: 'hidden' }, caption),
    h('thead', { role: 'rowgroup' },
      h('tr', { role: 'row' }, columns.map((name) => h('th', { role: 'columnheader', scope: 'col', key: name }, name)))),
    h('tbody', { role: 'rowgroup' }, rows.map((row) =>
      h('tr', { role: 'row', key: row.key, class: row.kind ?? '' }, row.cells.map((cell, i) =>
        h('td', { role: 'cell', 'data-label': columns[i] }, h('div', null, cell)))))));
}

/** How much of something is done; `total` 0 counts as nothing to do. */
export function bar(label, done, total) {
  const whole = Number(total);
  const share = whole > 0 ? Math.min(1, Number(done) / whole) : 0;
  return h('progress', { max: 1, value: share, 'aria-label': `${label}: ${percent(share)}` });
}

/** A link to a place of this page. */
export function link(text, hash) {
  return h('a', { href: hash }, text);
}

/** A link to another member's console; text only, if it has no address that a browser can open. */
export function consoleOf(member) {
  const text = `console of ${member.id}`;
  let url;
  try {
    url = new URL(`${member.http.replace(/\/$/, '')}/console`);
  } catch {
    return text;
  }
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return text;
  return h('a', { href: url.href + location.hash, rel: 'noreferrer' }, text);
}
