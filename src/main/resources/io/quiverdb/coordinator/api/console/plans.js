// SPDX-License-Identifier: Apache-2.0
// Plans: several migrations, one after the other. One is made here, tried as a whole first, and steered.
import { openAction } from './action.js';
import { path } from './api.js';
import { h } from './dom.js';
import { stepName } from './dryrun.js';
import { lines } from './given.js';
import { badge, button, card, link, table } from './parts.js';
import { whyNot } from './rights.js';
import { count, moment } from './text.js';

/** A plan in such a state has not ended. */
const GOING = ['running', 'paused', 'stopped'];

const KIND = { running: 'good', done: 'good', paused: 'warn', stopped: 'bad', failed: 'bad' };

/** As many steps as a plan takes. */
const MOST = 32;

/** The newest plan, what can be done with it, and a button for another one. */
export function planCard(feed) {
  const plan = feed.value('plans')?.plans?.[0];
  const why = whyNot(feed);
  const busy = plan && GOING.includes(plan.state) ? `plan ${plan.id} is ${plan.state}: one at a time` : null;
  const version = feed.value('status')?.map_version;
  const make = button('New plan', () => openAction(newPlan(version)), { key: 'new', about: 'several migrations, one after the other', why: why ?? busy });
  if (!plan) {
    return card('Plan', { id: 'plan', feed, source: 'plans', command: ['plan', 'list'], actions: make },
      h('p', { class: 'muted' }, 'None was made yet. A plan is several grows and drains that begin one after the other.'));
  }
  const unless = (states) => why ?? (states.includes(plan.state) ? null : `it is ${plan.state}`);
  const about = `plan ${plan.id}`;
  return card(`Plan ${plan.id}`, {
    id: 'plan', feed, source: 'plans', command: ['plan', 'show', plan.id],
    actions: [
      make,
      button('Pause', () => openAction(order(plan, 'Pause', 'No further step begins until it is resumed. The migration that is under way goes on.')), { key: 'pause', about, why: unless(['running']) }),
      button('Resume', () => openAction(order(plan, 'Resume', 'The next step begins when the one before is done; a step that failed begins once more.')), { key: 'resume', about, why: unless(['paused', 'stopped']) }),
      button('Cancel', () => openAction(order(plan, 'Cancel', 'No further step begins. The migration that is under way goes on: cancel that by itself.', true)), { key: 'cancel', about, kind: 'danger', why: unless(GOING) }),
    ],
  },
  h('p', null, badge(plan.state, KIND[plan.state] ?? ''), ` since ${moment(plan.created_at)}`, plan.finished_at ? `, ended ${moment(plan.finished_at)}` : ''),
  plan.error ? h('p', { class: 'note bad' }, plan.error) : null,
  table('the steps of the plan', ['Step', 'What', 'State', 'Migration'], plan.steps.map((step, i) => ({
    key: `s${i}`,
    cells: [
      count(i + 1),
      stepName(step),
      badge(step.state, KIND[step.state] ?? ''),
      step.migration === null ? 'none yet' : link(count(step.migration), `#/migrations/${step.migration}`),
    ],
  }))));
}

function order(plan, word, says, danger = false) {
  return {
    title: `${word} plan ${plan.id}`,
    says: [says],
    danger,
    verb: `${word} the plan`,
    request: () => ({ method: 'POST', path: path`cluster/plans/${plan.id}/` + word.toLowerCase() }),
    command: () => ['plan', word.toLowerCase(), plan.id, ...(danger ? ['--yes'] : [])],
    done: (after) => `It is ${after.state}.`,
  };
}

/** Makes a plan. */
function newPlan(version) {
  return {
    title: 'New plan',
    says: [
      'The migrations begin one after the other, in this order. Each one is checked again before it begins; one that fails stops the plan.',
      'The points of a drained shard move to the other shards, and are deleted on it. A step drains only a shard that is in the map now.',
    ],
    fields: [
      { name: 'steps', label: 'Steps, one on each line', type: 'lines', required: true, hint: '"grow URL", with the URLs of its read replicas behind it, or "drain ID".', wrong: wrongSteps },
    ],
    dryRun: true,
    typed: ({ steps }) => drained(steps),
    typedAs: 'the ids of the shards that leave',
    danger: true,
    verb: 'Begin the plan',
    request: ({ steps }) => ({ method: 'POST', path: 'cluster/plans', body: { steps: lines(steps).map(step) }, ifMatch: version }),
    command: ({ steps }) => ['plan', ...(wrongSteps(steps) === null ? lines(steps).flatMap(options) : ['--grow', 'URL', '--drain', 'ID']), '--if-match', version, '--wait'],
    done: (plan) => `Plan ${plan.id} is ${plan.state}.`,
  };
}

/** The ids of the shards that leave, as they must be typed; undefined if none does. */
function drained(text) {
  const ids = lines(text).filter(([kind]) => kind === 'drain').map(([, id]) => id);
  return ids.length === 0 ? undefined : ids.join(' ');
}

/** Why these are no steps; null if they are. */
function wrongSteps(text) {
  const all = lines(text);
  if (all.length === 0) return 'there is no step';
  if (all.length > MOST) return `a plan has ${MOST} steps at most`;
  const right = ([kind, ...rest]) => (kind === 'grow' ? rest.length > 0 : kind === 'drain' && rest.length === 1 && /^\d{1,15}$/.test(rest[0]));
  const at = all.findIndex((line) => !right(line));
  return at < 0 ? null : `step ${at + 1} must be "grow URL" or "drain ID"`;
}

function step([kind, first, ...replicas]) {
  return kind === 'grow' ? { grow: { primary_url: first, replica_urls: replicas } } : { drain: { shard_id: Number(first) } };
}

function options([kind, first, ...replicas]) {
  return [`--${kind}`, first, ...replicas.flatMap((url) => ['--replica', url])];
}
