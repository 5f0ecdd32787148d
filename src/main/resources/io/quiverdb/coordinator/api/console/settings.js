// SPDX-License-Identifier: Apache-2.0
// Settings and security: what is in force at this member, without a secret.
import { send } from './api.js';
import { backupSources, backupsCard } from './backups.js';
import { h } from './dom.js';
import { save } from './file.js';
import { growthCard } from './growth.js';
import { commandLine } from './commands.js';
import { badge, button, card, copyButton, facts, say, table } from './parts.js';
import { count, duration, moment } from './text.js';

export const title = 'Settings and security';

/** Why the last backup could not be downloaded; empty if it could. */
let failed = '';

export function sources(route, feed) {
  return { autoscale: 'cluster/autoscale', ...backupSources(feed) };
}

export function draw(feed) {
  const settings = feed.value('settings');
  return [
    security(feed, settings),
    card('Keys', { id: 'keys', feed, source: 'settings' },
      settings?.insecure ? h('p', { class: 'note bad' }, 'This member serves everybody without a key (auth.insecure).') : null,
      table('the keys', ['Id', 'Role', ''], (settings?.keys ?? []).map((key) => ({
        key: key.key_id,
        cells: [key.key_id, badge(key.role), key.key_id === settings.caller.key_id ? 'the one of this page' : ''],
      })), settings?.keys === null ? 'Only a key with the role admin shows them.' : 'This member has no key.')),
    backup(feed, settings),
    backupsCard(feed),
    growthCard(feed),
    card('Configuration', { id: 'configuration', feed, source: 'settings' },
      h('p', null, `What ${settings?.node ?? 'this member'} was told, defaults filled in. Secrets are not shown to anybody, paths and keys to admins only.`),
      table('the configuration', ['Key', 'Value'], flat('', settings?.configuration ?? {}).map(([key, value]) => ({ key, cells: [h('code', null, key), value] })), 'Not known.')),
  ];
}

/** Keys as they are written in the documents, with their values; what is not set is left out. */
function flat(path, value) {
  if (value === null || (Array.isArray(value) && value.length === 0)) return [];
  if (typeof value !== 'object') return [[path, String(value)]];
  const entries = Array.isArray(value) ? value.map((item, i) => [`${path}[${i}]`, item]) : Object.entries(value).map(([key, item]) => [path ? `${path}.${key}` : key, item]);
  return entries.flatMap(([key, item]) => flat(key, item));
}

function security(feed, settings) {
  const told = settings?.configuration ?? {};
  return card('Security and identity', { id: 'security', feed, source: 'settings' }, settings ? facts(
    ['Your key', `${settings.caller.key_id}, role ${settings.caller.role}`],
    ['This page', location.protocol === 'https:' ? badge('over TLS', 'good') : [badge('plain HTTP', 'warn'), ' the key and all you see can be read on the way']],
    ['Member', `${settings.node}, version ${settings.version}`],
    ['Format of the state', count(settings.format)],
    ['Raft', told.raft?.tls ? badge('mutual TLS', 'good') : badge('plain', 'warn')],
    ['TLS port', told.http?.tls?.listen ?? 'none'],
    ['Plain port serves', told.http?.plain === 'routers' ? 'the map and the probes only' : 'everything'],
    ['Certificate', certificate(settings.certificate_expires)],
    ['Audit file', told.audit?.file ?? 'none'],
    ['Cluster id', settings.cluster_id ?? 'nothing was bootstrapped yet'],
    ['Bootstrap fingerprint', settings.bootstrap_fingerprint ?? null]) : null);
}

function certificate(expires) {
  if (!expires) return 'none';
  const left = (Date.parse(expires) - Date.now()) / 1000;
  const kind = left <= 0 ? 'bad' : left < 14 * 86400 ? 'warn' : 'good';
  return [badge(left <= 0 ? 'expired' : 'valid', kind), ` until ${moment(expires)}${left > 0 ? ` (${duration(left)})` : ''}`];
}

function backup(feed, settings) {
  const why = !settings ? 'it is not known yet what this key may do' : settings.caller.role === 'admin' ? null : `a backup takes a key with the role admin; this one has the role ${settings.caller.role}`;
  return card('Backup of the map', { id: 'backup' },
    h('p', null, 'One JSON document with a checksum: map, counters, routers, highest version. It holds no key and no point.'),
    h('div', { class: 'buttons' },
      button('Download a backup', () => download(feed), { why }),
      copyButton('Copy command', commandLine(['backup', 'backup.json']), 'saves a backup')),
    failed === '' ? null : h('p', { class: 'note bad', role: 'alert' }, `No backup was downloaded: ${failed}`),
    h('p', null, 'A restore replaces the map and is made by command: ', h('code', { tabindex: '0' }, commandLine(['restore', 'backup.json']))));
}

async function download(feed) {
  failed = '';
  try {
    const { text, headers } = await send('GET', 'cluster/backup');
    save(`backup-${headers.get('X-Quiver-Node')}-${headers.get('X-Quiver-Applied-Index')}.json`, 'application/json', text);
    say('the backup was handed to the browser');
  } catch (failure) {
    failed = failure.message;
  }
  feed.onChange();
}
