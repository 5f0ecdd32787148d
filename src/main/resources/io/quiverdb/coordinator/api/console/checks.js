// SPDX-License-Identifier: Apache-2.0
// The check of the data: which points lie on a shard that does not own them.
import { openAction } from './action.js';
import { path } from './api.js';
import { h } from './dom.js';
import { badge, button, card, facts, table } from './parts.js';
import { count, counted, moment } from './text.js';

const KIND = { done: 'good', running: '', failed: 'bad', stopped: 'warn' };
const STRAYS = ['same', 'differing', 'only_copy'];

/** The newest check, and a button for another one. */
export function checkCard(feed, why) {
  const newest = feed.value('checks')?.checks?.[0];
  const running = newest?.state === 'running';
  return card('Check of the data', {
    id: 'check', feed, source: 'checks', command: newest ? ['verify', 'show', newest.id] : ['verify', 'list'],
    actions: [
      button('Verify', () => openAction(verify()), { key: 'verify', about: 'compare all shards with the map', why: why ?? (running ? `check ${newest.id} is running` : null) }),
      button('Stop', () => openAction(stop(newest)), { key: 'stop', about: 'the check', why: why ?? (running ? null : 'no check is running') }),
    ],
  },
  newest ? described(newest) : h('p', { class: 'muted' }, 'None was made yet. It finds points that lie on a shard which does not own them.'));
}

function described(check) {
  const rows = (check.result?.collections ?? []).flatMap((collection) => collection.shards.map((shard) => ({ collection: collection.name, ...shard })));
  const others = Number(check.result?.others?.rows ?? 0);
  return [
    h('p', { key: 'state' }, `Check ${check.id} `, badge(check.state, KIND[check.state] ?? ''), ' ', verdict(check)),
    check.error ? h('p', { class: 'note bad', key: 'error' }, check.error) : null,
    facts(
      ['Began', moment(check.started_at)],
      ['Ended', check.finished_at ? moment(check.finished_at) : null],
      ['Map version', count(check.map_version)],
      ['Points read', check.result ? count(check.result.points) : null],
      ['Collections left out', check.result?.left_out?.length ? check.result.left_out.join(', ') : null]),
    rows.length === 0 ? null : table('points by collection and shard', ['Collection', 'Shard', 'Points', 'Owned', 'Strays: same', 'Differing', 'Only copy', 'Samples'],
      rows.map((row) => ({
        key: `${row.collection} ${row.id}`,
        kind: strays(row.strays) > 0 ? 'warn' : '',
        cells: [row.collection, count(row.id), count(row.points), count(row.owned), ...STRAYS.map((name) => count(row.strays[name])), row.samples.length ? row.samples.join(', ') : 'none'],
      }))),
    others > 0 ? h('p', { key: 'others' }, `${counted(others, 'more row')} of shards without strays ${others === 1 ? 'is' : 'are'} not listed.`) : null,
  ];
}

function strays(of) {
  return STRAYS.reduce((sum, name) => sum + Number(of[name]), 0);
}

function verdict(check) {
  if (!check.result) return '';
  const found = strays(check.result.strays);
  return found === 0 ? 'no stray was found' : `${counted(found, 'stray')}, of which ${count(check.result.strays.only_copy)} the only copy`;
}

function verify() {
  return {
    title: 'Verify the data',
    says: [
      'All points of all shards are read and compared with the map. Nothing is changed. A migration that begins stops it.',
    ],
    fields: [{ name: 'rate', label: 'Points a second, at most', type: 'number', hint: 'Empty: as the configuration says.' }],
    verb: 'Verify',
    request: ({ rate }) => ({ method: 'POST', path: 'cluster/checks', body: { kind: 'verify', ...(String(rate).trim() === '' ? {} : { points_per_second: Number(rate) }) } }),
    command: ({ rate }) => ['verify', ...(String(rate).trim() === '' ? [] : ['--points-per-second', rate]), '--wait'],
    done: (check) => `Check ${check.id} is ${check.state}.`,
  };
}

function stop(check) {
  return {
    title: `Stop check ${check.id}`,
    says: ['What it found so far stays readable. Another one begins from the beginning.'],
    verb: 'Stop the check',
    request: () => ({ method: 'DELETE', path: path`cluster/checks/${check.id}` }),
    command: () => ['verify', 'stop', check.id],
    done: (after) => `It is ${after.state}.`,
  };
}
