// SPDX-License-Identifier: Apache-2.0
// The same by typing: command lines and curl. None holds the key; it is taken from QUIVER_API_KEY.
import { BASE } from './api.js';
import { shellLine } from './text.js';

/** A command line of the coordinator that asks this member. */
export function commandLine(words) {
  const endpoint = BASE.href.replace(/\/$/, '');
  return shellLine(['quiver-coordinator', ...words, '--endpoint', endpoint]);
}

/** The same read with curl. */
export function curlLine(path) {
  return `curl -s ${shellLine([new URL(path, BASE).href])} -H "Authorization: Bearer $QUIVER_API_KEY"`;
}

/** Copies a text; true if the browser did. Its clipboard is missing on plain HTTP, so the old way is tried too. */
export async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copiedBySelection(text);
  }
}

function copiedBySelection(text) {
  const area = document.createElement('textarea');
  area.value = text;
  area.className = 'hidden';
  area.setAttribute('aria-hidden', 'true');
  const where = document.querySelector('dialog[open]') ?? document.body;
  where.append(area);
  const before = document.activeElement;
  area.select();
  const done = document.execCommand('copy');
  area.remove();
  before?.focus?.();
  return done;
}
