// SPDX-License-Identifier: Apache-2.0
// What a dry run says.
import { h } from './dom.js';
import { badge, table } from './parts.js';
import { bytes, count, counted, duration } from './text.js';

/** The checks, what would move, and how long it may take; of a plan also step by step. */
export function checks(answer) {
  return h('section', { key: 'checks', class: 'dry', 'aria-label': 'dry run' },
    summary(answer),
    answer.steps
      ? h('ul', { class: 'plain' }, answer.steps.map((step, i) => h('li', { key: `s${i}`, class: 'dry' }, h('p', null, h('strong', null, `Step ${i + 1}: ${stepName(step)}`)), summary(step), details(step))))
      : details(answer));
}

/** A step of a plan in words. */
export function stepName(step) {
  return step.kind === 'grow' ? `grow by ${[step.primary_url, ...step.replica_urls].join(', replica ')}` : `drain shard ${step.shard_id}`;
}

/** Whether the change would be accepted. */
export function accepted(answer) {
  return answer.accepted ? badge('would be accepted', 'good') : badge('would be refused', 'bad');
}

function summary(answer) {
  return h('p', null, accepted(answer), ' ',
    answer.points === undefined ? '' : `${counted(answer.points, 'point')}, about ${bytes(answer.bytes)}`,
    answer.estimated_seconds === null || answer.estimated_seconds === undefined ? '' : `, about ${duration(answer.estimated_seconds)}`);
}

function details({ checks: made = [], moves = [], moves_left_out: leftOut = 0 }) {
  // What stands in the way comes first.
  const sorted = [...made].sort((one, other) => Number(one.ok !== false) - Number(other.ok !== false));
  return [
    h('ul', { class: 'checks' }, sorted.map((check) =>
      h('li', { key: check.name },
        check.ok === true ? badge('ok', 'good') : check.ok === false ? badge('failed', 'bad') : badge('not run'),
        ' ', h('strong', null, check.name), check.detail ? `: ${check.detail}` : ''))),
    leftOut === 0 ? null : h('p', { class: 'note' }, `${counted(leftOut, 'move')} more, not listed.`),
    moves.length === 0 ? null : h('details', null, h('summary', null, counted(moves.length, 'move')),
      table('what would move', ['Collection', 'From', 'To', 'Points', 'Bytes'], moves.map((move, i) => ({
        key: `m${i}`,
        cells: [move.collection, count(move.from), count(move.to), `${count(move.points)}${move.estimated ? ' (estimated)' : ''}`, bytes(move.bytes)],
      })))),
  ];
}
