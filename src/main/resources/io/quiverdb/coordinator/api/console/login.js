// SPDX-License-Identifier: Apache-2.0
// Asks for the key. It is kept in memory, or in this tab's session if that is wanted; never anywhere else.
import { setKey } from './api.js';
import { h } from './dom.js';

let problem = '';

/** `wrong`: a key was presented already and was refused. */
export function login(wrong, entered) {
  return h('section', { class: 'card login', 'aria-labelledby': 'login-title', key: 'login' },
    h('h2', { id: 'login-title' }, 'This member wants a key'),
    wrong ? h('p', { class: 'note bad', role: 'alert' }, 'The key is not known here.') : null,
    h('p', null, 'A key with the role read shows everything; changes take one with the role admin.'),
    location.protocol === 'https:' || ['localhost', '127.0.0.1', '[::1]'].includes(location.hostname) ? null :
      h('p', { class: 'note warn' }, 'This page came over plain HTTP: the key can be read on the way. Use the TLS port if there is one.'),
    h('form', { key: 'form', onsubmit: (event) => submitted(event, entered) },
      h('div', { class: 'field' },
        h('label', { for: 'key' }, 'API key'),
        h('input', { id: 'key', type: 'password', autocomplete: 'off', required: true, 'aria-describedby': 'key-problem' }),
        h('p', { class: 'hint', id: 'key-problem' }, problem)),
      h('div', { class: 'field check' },
        h('input', { id: 'keep', type: 'checkbox', 'aria-describedby': 'keep-hint' }),
        h('label', { for: 'keep' }, 'Keep it until this tab is closed'),
        h('p', { class: 'hint', id: 'keep-hint' }, 'In sessionStorage. Without it a reload asks again.')),
      h('div', { class: 'buttons' }, h('button', { type: 'submit', class: 'primary' }, 'Enter'))));
}

function submitted(event, entered) {
  event.preventDefault();
  const key = document.getElementById('key').value.trim();
  problem = /^[!-~]+$/.test(key) ? '' : 'A key has visible ASCII characters only, and no space.';
  document.getElementById('key-problem').textContent = problem;
  if (problem !== '') return;
  setKey(key, document.getElementById('keep').checked);
  entered();
}
