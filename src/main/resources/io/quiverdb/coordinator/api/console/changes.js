// SPDX-License-Identifier: Apache-2.0
// The changes of members and routers: what each says, asks for and sends. Those of shards and migrations: steering.js.
import { path } from './api.js';

const ADDRESSES = [
  { name: 'raft', label: 'Raft address (host:port)', required: true },
  { name: 'http', label: 'REST URL', required: true, type: 'url' },
];

function addressed(member) {
  return ADDRESSES.map((field) => ({ ...field, value: member[field.name] }));
}

/** Adds a member. */
export function addMember() {
  return {
    title: 'Add a member',
    says: [
      'The new member gets the data first and votes once it has caught up. Start it with an empty data directory and ensemble.join, before or after this.',
      'One change of the members at a time. An even number of members survives no more losses than one fewer.',
    ],
    fields: [{ name: 'id', label: 'Id (its node.id)', required: true }, ...ADDRESSES],
    verb: 'Add the member',
    request: ({ id, raft, http }) => ({ method: 'POST', path: 'cluster/members', body: { id, raft, http } }),
    command: ({ id, raft, http }) => ['members', 'add', id || 'ID', '--raft', raft || 'HOST:PORT', '--http', http || 'URL', '--wait'],
    done: (answer) => (answer.change ? `Under way: it waits for ${answer.change.waiting_on ?? 'nothing'}.` : 'It votes.'),
  };
}

/** Takes a member out. */
export function removeMember(member) {
  return {
    title: `Remove member ${member.id}`,
    says: [
      'It loses its vote, its process ends with exit code 4, and what it has on its disk never votes again. This cannot be taken back; the id can be added again with an empty data directory.',
      member.role === 'leader' ? 'It leads now: it hands the leadership over first.' : 'It may be dead.',
    ],
    fields: [{ name: 'force', type: 'checkbox', label: 'Also if an even number of members is left' }],
    typed: member.id,
    typedAs: "the member's id",
    danger: true,
    verb: `Remove ${member.id}`,
    request: ({ force }) => ({ method: 'DELETE', path: path`cluster/members?id=${member.id}` + (force ? '&force=true' : '') }),
    command: ({ force }) => ['members', 'remove', member.id, ...(force ? ['--force'] : []), '--yes'],
  };
}

/** Adds one and takes another one out. */
export function replaceMember(member) {
  return {
    title: `Replace member ${member.id}`,
    says: [
      `A new member is added; as soon as it votes, ${member.id} is taken out, which may be dead. It is one change, and the next leader goes on with it.`,
      `What ${member.id} has on its disk never votes again.`,
    ],
    fields: [{ name: 'id', label: 'Id of the new member', required: true }, ...ADDRESSES],
    typed: member.id,
    typedAs: "the id of the member that goes",
    danger: true,
    verb: `Replace ${member.id}`,
    request: ({ id, raft, http }) => ({ method: 'POST', path: path`cluster/members/${member.id}/replace`, body: { id, raft, http } }),
    command: ({ id, raft, http }) => ['members', 'replace', member.id, id || 'NEW', '--raft', raft || 'HOST:PORT', '--http', http || 'URL', '--yes', '--wait'],
    done: (answer) => (answer.change ? `Under way: it waits for ${answer.change.waiting_on ?? 'nothing'}.` : 'Done.'),
  };
}

/** Changes where a member is reached. */
export function moveMember(member) {
  return {
    title: `Change the address of member ${member.id}`,
    says: ['The member keeps its data. Restart it with its new address; the others look for it there. A name whose IP address changes needs none of this.'],
    fields: addressed(member),
    verb: 'Change the address',
    request: ({ raft, http }) => ({ method: 'PUT', path: path`cluster/members/${member.id}`, body: { raft, http } }),
    command: ({ raft, http }) => ['members', 'set-address', member.id, '--raft', raft, '--http', http],
  };
}

/** Hands the leadership over. */
export function transferLeadership(member) {
  return {
    title: `Let ${member.id} lead`,
    says: ['The leader hands over and takes changes no more meanwhile: well below a second. A running migration goes on under the new leader.'],
    verb: `Let ${member.id} lead`,
    request: () => ({ method: 'POST', path: 'cluster/leader/transfer', body: { to: member.id }, idempotent: false }),
    command: () => ['members', 'transfer', member.id],
    done: (answer) => `${answer.leader} leads.`,
  };
}

/** Registers a router. */
export function addRouter() {
  return {
    title: 'Register a router',
    says: ['Its adoption of the map is watched from now on, and migrations wait for it. A registered URL is one router process, never a load balancer.'],
    fields: [{ name: 'url', label: 'URL', type: 'url', required: true }],
    verb: 'Register',
    request: ({ url }) => ({ method: 'POST', path: 'cluster/routers', body: { url } }),
    command: ({ url }) => ['routers', 'add', url || 'URL'],
  };
}

/** Takes a router out. */
export function removeRouter(router, migrating) {
  return {
    title: 'Remove a router',
    says: [
      `${router.url} is not watched any more, and no migration waits for it.`,
      'A router that still serves and is not waited for can lose writes: stop it first.',
    ],
    fields: migrating ? [{ name: 'force', type: 'checkbox', label: 'Although a migration is active', hint: 'Only if this router serves nobody any more. The history shows it.' }] : [],
    typed: router.url,
    typedAs: "the router's URL",
    danger: true,
    verb: 'Remove the router',
    request: ({ force }) => ({ method: 'DELETE', path: path`cluster/routers?url=${router.url}` + (force ? '&force=true' : '') }),
    command: ({ force }) => ['routers', 'remove', router.url, ...(force ? ['--force'] : []), '--yes'],
  };
}
