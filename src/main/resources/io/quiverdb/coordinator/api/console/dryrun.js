// SPDX-License-Identifier: Apache-2.0
// What a dry run says.
import { h } from './dom.js';
import { badge, table } from './parts.js';
import { bytes, count, counted, duration } from './text.js';

/** The checks, what would move, and how long it may take. */
export function checks(answer) {
  const moves = answer.moves ?? [];
  const leftOut = answer.moves_left_out ?? 0;
  // What stands in the way comes first.
  const sorted = [...(answer.checks ?? [])].sort((one, other) => Number(one.ok !== false) - Number(other.ok !== false));
  return h('section', { key: 'checks', class: 'dry', 'aria-label': 'dry run' },
    h('p', null, answer.accepted ? badge('would be accepted', 'good') : badge('would be refused', 'bad'), ' ',
      moves.length + leftOut === 0 ? '' : `${counted(answer.points, 'point')}, about ${bytes(answer.bytes)}`,
      answer.estimated_seconds === null || answer.estimated_seconds === undefined ? '' : `, about ${duration(answer.estimated_seconds)}`),
    h('ul', { class: 'checks' }, sorted.map((check) =>
      h('li', { key: check.name },
        check.ok === true ? badge('ok', 'good') : check.ok === false ? badge('failed', 'bad') : badge('not run'),
        ' ', h('strong', null, check.name), check.detail ? `: ${check.detail}` : ''))),
    leftOut === 0 ? null : h('p', { class: 'note' }, `${counted(leftOut, 'move')} more, not listed.`),
    moves.length === 0 ? null : h('details', null, h('summary', null, counted(moves.length, 'move')),
      table('what would move', ['Collection', 'From', 'To', 'Points', 'Bytes'], moves.map((move, i) => ({
        key: `m${i}`,
        cells: [move.collection, count(move.from), count(move.to), `${count(move.points)}${move.estimated ? ' (estimated)' : ''}`, bytes(move.bytes)],
      })))));
}
