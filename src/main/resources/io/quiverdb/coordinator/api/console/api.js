// SPDX-License-Identifier: Apache-2.0
// Requests to the member that served this page, and to no other: the policy of the page allows none.

const STORED = 'quiver-coordinator-key';
const PATIENCE = 10_000;
const LONG_PATIENCE = 45_000;

/** Where the member's routes begin, also behind a proxy that puts a path in front of them. */
export const BASE = new URL('.', document.baseURI);

let secret = sessionStorage.getItem(STORED) ?? '';

/** Whether there is a key to present. */
export function hasKey() {
  return secret !== '';
}

/** Presents this key from now on; `keep` lets it survive a reload of this tab. It is never written anywhere else. */
export function setKey(key, keep) {
  secret = key;
  if (keep && key !== '') sessionStorage.setItem(STORED, key);
  else sessionStorage.removeItem(STORED);
}

/** A request that was not answered with 2xx. `status` is 0 if there was no answer. */
export class Refused extends Error {
  constructor(status, problem) {
    super(problem.detail ?? problem.title ?? `HTTP status ${status}`);
    this.status = status;
    this.problem = problem;
  }

  /** Nobody knows whether it was done: to repeat it with the same key is safe. */
  get unknown() {
    return this.status === 0 || this.status === 504;
  }
}

/** JSON whose whole numbers are exact: those that a double cannot hold become strings. */
export function parse(text) {
  const exact = text.replace(/"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g, (token) =>
    /^-?\d+$/.test(token) && !Number.isSafeInteger(Number(token)) ? `"${token}"` : token);
  return JSON.parse(exact);
}

/** The headers of every request; the key is in none of its URLs. */
export function headers(more) {
  return secret === '' ? { ...more } : { Authorization: `Bearer ${secret}`, ...more };
}

/** Sends a request and returns the answer; a refusal is thrown. */
export async function send(method, path, { body, more, patience = PATIENCE } = {}) {
  const options = { method, headers: headers(more), cache: 'no-store', signal: AbortSignal.timeout(patience) };
  if (body !== undefined) {
    options.headers['Content-Type'] = 'application/json';
    options.body = JSON.stringify(body);
  }
  let response;
  let text;
  try {
    response = await fetch(new URL(path, BASE), options);
    text = await response.text();
  } catch (failure) {
    const late = failure.name === 'TimeoutError';
    throw new Refused(0, { title: 'No answer', detail: late ? `no answer within ${patience / 1000} s` : 'the member does not answer' });
  }
  if (!response.ok) throw new Refused(response.status, problemOf(text, response));
  return { text, headers: response.headers, status: response.status };
}

function problemOf(text, response) {
  try {
    return parse(text);
  } catch {
    return { title: response.statusText, detail: `HTTP status ${response.status}` };
  }
}

/** Reads JSON. */
export async function read(path) {
  return parse((await send('GET', path)).text);
}

/** Whether this member wants a key at all; asked without one, and no refusal is recorded for it. */
export async function wantsKey() {
  const response = await fetch(new URL('console', BASE), { method: 'HEAD', signal: AbortSignal.timeout(PATIENCE) });
  return response.headers.get('X-Quiver-Auth') !== 'open';
}

/** A name for a change, so that to repeat it does nothing more. `crypto.randomUUID` is missing on plain HTTP. */
export function freshName() {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** Sends a change. */
export async function change({ method, path, body, ifMatch, idempotent = true }, name) {
  const more = {};
  if (idempotent) more['Idempotency-Key'] = name;
  if (ifMatch !== undefined && ifMatch !== null) more['If-Match'] = `"${ifMatch}"`;
  const answer = await send(method, path, { body, more, patience: LONG_PATIENCE });
  return answer.text === '' ? null : parse(answer.text);
}

/** A path with values in it, each encoded. */
export function path(parts, ...values) {
  return parts.reduce((whole, part, i) => whole + encodeURIComponent(String(values[i - 1])) + part);
}
