// SPDX-License-Identifier: Apache-2.0
// Overview: is it well, why not, and what to do.
import { h } from './dom.js';
import { growthLine } from './growth.js';
import { rows as historyRows, COLUMNS as HISTORY_COLUMNS } from './history.js';
import { summary } from './migrations.js';
import { badge, card, facts, link, table } from './parts.js';
import { count, counted, moment, ago } from './text.js';

export const title = 'Overview';

const LATEST = 10;
const WORD = { green: ['good', 'Healthy'], yellow: ['warn', 'Degraded'], red: ['bad', 'In trouble'] };

export function sources() {
  return { report: 'cluster/health/report', history: 'cluster/history', autoscale: 'cluster/autoscale' };
}

export function draw(feed) {
  const status = feed.value('status');
  return [
    health(feed, status),
    alarms(feed, status),
    card('Migration', { id: 'migration', feed, source: 'status', command: ['migrations'] },
      status?.migration ? summary(status.migration) : h('p', { class: 'muted' }, 'No migration is active.')),
    card(`Last ${LATEST} changes`, { id: 'changes', feed, source: 'history', command: ['history'] },
      table('the last changes', HISTORY_COLUMNS, historyRows((feed.value('history') ?? []).slice(-LATEST).reverse()), 'Nothing was changed yet.'),
      h('p', null, link('All changes', '#/history'))),
  ];
}

/** How many members may still be lost, as a sentence. */
export function tolerance(lost, leader) {
  if (leader === null) return 'no member leads: nothing can be changed';
  if (lost === null || lost === undefined) return 'this member cannot tell how many members may be lost';
  if (Number(lost) === 0) return 'the loss of one more member stops all changes';
  return `the ensemble survives the loss of ${counted(lost, 'more member')}`;
}

function health(feed, status) {
  const report = feed.value('report');
  const [kind, word] = WORD[report?.status] ?? ['', 'Not known'];
  const points = (status?.shards ?? []).reduce((sum, shard) => (sum === null || shard.points === null ? null : sum + Number(shard.points)), 0);
  return card('Health', { id: 'health', feed, source: 'report', command: ['status'] },
    h('p', { class: `sentence ${kind}` }, badge(word, kind), ' ', report?.symptom ?? ''),
    status ? facts(
      ['Failure tolerance', tolerance(status.failure_tolerance, status.leader)],
      ['Leader', status.leader ?? 'none'],
      ['Term', count(status.term)],
      ['Map version', count(status.map_version)],
      ['Members', link(count(status.members.length), '#/members')],
      ['Shards', link(count(status.shards.length), '#/shards')],
      ['Points', points === null ? 'not all shards tell' : count(points)],
      ['Routers', link(count(status.routers.length), '#/routers')],
      ['Growth', growthLine(feed)]) : null,
    (report?.indicators ?? []).length === 0 ? null : h('details', null,
      h('summary', null, counted(report.indicators.length, 'indicator')),
      h('ul', { class: 'plain' }, report.indicators.map((indicator) =>
        h('li', { key: indicator.name }, badge(WORD[indicator.status]?.[1] ?? indicator.status, WORD[indicator.status]?.[0]), ' ',
          h('strong', null, indicator.name), `: ${indicator.symptom}`)))));
}

/** Symptom, impact and what to do: of what is not green, then the alarms themselves. */
function alarms(feed, status) {
  const troubled = (feed.value('report')?.indicators ?? []).filter((indicator) => indicator.status !== 'green');
  const raised = status?.alarms ?? [];
  return card('Alarms', { id: 'alarms', feed, source: 'status', command: ['status'] },
    raised.length === 0 && troubled.length === 0 ? h('p', { class: 'muted' }, 'No alarm is raised.') : null,
    troubled.map((indicator) => h('article', { class: `alarm ${WORD[indicator.status]?.[0] ?? ''}`, key: `i-${indicator.name}` },
      h('h3', null, `${indicator.name}: ${indicator.symptom}`),
      facts(
        ['Impact', list(indicator.impacts)],
        ['What to do', list((indicator.diagnosis ?? []).map((one) => `${one.cause}. ${one.action}${one.help ? ` See ${one.help}.` : ''}`))]))),
    raised.length === 0 ? null : table('alarms', ['Severity', 'Code', 'Since', 'What is seen'], raised.map((alarm, i) => ({
      key: `${alarm.code}-${i}`,
      cells: [badge(alarm.severity, alarm.severity === 'critical' ? 'bad' : 'warn'), alarm.code,
        h('time', { datetime: alarm.since, title: moment(alarm.since) }, ago(alarm.since)), alarm.detail],
    }))));
}

function list(texts) {
  return texts && texts.length > 0 ? h('ul', { class: 'plain' }, texts.map((text, i) => h('li', { key: `t${i}` }, text))) : null;
}
