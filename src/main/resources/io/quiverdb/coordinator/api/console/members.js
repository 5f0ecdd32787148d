// SPDX-License-Identifier: Apache-2.0
// Members: who leads, who votes, who is behind, and what becomes of the list.
import { openAction } from './action.js';
import { addMember, moveMember, removeMember, replaceMember, transferLeadership } from './changes.js';
import { h } from './dom.js';
import { tolerance } from './overview.js';
import { badge, button, card, consoleOf, facts, table } from './parts.js';
import { whyNot } from './rights.js';
import { ago, count, duration, moment, secondsSince, yes } from './text.js';

export const title = 'Members';

export function sources() {
  return { members: 'cluster/members' };
}

export function draw(feed) {
  const why = whyNot(feed);
  const answer = feed.value('members');
  const own = feed.value('status')?.node;
  const highest = (answer?.members ?? []).reduce((most, member) => Math.max(most, Number(member.match_index ?? 0)), 0);
  return [
    card('Members', {
      id: 'members', feed, source: 'members', command: ['members'],
      actions: button('Add a member', () => openAction(addMember()), { why, key: 'add' }),
    },
    answer ? h('p', null, `As ${own ?? 'this member'} sees it: ${tolerance(answer.failure_tolerance, feed.value('status')?.leader)}.`) : null,
    table('the members', ['Id', 'Role', 'Vote', 'Health', 'Log', 'Lag', 'Last contact', 'Version', 'Addresses', 'Actions'],
      (answer?.members ?? []).map((member) => row(member, own, highest, why)), 'No member is known.')),
    change(feed, answer),
  ];
}

function row(member, own, highest, why) {
  const behind = member.match_index === null ? null : highest - Number(member.match_index);
  return {
    key: member.id,
    kind: member.healthy === false ? 'bad' : '',
    cells: [
      [h('strong', null, member.id), member.id === own ? ' (this one)' : ''],
      member.role === 'leader' ? badge('leader', 'good') : member.role === null ? badge('no answer', 'bad') : badge(member.role, member.role === 'follower' ? '' : 'warn'),
      yes(member.voter),
      member.healthy ? badge('healthy', 'good') : badge('not healthy', 'bad'),
      behind === null ? '–' : behind === 0 ? `${count(member.match_index)}` : `${count(member.match_index)} (${count(behind)} behind)`,
      member.lag_ms === null ? '–' : `${count(member.lag_ms)} ms`,
      h('time', { datetime: member.last_contact, title: moment(member.last_contact) }, member.id === own ? 'itself' : ago(member.last_contact)),
      member.version === null || member.version === undefined ? '–' : `${member.version}, format ${count(member.format)}`,
      [h('div', { class: 'address' }, `raft ${member.raft}`), h('div', null, `http ${member.http}`), member.id === own ? null : h('div', null, consoleOf(member))],
      h('div', { class: 'buttons' },
        button('Let it lead', () => openAction(transferLeadership(member)), { about: member.id, why: why ?? (member.role === 'leader' ? 'it leads already' : member.healthy ? null : 'it is not healthy') }),
        button('Change address', () => openAction(moveMember(member)), { about: member.id, why }),
        button('Replace', () => openAction(replaceMember(member)), { about: member.id, why, kind: 'danger' }),
        button('Remove', () => openAction(removeMember(member)), { about: member.id, why, kind: 'danger' })),
    ],
  };
}

function change(feed, answer) {
  const pending = answer?.change;
  return card('Change of the members', { id: 'change', feed, source: 'members', command: ['members'] },
    pending ? facts(
      ['Kind', pending.kind],
      ['Member', pending.id],
      ['Step', pending.step],
      ['Since', `${moment(pending.since)} (${duration(secondsSince(pending.since))})`],
      ['Waits for', pending.waiting_on ?? 'nothing']) : h('p', { class: 'muted' }, 'No change is under way.'));
}
