// SPDX-License-Identifier: Apache-2.0
// How values are written for people.

const COUNT = new Intl.NumberFormat('en');

/** A count with separators; a dash for what is not known. */
export function count(value) {
  if (value === null || value === undefined) return '–';
  return /^-?\d+$/.test(String(value)) ? COUNT.format(BigInt(value)) : String(value);
}

/** `1 point`, `2 points`. */
export function counted(value, one, many = `${one}s`) {
  return `${count(value)} ${String(value) === '1' ? one : many}`;
}

/** A share as a percentage. */
export function percent(share) {
  return `${(100 * share).toFixed(1)}%`;
}

/** Bytes. */
export function bytes(value) {
  let size = Number(value);
  for (const unit of ['B', 'KiB', 'MiB', 'GiB']) {
    if (size < 1024 || unit === 'GiB') return `${unit === 'B' ? size : size.toFixed(1)} ${unit}`;
    size /= 1024;
  }
  return String(value);
}

/** A length of time, in one or two units. */
export function duration(seconds) {
  if (seconds === null || seconds === undefined || !Number.isFinite(Number(seconds))) return '–';
  const whole = Math.max(0, Math.round(Number(seconds)));
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  if (whole < 86400) return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
  return `${Math.floor(whole / 86400)} d ${Math.floor((whole % 86400) / 3600)} h`;
}

/** Seconds since a time of the cluster's, as this computer's clock has it; null for none. */
export function secondsSince(time, now = Date.now()) {
  const then = Date.parse(time ?? '');
  return Number.isNaN(then) ? null : (now - then) / 1000;
}

/** `3 s ago`; a clock that is behind the cluster's shows `now`. */
export function ago(time, now = Date.now()) {
  const seconds = secondsSince(time, now);
  return seconds === null ? 'never' : seconds < 1 ? 'now' : `${duration(seconds)} ago`;
}

/** A time, or milliseconds, in this computer's zone. */
export function moment(time) {
  const then = new Date(time ?? NaN);
  if (Number.isNaN(then.getTime())) return '–';
  const two = (value) => String(value).padStart(2, '0');
  return `${then.getFullYear()}-${two(then.getMonth() + 1)}-${two(then.getDate())} ${two(then.getHours())}:${two(then.getMinutes())}:${two(then.getSeconds())}`;
}

/** `yes`, `no`, or a dash for what is not known. */
export function yes(value) {
  return value === true ? 'yes' : value === false ? 'no' : '–';
}

/** A word of a POSIX shell that means exactly this text. */
export function shellWord(value) {
  const text = String(value);
  return /^[\w./:@%+=,-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

/** A command line of such words. */
export function shellLine(words) {
  return words.map(shellWord).join(' ');
}
