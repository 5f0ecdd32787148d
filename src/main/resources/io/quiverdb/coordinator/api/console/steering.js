// SPDX-License-Identifier: Apache-2.0
// The changes of shards and migrations: what each says, asks for and sends.
import { path } from './api.js';
import { h } from './dom.js';
import { link } from './parts.js';
import { count, counted } from './text.js';

const REPLICAS = { name: 'replicas', label: 'URLs of its read replicas, separated by spaces', hint: 'May be empty.' };

function urls(text) {
  return text.split(/[\s,]+/).filter((url) => url !== '');
}

function withReplicas({ url, replicas }) {
  return { primary_url: url.trim(), replica_urls: urls(replicas) };
}

function replicaOptions(replicas) {
  return urls(replicas).flatMap((url) => ['--replica', url]);
}

function started() {
  return h('p', null, 'The migration has begun. ', link('Watch it.', '#/migrations'));
}

/** Adds an empty shard and moves its share onto it. */
export function grow(version) {
  return {
    title: 'Grow: add a shard',
    says: [
      'An empty shard joins, and the points that it owns from then on move onto it while clients write, read and search.',
      'Until the flip it can be taken back. After it the way back is a drain of the new shard.',
    ],
    fields: [{ name: 'url', label: 'Primary URL of the new shard', type: 'url', required: true }, REPLICAS],
    dryRun: true,
    verb: 'Grow',
    request: (values) => ({ method: 'POST', path: 'cluster/shards/grow', body: withReplicas(values), ifMatch: version }),
    command: ({ url, replicas }) => ['shards', 'grow', url || 'URL', ...replicaOptions(replicas), '--if-match', version, '--wait'],
    done: started,
  };
}

/** Moves all points off a shard and takes it out. */
export function drain(shard, version) {
  return {
    title: `Drain shard ${shard.id}`,
    says: [
      `All ${shard.points === null ? '' : `${counted(shard.points, 'point')} `}of shard ${shard.id} at ${shard.url ?? 'its URL'} move to the other shards; then it leaves the map, and its points are deleted on it.`,
      'Until the flip it can be taken back. After it the way back is to grow onto the empty shard, which gets another id.',
    ],
    dryRun: true,
    typed: String(shard.id),
    typedAs: "the shard's id",
    danger: true,
    verb: `Drain shard ${shard.id}`,
    request: () => ({ method: 'POST', path: path`cluster/shards/${shard.id}/drain`, ifMatch: version }),
    command: () => ['shards', 'drain', shard.id, '--if-match', version, '--yes', '--wait'],
    done: started,
  };
}

/** The same shard, the same points, another address. */
export function setUrl(shard, version) {
  return {
    title: `Change the URL of shard ${shard.id}`,
    says: [
      `Shard ${shard.id} is reached at another address from now on; no point moves. The new URL must hold this shard's points already: a host that was renamed or restored, or a replica that was promoted.`,
      'The old URL must refuse connections: routers go on writing to an old process that lives.',
    ],
    fields: [
      { name: 'url', label: 'New primary URL', type: 'url', required: true },
      { ...REPLICAS, hint: 'Empty: it keeps those that it has.' },
      { name: 'force', type: 'checkbox', label: 'Force', hint: 'Skips the checks on counts and on the old URL; the history shows it. Acknowledged writes can be lost.' },
    ],
    dryRun: true,
    typed: String(shard.id),
    typedAs: "the shard's id",
    danger: true,
    verb: `Change the URL of shard ${shard.id}`,
    request: ({ url, replicas, force }) => ({
      method: 'PUT',
      path: path`cluster/shards/${shard.id}/url` + (force ? '?force=true' : ''),
      body: replicas.trim() === '' ? { primary_url: url.trim() } : withReplicas({ url, replicas }),
      ifMatch: version,
    }),
    command: ({ url, replicas, force }) => ['shards', 'set-url', shard.id, url || 'URL', ...replicaOptions(replicas), ...(force ? ['--force'] : []), '--if-match', version],
    done: (map) => `The map is at version ${count(map.version)}.`,
  };
}

/** Names a read replica. */
export function addReplica(shard, version) {
  return {
    title: `Add a replica to shard ${shard.id}`,
    says: ['Routers read from it too. It must follow the primary already: the coordinator copies nothing onto it.'],
    fields: [{ name: 'url', label: 'URL of the replica', type: 'url', required: true }],
    verb: 'Add the replica',
    request: ({ url }) => ({ method: 'POST', path: path`cluster/shards/${shard.id}/replicas`, body: { url: url.trim() }, ifMatch: version }),
    command: ({ url }) => ['shards', 'replica', 'add', shard.id, url || 'URL', '--if-match', version],
    done: (map) => `The map is at version ${count(map.version)}.`,
  };
}

