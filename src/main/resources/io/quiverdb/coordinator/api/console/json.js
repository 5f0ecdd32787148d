// SPDX-License-Identifier: Apache-2.0
// The raw answer behind a card.
import { curlLine } from './commands.js';
import { closeDialog, openDialog } from './dialog.js';
import { h } from './dom.js';
import { copyButton } from './parts.js';

/** Shows what the member answered at this path. */
export function showJson(title, path, value) {
  const text = JSON.stringify(value, null, 2);
  openDialog(() => [
    h('h2', { id: 'dialog-title' }, `${title}: JSON`),
    h('p', { class: 'muted' }, `GET /${path}`),
    h('pre', { tabindex: '0', role: 'region', 'aria-label': 'JSON' }, text),
    h('div', { class: 'buttons' },
      copyButton('Copy JSON', text),
      copyButton('Copy curl', curlLine(path)),
      h('button', { type: 'button', onclick: closeDialog }, 'Close')),
  ]);
}
