// SPDX-License-Identifier: Apache-2.0
// Shards: where the points are, and how evenly.
import { openAction } from './action.js';
import { checkCard } from './checks.js';
import { h } from './dom.js';
import { badge, bar, button, card, table } from './parts.js';
import { whyNot } from './rights.js';
import { addReplica, drain, grow, removeReplica, setUrl } from './steering.js';
import { count, percent } from './text.js';

export const title = 'Shards';

export function sources() {
  return { map: 'cluster/map?consistency=local', checks: 'cluster/checks' };
}

/** The shards of the status with the URLs of the map, by id: the map has the newest one first. */
function joined(status, map) {
  const urls = new Map((map?.shards ?? []).map((shard) => [String(shard.id), shard]));
  return (status?.shards ?? []).map((shard) => ({
    ...shard,
    url: urls.get(String(shard.id))?.primary_url ?? null,
    replicas: urls.get(String(shard.id))?.replica_urls ?? [],
  })).sort((one, other) => (BigInt(one.id) < BigInt(other.id) ? -1 : 1));
}

/** What a shard has of all points, beside what it should have: 1/N of those that are searched. */
function shares(shards) {
  const serving = shards.filter((shard) => shard.state !== 'joining');
  const known = serving.every((shard) => shard.points !== null);
  const total = serving.reduce((sum, shard) => sum + Number(shard.points ?? 0), 0);
  return { ideal: serving.length === 0 ? 0 : 1 / serving.length, total, known: known && total > 0 };
}

export function draw(feed) {
  const status = feed.value('status');
  const shards = joined(status, feed.value('map'));
  const even = shares(shards);
  const version = status?.map_version;
  const why = whyNot(feed) ?? (status?.migration ? `migration ${status.migration.id} is active: one at a time` : null);
  return [
    card('Shards', {
      id: 'shards', feed, source: 'map', command: ['shards'],
      actions: button('Grow', () => openAction(grow(version)), { why, about: 'add a shard', key: 'grow' }),
    },
    h('p', null, `Map version ${count(version)}. ${even.known ? `${count(even.total)} points; the ideal share is ${percent(even.ideal)}.` : 'Shares are shown when every shard tells how many points it has.'}`),
    table('the shards', ['Id', 'URL', 'State', 'Health', 'Points', 'Share', 'Replicas', 'Actions'],
      shards.map((shard) => row(shard, even, version, why)), 'The map has no shard yet.')),
    checkCard(feed, why),
  ];
}

function row(shard, even, version, why) {
  const last = h('div', { class: 'buttons' },
    button('Add a replica', () => openAction(addReplica(shard, version)), { about: `shard ${shard.id}`, why }),
    button('Change URL', () => openAction(setUrl(shard, version)), { about: `shard ${shard.id}`, why, kind: 'danger' }),
    button('Drain', () => openAction(drain(shard, version)), { about: `shard ${shard.id}`, why, kind: 'danger' }));
  return {
    key: String(shard.id),
    kind: shard.healthy === false ? 'bad' : '',
    cells: [
      h('strong', null, count(shard.id)),
      shard.url ?? '–',
      badge(shard.state, shard.state === 'active' ? '' : 'warn'),
      shard.healthy === true ? badge('healthy', 'good') : shard.healthy === false ? [badge('not healthy', 'bad'), shard.last_error ? h('div', null, shard.last_error) : null] : badge('not asked'),
      count(shard.points),
      share(shard, even),
      shard.replicas.length === 0 ? 'none' : h('ul', { class: 'plain' }, shard.replicas.map((url) =>
        h('li', { key: url }, url, ' ', button('Remove', () => openAction(removeReplica(shard, url, version)), { about: `replica ${url}`, why, kind: 'quiet' })))),
      last,
    ],
  };
}

function share(shard, even) {
  if (!even.known || shard.state === 'joining') return '–';
  const own = Number(shard.points) / even.total;
  const off = own - even.ideal;
  return [bar(`share of shard ${shard.id}`, own, 1), ` ${percent(own)} (${off < 0 ? '−' : '+'}${percent(Math.abs(off))})`];
}
