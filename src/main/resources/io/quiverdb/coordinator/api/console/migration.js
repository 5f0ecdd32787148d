// SPDX-License-Identifier: Apache-2.0
// One migration: where it is, how fast it goes, what it waits for, and what can be done.
import { openAction } from './action.js';
import { h } from './dom.js';
import { name, progress, state, waits } from './migrations.js';
import { bar, button, card, facts } from './parts.js';
import { whyNot } from './rights.js';
import { cancel, pause, resume, retry, throttle } from './steering.js';
import { ago, bytes, count, duration, moment } from './text.js';

const PHASES = {
  grow: ['PREPARED', 'JOINING', 'ADOPTING', 'COPYING', 'VERIFYING', 'WARMING', 'PROMOTED', 'SETTLING', 'DROPPING', 'COOLING', 'DONE'],
  drain: ['PREPARED', 'LEAVING', 'ADOPTING', 'COPYING', 'VERIFYING', 'WARMING', 'REMOVED', 'SETTLING', 'DROPPING', 'DONE'],
};

/** From here on it cannot be taken back. */
const FLIP = new Set(['PROMOTED', 'REMOVED']);
const ENDED = new Set(['done', 'reverted', 'failed']);

export function draw(feed, migration, source) {
  return card(`Migration ${migration.id}: ${name(migration)}`, {
    id: 'one', feed, source, command: ['migrations', migration.id], actions: actions(feed, migration),
  },
  h('p', null, state(migration), ' ', reversible(migration)),
  migration.waiting_on ? h('p', { class: 'note warn' }, waits(migration.waiting_on)) : null,
  migration.error ? h('p', { class: 'note bad' }, migration.error) : null,
  timeline(migration),
  ENDED.has(migration.state) ? null : progress(migration),
  parts(migration),
  facts(
    ['URL', migration.target_url],
    ['Begun by', migration.origin],
    ['Run by', `${migration.runner ?? 'none'}, term ${count(migration.term)}`],
    ['Started', moment(migration.started_at)],
    ['Updated', h('time', { datetime: migration.updated_at, title: moment(migration.updated_at) }, ago(migration.updated_at))],
    ['Finished', migration.finished_at ? moment(migration.finished_at) : null],
    ['Map versions', ['before', 'during', 'after'].map((when) => `${when} ${count(migration.map_versions[when])}`).join(', ')],
    ['Router adoption', migration.router_adoption],
    ['Round', count(migration.progress.round)],
    ['Bytes copied', bytes(migration.progress.bytes_done)],
    ['Throttle', Number(migration.throttle_points_per_second) === 0 ? 'none' : `${count(migration.throttle_points_per_second)} points a second`],
    ['Skipped shards', migration.skipped?.length ? migration.skipped.join(', ') : null],
    ['May keep copies', migration.left_dirty?.length ? migration.left_dirty.join(', ') : null]));
}

function reversible(migration) {
  if (ENDED.has(migration.state)) return `It is over: ${migration.state}.`;
  if (migration.state === 'reverting') return `It is being taken back${migration.keep_copies ? '; the copies are kept' : ''}.`;
  return migration.reversible ? 'It can be taken back until the flip.' : 'It is past the point of no return: forward only.';
}

function actions(feed, migration) {
  const why = whyNot(feed);
  const over = ENDED.has(migration.state) ? `it is ${migration.state}` : null;
  const unless = (fits, reason) => why ?? over ?? (fits ? null : reason);
  const about = `migration ${migration.id}`;
  const holds = migration.state === 'holding' || (migration.state === 'reverting' && migration.waiting_on !== null);
  const goes = migration.state === 'running' || migration.state === 'holding';
  return [
    button('Pause', () => openAction(pause(migration)), { key: 'pause', about, why: unless(goes, `it is ${migration.state}`) }),
    button('Resume', () => openAction(resume(migration)), { key: 'resume', about, why: unless(migration.state === 'paused', 'it is not paused') }),
    button('Throttle', () => openAction(throttle(migration)), { key: 'throttle', about, why: why ?? over }),
    button('Retry', () => openAction(retry(migration)), { key: 'retry', about, why: unless(holds, 'it does not hold: it goes on by itself') }),
    button('Cancel', () => openAction(cancel(migration)), { key: 'cancel', about, kind: 'danger', why: unless(migration.reversible || migration.state === 'reverting', 'it is past the point of no return') }),
  ];
}

function timeline(migration) {
  const planned = PHASES[migration.kind] ?? [];
  const steps = new Map();
  for (const step of migration.steps) steps.set(step.phase, step);
  const current = planned.indexOf(migration.phase);
  const names = current >= 0 ? planned : [...planned.filter((phase) => steps.has(phase)), ...['REVERTING', 'REVERTED', 'FAILED'].filter((phase) => steps.has(phase) || phase === migration.phase)];
  return h('ol', { class: 'timeline', 'aria-label': 'phases' }, names.map((phase) => {
    const now = phase === migration.phase;
    const step = steps.get(phase);
    const done = current >= 0 ? planned.indexOf(phase) < current || (now && migration.state === 'done') : !now;
    return h('li', {
      key: phase,
      class: [now ? 'now' : done ? 'past' : 'ahead', FLIP.has(phase) ? 'flip' : ''].join(' '),
      'aria-current': now ? 'step' : null,
      title: step ? `${moment(step.at)}, entry ${step.index}, term ${step.term}, by ${step.node}` : null,
    },
    h('span', { class: 'phase' }, phase),
    FLIP.has(phase) ? h('span', { class: 'when' }, 'the flip: no return') : null,
    h('span', { class: 'when' }, step ? moment(step.at).slice(11) : done ? 'past' : ''));
  }));
}

function parts(migration) {
  const all = migration.progress.parts ?? [];
  if (all.length === 0) return null;
  return h('details', { open: !ENDED.has(migration.state), key: 'parts' },
    h('summary', null, 'Progress by collection and donor'),
    h('ul', { class: 'plain bars' }, all.map((part) => {
      const label = `${part.collection}: shard ${part.from} to ${part.to}`;
      return h('li', { key: `${part.collection} ${part.from} ${part.to}` },
        h('span', null, label), bar(label, part.points_done, part.points_total),
        h('span', null, `${count(part.points_done)} of ${count(part.points_total)}`));
    })));
}
