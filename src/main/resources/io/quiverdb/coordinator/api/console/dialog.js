// SPDX-License-Identifier: Apache-2.0
// The one modal dialog of the page.
import { render } from './dom.js';

let content = null;
let before = null;

function dialog() {
  return document.getElementById('dialog');
}

/** Opens it with what `draw` describes. */
export function openDialog(draw) {
  content = draw;
  before = document.activeElement;
  drawDialog();
  dialog().onclose = () => {
    content = null;
    render(dialog());
    before?.focus?.();
  };
  if (!dialog().open) dialog().showModal();
}

/** Draws it again, if it is open. */
export function drawDialog() {
  if (content) render(dialog(), content());
}

/** Closes it; the focus returns to where it was. */
export function closeDialog() {
  dialog().close();
}
