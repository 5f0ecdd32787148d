// SPDX-License-Identifier: Apache-2.0
// Migrations: the active one, those of before, and each of them closely.
import { h } from './dom.js';
import { draw as drawOne } from './migration.js';
import { badge, bar, card, link, table } from './parts.js';
import { planCard } from './plans.js';
import { count, counted, duration, moment, secondsSince } from './text.js';

export const title = 'Migrations';

/** More than these are read only when they are asked for. */
const FEW = 20;

/** As many as a cluster keeps: the active one and the last 100. */
const ALL = 101;

export function sources(route) {
  const [id] = route.rest;
  return {
    plans: 'cluster/plans',
    migrations: `cluster/migrations?limit=${route.query.get('all') ? ALL : FEW}`,
    ...(id ? { migration: `cluster/migrations/${encodeURIComponent(id)}` } : {}),
  };
}

const KIND = { running: 'good', done: 'good', paused: 'warn', holding: 'warn', reverting: 'warn', reverted: 'warn', failed: 'bad' };

/** Its state as a badge. */
export function state(migration) {
  return badge(migration.state, KIND[migration.state] ?? '');
}

/** `grow of shard 4`. */
export function name(migration) {
  return `${migration.kind} of shard ${migration.shard_id}`;
}

/** The active migration in a few lines. */
export function summary(migration) {
  return h('div', { key: 'summary' },
    h('p', null, link(`Migration ${migration.id}: ${name(migration)}`, `#/migrations/${migration.id}`), ' ', state(migration), ` ${migration.phase}`),
    progress(migration),
    migration.waiting_on ? h('p', { class: 'note warn' }, waits(migration.waiting_on)) : null);
}

/** How far it is, how fast it goes, and how long that will last. */
export function progress(migration) {
  const { points_done: done, points_total: total, points_per_second: rate, eta_seconds: left } = migration.progress;
  return h('div', { key: 'progress', class: 'summary' },
    bar('points copied', done, total),
    h('p', null, `${count(done)} of ${counted(total, 'point')}`,
      Number(rate) > 0 ? `, ${count(rate)}/s` : '',
      left === null ? '' : `, about ${duration(left)} left`,
      Number(migration.throttle_points_per_second) > 0 ? `, throttled to ${count(migration.throttle_points_per_second)}/s` : ''));
}

/** What it waits for, since when, and how often it tried. */
export function waits(waiting) {
  return `Waits for ${waiting.what}: ${waiting.detail} (since ${moment(waiting.since)}, ${duration(secondsSince(waiting.since))}; ${counted(waiting.attempts, 'attempt')})`;
}

export function draw(feed, route) {
  const all = feed.value('migrations')?.migrations ?? [];
  const active = feed.value('status')?.migration ?? null;
  const [id] = route.rest;
  const shown = id ? feed.value('migration') : active;
  return [
    id && !shown ? card(`Migration ${id}`, { id: 'one', feed, source: 'migration', command: ['migrations', id] }) : null,
    shown ? drawOne(feed, shown, id ? 'migration' : 'status') : null,
    planCard(feed),
    card('All migrations', { id: 'all', feed, source: 'migrations', command: ['migrations'] },
      active ? null : h('p', null, 'No migration is active. Start one at ', link('Shards', '#/shards'), ': grow or drain, each with a dry run first.'),
      table('the migrations, newest first', ['Id', 'What', 'State', 'Phase', 'Points', 'Started', 'Took', 'Error'], all.map(row), 'There was none yet.'),
      all.length >= FEW && !route.query.get('all') ? h('p', null, link('Show all that are kept', '#/migrations?all=1')) : null),
  ];
}

function row(migration) {
  return {
    key: String(migration.id),
    cells: [
      link(count(migration.id), `#/migrations/${migration.id}`),
      name(migration),
      state(migration),
      migration.phase,
      `${count(migration.progress.points_done)} of ${count(migration.progress.points_total)}`,
      moment(migration.started_at),
      migration.finished_at ? duration((Date.parse(migration.finished_at) - Date.parse(migration.started_at)) / 1000) : 'still active',
      migration.error ?? 'none',
    ],
  };
}
