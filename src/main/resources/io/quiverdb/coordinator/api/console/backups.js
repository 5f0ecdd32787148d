// SPDX-License-Identifier: Apache-2.0
// Backups of the whole cluster: each shard writes a snapshot to its own disk, and a map belongs to all of them.
import { openAction } from './action.js';
import { path } from './api.js';
import { commandLine } from './commands.js';
import { h } from './dom.js';
import { numbers, options } from './given.js';
import { button, card, copyButton, stateBadge, table } from './parts.js';
import { isAdmin, whyNot } from './rights.js';
import { count, moment } from './text.js';

/** What the page reads for the card: nothing with a key that would be refused. */
export function backupSources(feed) {
  return isAdmin(feed) ? { backups: 'cluster/backups' } : {};
}

/** The last backups, and a button for another one. */
export function backupsCard(feed) {
  const why = whyNot(feed);
  const admin = isAdmin(feed);
  const all = admin ? (feed.value('backups')?.backups ?? null) : null;
  const running = all?.find((backup) => backup.state === 'running') ?? null;
  return card('Backups of the whole cluster', {
    id: 'backups', feed, source: admin ? 'backups' : undefined, command: ['backups'],
    actions: [
      button('Back up', () => openAction(backUp()), { key: 'begin', about: 'the whole cluster', why: why ?? (running ? `backup ${running.id} is running` : null) }),
      button('Stop', () => openAction(stop(running)), { key: 'stop', about: 'the backup', why: why ?? (running ? null : 'no backup is running') }),
    ],
  },
  h('p', null, 'A snapshot of all points of each shard, on the shard\'s own disk. The map that belongs to the snapshots is saved by command, for a restore.'),
  all ? list(all) : admin ? null : h('p', { class: 'muted' }, 'Only a key with the role admin shows them.'));
}

function list(all) {
  return table('the last backups of the cluster', ['Backup', 'State', 'Began', 'Ended', 'Shards', 'Directory on each', 'Error', 'Its map'], all.map((backup) => ({
    key: `b${backup.id}`,
    kind: backup.state === 'failed' ? 'bad' : '',
    cells: [
      count(backup.id),
      stateBadge(backup.state),
      moment(backup.started_at),
      backup.finished_at ? moment(backup.finished_at) : 'not yet',
      `${count(backup.shards_done)} of ${count(backup.shards_total)}`,
      backup.directory,
      backup.error ?? 'none',
      backup.state === 'done' ? copyButton('Copy command', commandLine(['backups', 'document', backup.id, `map-${backup.id}.json`]), `saves the map of backup ${backup.id}`) : 'none',
    ],
  })), 'None was made yet.');
}

function backUp() {
  return {
    title: 'Back up the whole cluster',
    says: [
      'Each shard writes a snapshot of all its points below this directory on its own disk, one shard after another.',
      'A shard answers no request while it writes: clients wait for it, and fail if their time-outs are shorter.',
      'Nothing can change the map until it has ended: no migration, no check. A plan waits.',
    ],
    fields: [
      { name: 'destination', label: 'Directory on the disk of each shard', required: true, hint: 'An absolute path. Quiver must be able to write there, and it must not be in its data directory.', wrong: (value) => (value.trim().startsWith('/') ? null : 'it must be an absolute path') },
      { name: 'limit', label: 'Seconds that one shard may take', type: 'number', hint: 'Empty: an hour.' },
    ],
    verb: 'Back up',
    request: ({ destination, limit }) => ({ method: 'POST', path: 'cluster/backups', body: { destination: destination.trim(), ...numbers({ timeout_seconds: limit }) } }),
    command: ({ destination, limit }) => ['backup', '--cluster', destination.trim() || 'DIR', ...options({ 'shard-timeout': limit }), 'map.json'],
    done: (backup) => `Backup ${backup.id} is ${backup.state}.`,
  };
}

function stop(backup) {
  return {
    title: `Stop backup ${backup.id}`,
    says: ['No further shard begins. A shard that writes just now goes on with that. What was written stays on the disks of the shards: it is no use, and has to be removed there.'],
    verb: 'Stop the backup',
    request: () => ({ method: 'DELETE', path: path`cluster/backups/${backup.id}` }),
    command: () => ['backups', 'stop', backup.id],
    done: (after) => `It is ${after.state}.`,
  };
}
