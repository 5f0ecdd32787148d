// SPDX-License-Identifier: Apache-2.0
// The header: whose view this is, how old it is, and where else to look.
import { hasKey, setKey } from './api.js';
import { h } from './dom.js';
import { badge, button } from './parts.js';
import { count, duration } from './text.js';

/** `refused`: no key was accepted, so that there is nothing to show. */
export function header(feed, route, screens, refused) {
  const status = feed.value('status');
  return [
    h('div', { class: 'bar', key: 'bar' },
      h('h1', null, 'Quiver coordinator'),
      refused || !status ? null : h('p', { class: 'who' },
        h('strong', null, status.node), ' ', badge(status.role, status.role === 'leader' ? 'good' : status.role === 'follower' ? '' : 'bad'), ' ',
        status.leader === null ? badge('no leader', 'bad') : status.leader === status.node ? '' : `leader ${status.leader}`,
        ` · term ${count(status.term)} · map version ${count(status.map_version)}`),
      refused ? null : h('p', { class: 'age' }, age(feed)),
      refused ? null : h('div', { class: 'buttons' },
        feed.paused ? button('Continue', () => feed.start(), { key: 'pause' }) : button('Pause', () => feed.stop(), { key: 'pause' }),
        hasKey() ? button('Forget the key', () => forget(feed), { key: 'forget' }) : null)),
    refused ? null : h('nav', { 'aria-label': 'screens', key: 'nav' }, h('ul', null, Object.entries(screens).map(([name, screen]) =>
      h('li', { key: name }, h('a', { href: `#/${name}`, 'aria-current': name === route.name ? 'page' : null }, screen.title))))),
  ];
}

function age(feed) {
  if (feed.asOf === null) return 'reading…';
  const text = `as of ${duration((Date.now() - feed.asOf) / 1000)} ago`;
  if (feed.paused) return `${text}, paused`;
  return feed.streaming ? `${text}, live` : `${text}, polling`;
}

function forget(feed) {
  setKey('', false);
  feed.forget();
  location.reload();
}
