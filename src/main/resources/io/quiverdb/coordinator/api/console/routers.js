// SPDX-License-Identifier: Apache-2.0
// Routers: who follows the newest map.
import { openAction } from './action.js';
import { addRouter, removeRouter } from './changes.js';
import { h } from './dom.js';
import { badge, button, card, table } from './parts.js';
import { whyNot } from './rights.js';
import { ago, count, moment } from './text.js';

export const title = 'Routers';

export function sources() {
  return { routers: 'cluster/routers' };
}

export function draw(feed) {
  const why = whyNot(feed);
  const status = feed.value('status');
  const refused = (status?.alarms ?? []).filter((alarm) => alarm.code === 'map_poll_unauthorized');
  return [
    card('Routers', {
      id: 'routers', feed, source: 'routers', command: ['routers'],
      actions: button('Register a router', () => openAction(addRouter()), { why, key: 'add' }),
    },
    h('p', null, `The newest map is at version ${count(status?.map_version)}. A router that is not registered is not waited for, and its clients can lose writes.`),
    refused.map((alarm) => h('p', { class: 'note bad', key: alarm.code }, alarm.detail)),
    table('the routers', ['URL', 'Adopted version', 'Confirmed', 'Last contact', 'Last error', 'Actions'],
      (feed.value('routers')?.routers ?? []).map((router) => row(router, status, why)), 'No router is registered.')),
  ];
}

function row(router, status, why) {
  return {
    key: router.url,
    kind: router.confirmed ? '' : 'warn',
    cells: [
      h('strong', null, router.url),
      adopted(router.map_version, status?.map_version),
      router.confirmed ? badge('confirmed', 'good') : badge('not confirmed', 'bad'),
      h('time', { datetime: router.last_contact, title: moment(router.last_contact) }, ago(router.last_contact)),
      router.last_error ?? 'none',
      button('Remove', () => openAction(removeRouter(router, Boolean(status?.migration))), { about: router.url, why, kind: 'danger' }),
    ],
  };
}

function adopted(version, newest) {
  if (version === null || version === undefined) return '–';
  const behind = BigInt(newest ?? version) - BigInt(version);
  return behind === 0n ? count(version) : `${count(version)} (${behind > 0n ? `${behind} behind` : `${-behind} ahead`})`;
}
