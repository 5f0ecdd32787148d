// SPDX-License-Identifier: Apache-2.0
// The check of the data: which points lie on a shard that does not own them. They are swept from here too.
import { openAction } from './action.js';
import { path } from './api.js';
import { h } from './dom.js';
import { accepted } from './dryrun.js';
import { numbers, options } from './given.js';
import { button, card, facts, stateBadge, table } from './parts.js';
import { count, counted, moment } from './text.js';

/** A sweep in such a state has not ended. */
const SWEEPING = ['running', 'stopping'];
const STRAYS = ['same', 'differing', 'only_copy'];

/** The newest check, and a button for another one. */
export function checkCard(feed, why) {
  const newest = feed.value('checks')?.checks?.[0];
  const running = newest?.state === 'running';
  const sweeping = newest?.sweep && SWEEPING.includes(newest.sweep.state);
  const busy = running ? `check ${newest.id} is running` : sweeping ? `check ${newest.id} is being swept` : null;
  return card('Check of the data', {
    id: 'check', feed, source: 'checks', command: newest ? ['verify', 'show', newest.id] : ['verify', 'list'],
    actions: [
      button('Verify', () => openAction(verify()), { key: 'verify', about: 'compare all shards with the map', why: why ?? busy }),
      button('Sweep', () => openAction(sweep(newest)), { key: 'sweep', about: 'remove the strays', kind: 'danger', why: why ?? unswept(newest) }),
      button('Stop', () => openAction(stop(newest)), { key: 'stop', about: 'the check or its sweep', why: why ?? (busy ? null : 'no check is running') }),
    ],
  },
  newest ? described(newest) : h('p', { class: 'muted' }, 'None was made yet. It finds points that lie on a shard which does not own them.'));
}

function described(check) {
  const rows = (check.result?.collections ?? []).flatMap((collection) => collection.shards.map((shard) => ({ collection: collection.name, ...shard })));
  const others = Number(check.result?.others?.rows ?? 0);
  return [
    h('p', { key: 'state' }, `Check ${check.id} `, stateBadge(check.state), ' ', verdict(check)),
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
    check.sweep ? swept(check.sweep) : null,
    others > 0 ? h('p', { key: 'others' }, `${counted(others, 'more row')} of shards without strays ${others === 1 ? 'is' : 'are'} not listed.`) : null,
  ];
}

function swept(sweep) {
  return h('div', { key: 'sweep', class: 'dry' },
    h('p', null, 'Sweep ', stateBadge(sweep.state), ` ${counted(sweep.removed, 'point')} removed, ${count(sweep.spilled)} of them saved first`,
      ` since ${moment(sweep.started_at)}`, sweep.finished_at ? `, ended ${moment(sweep.finished_at)}` : ''),
    sweep.waiting_for ? h('p', { class: 'note warn' }, `Waits for ${sweep.waiting_for}`) : null,
    sweep.error ? h('p', { class: 'note bad' }, sweep.error) : null);
}

/** Why there is nothing to sweep; null if there is. */
function unswept(check) {
  if (!check) return 'no check was made yet';
  if (check.state !== 'done') return `check ${check.id} is ${check.state}: only one that is done says what to remove`;
  if (check.sweep) return `check ${check.id} was swept: verify again`;
  return strays(check.result.strays) === 0 ? 'no stray was found' : null;
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
    request: ({ rate }) => ({ method: 'POST', path: 'cluster/checks', body: { kind: 'verify', ...numbers({ points_per_second: rate }) } }),
    command: ({ rate }) => ['verify', ...options({ 'points-per-second': rate }), '--wait'],
    done: (check) => `Check ${check.id} is ${check.state}.`,
  };
}

function sweep(check) {
  return {
    title: `Sweep the strays of check ${check.id}`,
    says: [
      `The ${counted(strays(check.result.strays), 'stray')} of this check are deleted on the shards that do not own them. Those that their owner lacks, or has with other content, are saved in a spill file first.`,
      'Nothing can change the map until it has ended: no migration, no plan.',
    ],
    fields: [
      { name: 'limit', label: 'Points that it may delete although their owner lacks them', type: 'number', hint: 'Empty: as the configuration says.' },
      { name: 'rate', label: 'Points a second, at most', type: 'number', hint: 'Empty: as the configuration says.' },
    ],
    dryRun: true,
    found: (answer) => h('p', { key: 'found' }, accepted(answer),
      ` ${counted(answer.removed, 'point')} would be removed, ${count(answer.spilled)} of them saved first`),
    typed: String(check.id),
    typedAs: 'the id of the check',
    danger: true,
    verb: 'Sweep',
    request: ({ limit, rate }) => ({ method: 'POST', path: path`cluster/checks/${check.id}/sweep`, body: numbers({ spill_limit: limit, points_per_second: rate }) }),
    command: ({ limit, rate }) => ['sweep', check.id, ...options({ 'spill-limit': limit, 'points-per-second': rate }), '--yes', '--wait'],
    done: (after) => `Its sweep is ${after.sweep.state}.`,
  };
}

function stop(check) {
  return {
    title: `Stop check ${check.id}`,
    says: [check.sweep
      ? 'Its sweep deletes nothing more, and ends once its last requests have. What was removed stays removed.'
      : 'What it found so far stays readable. Another one begins from the beginning.'],
    fields: check.sweep ? [{ name: 'force', type: 'checkbox', label: 'Do not wait for its last requests', hint: 'Only for a shard that never comes back: a delete that was sent to it may take effect later.' }] : [],
    verb: 'Stop',
    request: ({ force }) => ({ method: 'DELETE', path: path`cluster/checks/${check.id}` + (force ? '?force=true' : '') }),
    command: ({ force }) => ['verify', 'stop', check.id, ...(force ? ['--force', '--yes'] : [])],
    done: (after) => `It is ${(after.sweep ?? after).state}.`,
  };
}
