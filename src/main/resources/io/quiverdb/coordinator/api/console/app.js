// SPDX-License-Identifier: Apache-2.0
// The page: its header, the screen that its address names, and the key.
import { hasKey, wantsKey } from './api.js';
import { closeDialog, drawDialog } from './dialog.js';
import { render } from './dom.js';
import { Feed } from './feed.js';
import { header } from './header.js';
import { login } from './login.js';
import { banners, eventLine } from './banners.js';
import { say } from './parts.js';
import * as history from './history.js';
import * as members from './members.js';
import * as migrations from './migrations.js';
import * as overview from './overview.js';
import * as routers from './routers.js';
import * as settings from './settings.js';
import * as shards from './shards.js';

const SCREENS = { overview, members, shards, routers, migrations, history, settings };

/** Events that are said aloud; the others come too often. */
const SAID = new Set(['alarm_raised', 'alarm_ended', 'leader', 'members']);

const feed = new Feed(draw);
let route = read();
let heard = null;

/** `#/migrations/3?all=1`: the screen, the rest of the path, the query. */
function read() {
  const [where, query = ''] = location.hash.replace(/^#\/?/, '').split('?', 2);
  const [name, ...rest] = where.split('/');
  return { name: Object.hasOwn(SCREENS, name) ? name : 'overview', rest: rest.filter((part) => part !== '').map(decoded), query: new URLSearchParams(query) };
}

function decoded(part) {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

function draw() {
  const refused = Object.values(feed.known).some((known) => known.trouble?.status === 401);
  const main = document.getElementById('main');
  if (refused && !feed.paused) {
    // A key that is not taken is not presented again and again; this draws anew.
    feed.stop();
    return;
  }
  // What a screen shows may depend on what was read: on the role of the key.
  feed.want(SCREENS[route.name].sources(route, feed));
  render(document.getElementById('header'), header(feed, route, SCREENS, refused));
  document.title = `${SCREENS[route.name].title} · ${feed.value('status')?.node ?? 'Quiver coordinator'}`;
  if (refused) {
    render(main, login(hasKey(), () => {
      feed.forget();
      follow();
    }));
  } else {
    render(main, banners(feed), SCREENS[route.name].draw(feed, route));
  }
  drawDialog();
  if (feed.event !== heard) {
    heard = feed.event;
    if (heard && SAID.has(heard.kind)) say(eventLine(heard));
  }
}

function navigated() {
  const before = route.name;
  closeDialog();
  route = read();
  draw();
  if (before !== route.name) {
    document.getElementById('main').focus();
    scrollTo(0, 0);
    say(SCREENS[route.name].title);
  }
}

function follow() {
  feed.want(SCREENS[route.name].sources(route, feed));
  feed.start();
}

async function begin() {
  addEventListener('hashchange', navigated);
  document.querySelector('.skip').onclick = (event) => {
    // The address names the screen; it must not be lost to the name of a place.
    event.preventDefault();
    document.getElementById('main').focus();
  };
  // Ages grow although nothing is read.
  setInterval(() => document.hidden || draw(), 1_000);
  if (!hasKey() && (await wantsKey().catch(() => false))) {
    feed.known.status = { path: 'cluster/status', trouble: { status: 401, message: 'present a key' } };
    draw();
    return;
  }
  follow();
}

begin();
