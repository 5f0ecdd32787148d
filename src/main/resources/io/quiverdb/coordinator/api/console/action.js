// SPDX-License-Identifier: Apache-2.0
// The dialog of a change: what it does, what it needs, a dry run where there is one, the shard's or member's id typed
// where it destroys, and the command that does the same.
import { change, freshName } from './api.js';
import { commandLine } from './commands.js';
import { closeDialog, drawDialog, openDialog } from './dialog.js';
import { h } from './dom.js';
import { checks } from './dryrun.js';
import { blank } from './given.js';
import { copyButton, say } from './parts.js';

/**
 * Opens the dialog of an action:
 * `title`; `says`, sentences about the consequences; `fields` of `{name, label, type, required, hint, value, wrong}`,
 * where `type` is also `checkbox` or `lines`, and `wrong(value)` says why a value cannot be sent; `typed`, what must be
 * typed, or a function of the values that says it, with `typedAs`, what it is; `dryRun`, whether one must come first, and
 * `found(answer)`, what it says; `request(values)` and `command(values)`; `danger`; `done(answer)`, a sentence or
 * description.
 */
export function openAction(action) {
  const values = Object.fromEntries((action.fields ?? []).map((field) => [field.name, field.value ?? (field.type === 'checkbox' ? false : '')]));
  const form = { action, values, typed: '', name: freshName(), sent: '', busy: '', failure: null, answer: undefined, rehearsal: null, rehearsed: '' };
  openDialog(() => draw(form));
}

function draw(form) {
  const { action } = form;
  return [
    h('h2', { id: 'dialog-title' }, action.title),
    action.says.map((sentence, i) => h('p', { key: `says${i}` }, sentence)),
    h('form', { key: 'form', onsubmit: (event) => submitted(event, form), novalidate: true, 'aria-busy': form.busy ? 'true' : null },
      (action.fields ?? []).map((field) => fieldOf(form, field)),
      form.rehearsal ? (action.found ?? checks)(form.rehearsal) : null,
      typedText(form) === undefined ? null : typedField(form),
      outcome(form),
      h('div', { class: 'buttons' }, buttons(form))),
    h('div', { class: 'command' },
      h('code', { tabindex: '0', 'aria-label': 'the same as a command' }, commandLine(action.command(form.values))),
      copyButton('Copy command', commandLine(action.command(form.values)))),
  ];
}

function fieldOf(form, field) {
  const id = `field-${field.name}`;
  const set = (value) => {
    form.values[field.name] = value;
    // Another request is another change: the old name would be refused for it.
    form.name = freshName();
    drawDialog();
  };
  if (field.type === 'checkbox') {
    return h('div', { class: 'field check', key: id },
      h('input', { id, type: 'checkbox', checked: form.values[field.name], 'aria-describedby': field.hint ? `${id}-hint` : null, onchange: (event) => set(event.target.checked) }),
      h('label', { for: id }, field.label),
      field.hint ? h('p', { class: 'hint', id: `${id}-hint` }, field.hint) : null);
  }
  const common = {
    id,
    required: field.required ?? false,
    'aria-describedby': field.hint ? `${id}-hint` : null,
    value: form.values[field.name],
    oninput: (event) => set(event.target.value),
  };
  const wrong = wrongOf(form, field);
  return h('div', { class: 'field', key: id },
    h('label', { for: id }, field.label),
    field.type === 'lines'
      ? h('textarea', { ...common, rows: '4', spellcheck: 'false' })
      : h('input', { ...common, type: field.type ?? 'text', autocomplete: 'off', spellcheck: 'false', min: field.type === 'number' ? '0' : null }),
    field.hint ? h('p', { class: 'hint', id: `${id}-hint` }, field.hint) : null,
    wrong ? h('p', { class: 'note warn', key: 'wrong', role: 'status' }, wrong) : null);
}

/** Why a value cannot be sent; null for one that can, and for one that was not given. */
function wrongOf(form, field) {
  const value = form.values[field.name];
  return field.wrong && !blank(value) ? field.wrong(value) : null;
}

/** What must be typed to confirm; undefined for nothing. */
function typedText({ action, values }) {
  return typeof action.typed === 'function' ? action.typed(values) : action.typed;
}

function typedField(form) {
  const { action } = form;
  return h('div', { class: 'field', key: 'typed' },
    h('label', { for: 'field-typed' }, `Type ${action.typedAs}, ${typedText(form)}, to confirm`),
    h('input', {
      id: 'field-typed',
      autocomplete: 'off',
      spellcheck: 'false',
      value: form.typed,
      oninput: (event) => {
        form.typed = event.target.value;
        drawDialog();
      },
    }));
}