/** Forgets a read replica. */
export function removeReplica(shard, url, version) {
  return {
    title: `Remove a replica of shard ${shard.id}`,
    says: [`Routers do not read from ${url} any more. Its data stays where it is.`],
    typed: String(shard.id),
    typedAs: "the shard's id",
    danger: true,
    verb: 'Remove the replica',
    request: () => ({ method: 'DELETE', path: path`cluster/shards/${shard.id}/replicas?url=${url}`, ifMatch: version }),
    command: () => ['shards', 'replica', 'remove', shard.id, url, '--if-match', version, '--yes'],
    done: (map) => `The map is at version ${count(map.version)}.`,
  };
}

function order(migration, word, says, more = {}) {
  return {
    title: `${word} migration ${migration.id}`,
    says,
    verb: word,
    request: () => ({ method: 'POST', path: path`cluster/migrations/${migration.id}/` + word.toLowerCase() }),
    command: () => ['migrations', word.toLowerCase(), migration.id],
    done: (after) => `Its state is ${after.state}.`,
    ...more,
  };
}

/** Stops after what is in flight. */
export function pause(migration) {
  return order(migration, 'Pause', [
    'It stops after the requests in flight. Between the joining (or leaving) map and the flip, clients\' writes still go to two shards until it is resumed or cancelled.',
  ]);
}

/** Lets it go on. */
export function resume(migration) {
  return order(migration, 'Resume', ['It goes on where it stopped. One that was paused in WARMING verifies its copies again.']);
}

/** Limits the points that are written. */
export function throttle(migration) {
  return order(migration, 'Throttle', ['The limit holds at once. It is for points that are written, not for what is deleted.'], {
    fields: [{ name: 'rate', label: 'Points a second', type: 'number', required: true, value: String(migration.throttle_points_per_second), hint: '0: no limit.' }],
    request: ({ rate }) => ({ method: 'PUT', path: path`cluster/migrations/${migration.id}/throttle`, body: { points_per_second: Number(rate) } }),
    command: ({ rate }) => ['migrations', 'throttle', migration.id, rate || '0'],
    done: (after) => `The limit is ${Number(after.throttle_points_per_second) === 0 ? 'none' : `${counted(after.throttle_points_per_second, 'point')} a second`}.`,
  });
}

/** Takes it back. */
export function cancel(migration) {
  return order(migration, 'Cancel', [
    `The map without this ${migration.kind} is published at once; then the copies are removed. What was copied so far is lost work, no point is.`,
    'After the flip it cannot be taken back.',
  ], {
    verb: 'Cancel the migration',
    fields: [{ name: 'keep', type: 'checkbox', label: 'Keep the copies', hint: 'Only for a shard that is lost or has lost its points: the copies may be the only ones. They stay where they are, and an alarm says so.' }],
    typed: String(migration.shard_id),
    typedAs: `the id of the shard that ${migration.kind === 'grow' ? 'joins' : 'leaves'}`,
    danger: true,
    request: ({ keep }) => ({ method: 'POST', path: path`cluster/migrations/${migration.id}/cancel` + (keep ? '?keep_copies=true' : '') }),
    command: ({ keep }) => ['migrations', 'cancel', migration.id, ...(keep ? ['--keep-copies'] : []), '--yes'],
  });
}

/** Tries again at once, or answers its question. */
export function retry(migration) {
  const what = migration.waiting_on?.what;
  return order(migration, 'Retry', [
    what ? `It waits for ${what}: ${migration.waiting_on.detail}` : 'It waits for nothing that is shown.',
    'It tries again at once; if it asks a question, this is the answer: go on. It is refused if it waits for something else by then.',
  ], {
    fields: [{ name: 'skip', label: 'Go on without this dead shard (its id)', hint: 'Empty: without skipping. URLs that may keep copies are named in an alarm.' }],
    request: ({ skip }) => {
      const query = new URLSearchParams();
      if (skip.trim() !== '') query.set('skip', skip.trim());
      if (what) query.set('what', what);
      return { method: 'POST', path: path`cluster/migrations/${migration.id}/retry` + (query.size > 0 ? `?${query}` : '') };
    },
    command: ({ skip }) => ['migrations', 'retry', migration.id, ...(skip.trim() ? ['--skip', skip.trim()] : []), ...(what ? ['--what', what] : [])],
  });
}
