// SPDX-License-Identifier: Apache-2.0
// The newest plan: several migrations, one after the other. It is made by command; here it is watched and steered.
import { openAction } from './action.js';
import { path } from './api.js';
import { h } from './dom.js';
import { badge, button, card, link, table } from './parts.js';
import { whyNot } from './rights.js';
import { count, moment } from './text.js';

const KIND = { running: 'good', done: 'good', paused: 'warn', stopped: 'bad', failed: 'bad' };

/** The newest plan, and what can be done with it; nothing while there was none. */
export function planCard(feed) {
  const plan = feed.value('plans')?.plans?.[0];
  if (!plan) return null;
  const why = whyNot(feed);
  const unless = (states) => why ?? (states.includes(plan.state) ? null : `it is ${plan.state}`);
  const about = `plan ${plan.id}`;
  return card(`Plan ${plan.id}`, {
    id: 'plan', feed, source: 'plans', command: ['plan', 'show', plan.id],
    actions: [
      button('Pause', () => openAction(order(plan, 'Pause', 'No further step begins until it is resumed. The migration that is under way goes on.')), { key: 'pause', about, why: unless(['running']) }),
      button('Resume', () => openAction(order(plan, 'Resume', 'The next step begins when the one before is done; a step that failed begins once more.')), { key: 'resume', about, why: unless(['paused', 'stopped']) }),
      button('Cancel', () => openAction(order(plan, 'Cancel', 'No further step begins. The migration that is under way goes on: cancel that by itself.', true)), { key: 'cancel', about, kind: 'danger', why: unless(['running', 'paused', 'stopped']) }),
    ],
  },
  h('p', null, badge(plan.state, KIND[plan.state] ?? ''), ` since ${moment(plan.created_at)}`, plan.finished_at ? `, ended ${moment(plan.finished_at)}` : ''),
  plan.error ? h('p', { class: 'note bad' }, plan.error) : null,
  table('the steps of the plan', ['Step', 'What', 'State', 'Migration'], plan.steps.map((step, i) => ({
    key: `s${i}`,
    cells: [
      count(i + 1),
      step.kind === 'grow' ? `grow by ${step.primary_url}` : `drain shard ${step.shard_id}`,
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