/** The first field that lacks its value, or has a wrong one, and why; null if there is none. */
function unfit(form) {
  for (const field of form.action.fields ?? []) {
    const empty = field.required && blank(form.values[field.name]);
    const why = empty ? `fill in: ${field.label}` : wrongOf(form, field);
    if (why) return { field, why };
  }
  return null;
}

/** Whether the next attempt is the same change under the same name as one that may have been done. */
function repeats(form) {
  return Boolean(form.failure?.unknown) && form.sent === form.name;
}

/** Why it cannot be done yet; null if it can. */
function missing(form) {
  const { action } = form;
  if (form.busy) return 'a request is under way';
  const fault = unfit(form);
  if (fault) return fault.why;
  if (action.dryRun && form.rehearsed !== JSON.stringify(form.values)) return 'make the dry run first';
  if (action.dryRun && form.rehearsal?.accepted !== true) return 'a check failed: correct what it says, then make the dry run again';
  const typed = typedText(form);
  if (typed !== undefined && form.typed.trim() !== typed) return `type ${action.typedAs} first`;
  return null;
}

function buttons(form) {
  const { action } = form;
  if (form.answer !== undefined) {
    return h('button', { type: 'button', key: 'close', onclick: closeDialog }, 'Close');
  }
  const why = missing(form);
  return [
    action.dryRun ? h('button', { type: 'button', key: 'dry', class: form.rehearsal ? '' : 'primary', disabled: Boolean(form.busy), onclick: () => rehearse(form) }, 'Dry run') : null,
    h('button', {
      type: 'submit',
      key: 'do',
      class: action.danger ? 'danger' : 'primary',
      'aria-disabled': why ? 'true' : null,
      title: why,
    }, repeats(form) ? `${action.verb}: repeat safely` : action.verb),
    h('button', { type: 'button', key: 'cancel', onclick: closeDialog }, 'Close'),
  ];
}

function outcome(form) {
  if (form.busy) return h('p', { class: 'note', role: 'status', key: 'busy' }, form.busy);
  if (form.answer !== undefined) {
    return h('div', { class: 'note good', role: 'status', key: 'answer' },
      form.action.done?.(form.answer) ?? 'Done.',
      h('details', null, h('summary', null, 'JSON'), h('pre', { tabindex: '0' }, JSON.stringify(form.answer, null, 2))));
  }
  if (!form.failure) return null;
  const { status, problem } = form.failure;
  return h('div', { class: 'note bad', role: 'alert', key: 'failure' },
    h('p', null, h('strong', null, status === 0 ? 'No answer' : `${status} ${problem.title ?? ''}`), `: ${form.failure.message}`),
    repeats(form) ? h('p', null, 'Nobody knows whether it was done. To repeat it here is safe: it carries the same idempotency key.') : null,
    status === 412 ? h('p', null, 'The map has changed since this dialog was opened: close it and look at it again.') : null,
    status === 0 ? null : h('details', null, h('summary', null, 'JSON'), h('pre', { tabindex: '0' }, JSON.stringify(problem, null, 2))));
}

async function rehearse(form) {
  const fault = unfit(form);
  if (fault) {
    say(fault.why);
    document.getElementById(`field-${fault.field.name}`)?.focus();
    return;
  }
  const values = JSON.stringify(form.values);
  const request = form.action.request(form.values);
  const dry = { ...request, path: `${request.path}${request.path.includes('?') ? '&' : '?'}dry_run=true`, ifMatch: null, idempotent: false };
  form.rehearsal = null;
  await run(form, 'The checks are under way.', dry, '', (answer) => {
    form.rehearsal = answer;
    form.rehearsed = values;
    say(answer.accepted ? 'the dry run found no obstacle' : 'a check failed');
  });
}

async function submitted(event, form) {
  event.preventDefault();
  const why = missing(form);
  if (why) {
    say(why);
    if (why === 'make the dry run first') await rehearse(form);
    return;
  }
  await run(form, 'Waiting for the cluster; this can take up to 30 s.', form.action.request(form.values), form.name, (answer) => {
    form.answer = answer ?? {};
    say('done');
  });
}

async function run(form, busy, request, name, success) {
  form.busy = busy;
  form.failure = null;
  form.sent = request.idempotent === false ? '' : name;
  drawDialog();
  try {
    success(await change(request, name));
  } catch (failure) {
    if (failure.status === undefined) throw failure;
    form.failure = failure;
    // A refusal is remembered under its name; after it, the next attempt is another one.
    if (!failure.unknown && failure.status !== 503) form.name = freshName();
  } finally {
    form.busy = '';
    drawDialog();
  }
}
