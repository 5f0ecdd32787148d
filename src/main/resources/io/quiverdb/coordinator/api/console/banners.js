// SPDX-License-Identifier: Apache-2.0
// What changes the meaning of everything below: a dead member, no quorum, a key that may only read.
import { h } from './dom.js';
import { consoleOf } from './parts.js';
import { moment } from './text.js';

export function banners(feed) {
  const status = feed.value('status');
  const trouble = feed.trouble('status');
  return [
    trouble ? gone(feed, status, trouble) : null,
    !trouble && status && status.leader === null ? h('p', { class: 'note bad', role: 'alert', key: 'leaderless' },
      `${status.node} knows of no leader: nothing can be changed now. What is shown is what ${status.node} has, and may be old.`) : null,
    !trouble && status && status.leader !== null && !status.ready ? h('p', { class: 'note warn', key: 'unready' },
      `${status.node} cannot prove that its state is current: what is shown may be old.`) : null,
    readOnly(feed),
    feed.event ? h('p', { class: 'last-event', key: 'event' }, `Last event: ${eventLine(feed.event)}`) : null,
  ];
}

/** Browsers let this page ask no other member; links lead there, and each member asks for the key again. */
function gone(feed, status, trouble) {
  const others = (status?.members ?? []).filter((member) => member.id !== status.node);
  return h('div', { class: 'note bad', role: 'alert', key: 'gone' },
    h('p', null, `${status?.node ?? 'This member'} does not tell: ${trouble.message}. `,
      feed.asOf === null ? '' : `What is shown is from ${moment(feed.asOf)}. `, 'It is asked again.'),
    others.length === 0 ? null : h('p', null, 'The others: ', others.map((member, i) => [i > 0 ? ', ' : '', consoleOf(member)])));
}

function readOnly(feed) {
  const caller = feed.value('settings')?.caller;
  return caller && caller.role !== 'admin' ? h('p', { class: 'note', key: 'read-only' },
    `The key ${caller.key_id} has the role ${caller.role}: everything is shown, nothing can be changed.`) : null;
}

/** An event in a line. */
export function eventLine(event) {
  const name = event.kind.replaceAll('_', ' ');
  return `${name}, ${moment(event.time)}: ${about(event)}`;
}

function about(event) {
  switch (event.kind) {
    case 'migration': return `${event.migration.kind} of shard ${event.migration.shard_id} is in phase ${event.migration.phase}`;
    case 'leader': return event.leader === null ? 'no member leads' : `${event.leader} leads`;
    case 'alarm_raised':
    case 'alarm_ended': return `${event.code}: ${event.detail}`;
    default: return `${event.command}: ${event.outcome}`;
  }
}
