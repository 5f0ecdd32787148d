// SPDX-License-Identifier: Apache-2.0
// Growth by a policy: what the leader advises, and the policy that it advises by.
import { openAction } from './action.js';
import { h } from './dom.js';
import { lines } from './given.js';
import { badge, button, card, facts, table } from './parts.js';
import { whyNot } from './rights.js';
import { count, duration, moment } from './text.js';

const VERDICT = { enough: 'good', unknown: 'warn', wait: 'warn', grow: 'bad' };
const MODES = ['off', 'advice', 'automatic'];

/** The advice in a line; null while it was not read. */
export function growthLine(feed) {
  const answer = feed.value('autoscale');
  if (!answer) return null;
  if (!answer.policy) return 'no policy: nobody looks';
  if (!answer.advice) return `mode ${answer.policy.mode}; no leader tells now`;
  return [badge(answer.advice.verdict, VERDICT[answer.advice.verdict] ?? ''), ` ${answer.advice.summary}`];
}

/** The policy, and what the leader sees by it. */
export function growthCard(feed) {
  const answer = feed.value('autoscale');
  const { policy = null, advice = null } = answer ?? {};
  return card('Growth by a policy', {
    id: 'growth', feed, source: 'autoscale', command: ['autoscale'],
    actions: button('Change the policy', () => openAction(putPolicy(answer)), { key: 'put', why: whyNot(feed) ?? (answer ? null : 'it was not read yet') }),
  },
  answer ? h('p', null, growthLine(feed)) : null,
  advice?.last_attempt ? h('p', { class: 'note warn' }, `Last attempt: ${advice.last_attempt}`) : null,
  advice?.obstacles?.length ? h('ul', { class: 'checks' }, advice.obstacles.map((obstacle) =>
    h('li', { key: obstacle.kind }, h('strong', null, obstacle.kind), `: ${obstacle.detail}`))) : null,
  policy ? [
    facts(
      ['Mode', policy.mode],
      ['Permitted by the leader\'s configuration', advice?.permitted ?? null],
      ['Points that one shard may have', count(policy.high_water_points)],
      ['Cooldown', duration(policy.cooldown_seconds)],
      ['It ends', advice?.cooldown_ends_at ? moment(advice.cooldown_ends_at) : null],
      ['Shards, at most', Number(policy.max_shards) === 0 ? 'no limit' : count(policy.max_shards)],
      ['Looks', advice ? `${count(advice.looks)} of ${count(advice.looks_wanted)}, one every ${duration(policy.interval_seconds)}` : null]),
    table('the standby shards', ['Standby', 'Replicas', 'Failure'], policy.standby.map((one) => ({
      key: one.primary_url,
      kind: one.failure ? 'bad' : '',
      cells: [one.primary_url, one.replica_urls.length ? one.replica_urls.join(', ') : 'none', one.failure ?? 'none'],
    })), 'No standby shard is named.'),
  ] : null);
}

function putPolicy({ version, policy }) {
  return {
    title: 'Change the growth policy',
    says: [
      'The leader looks at the points of each shard, and says when one has too many.',
      'With the mode automatic it adds the next standby itself, but only if autoscale.mode in its configuration is automatic too.',
    ],
    fields: [
      { name: 'mode', label: 'Mode', required: true, value: policy?.mode ?? 'advice', hint: 'off, advice or automatic', wrong: (value) => (MODES.includes(value.trim()) ? null : 'it must be off, advice or automatic') },
      { name: 'high', label: 'Points that one shard may have', type: 'number', required: true, value: policy ? String(policy.high_water_points) : '' },
      { name: 'standby', label: 'Empty shards that may be added, one on each line', type: 'lines', hint: 'A primary URL, with the URLs of its read replicas behind it.', value: (policy?.standby ?? []).map((one) => [one.primary_url, ...one.replica_urls].join(' ')).join('\n') },
      { name: 'cooldown', label: 'Seconds between two additions', type: 'number', required: true, value: String(policy?.cooldown_seconds ?? 300) },
      { name: 'most', label: 'Shards, at most', type: 'number', required: true, value: String(policy?.max_shards ?? 0), hint: '0: no limit.' },
      { name: 'interval', label: 'Seconds between two looks', type: 'number', required: true, value: String(policy?.interval_seconds ?? 30) },
    ],
    verb: 'Put the policy',
    request: (values) => ({ method: 'PUT', path: 'cluster/autoscale', body: body(values), ifMatch: version }),
    command: ({ mode, high, standby, cooldown, most, interval }) => (lines(standby).some((urls) => urls.length > 1)
      ? ['autoscale', 'set', 'policy.json']
      : ['autoscale', 'set', '--mode', mode.trim(), '--high-water', high || 'POINTS',
        ...(standby.trim() === '' ? ['--no-standby'] : lines(standby).flatMap(([url]) => ['--standby', url])),
        '--cooldown', cooldown, '--max-shards', most, '--interval', interval]),
    done: (after) => `The policy is at version ${count(after.version)}.`,
  };
}

function body({ mode, high, standby, cooldown, most, interval }) {
  return {
    mode: mode.trim(),
    high_water_points: Number(high),
    standby: lines(standby).map(([url, ...replicas]) => ({ primary_url: url, replica_urls: replicas })),
    cooldown_seconds: Number(cooldown),
    max_shards: Number(most),
    interval_seconds: Number(interval),
  };
}
