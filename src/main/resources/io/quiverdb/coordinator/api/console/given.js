// SPDX-License-Identifier: Apache-2.0
// What was entered in the fields of a dialog.

/** Whether nothing was entered. */
export function blank(value) {
  return String(value).trim() === '';
}

/** The numbers that were entered, by name, for a body. */
export function numbers(values) {
  return Object.fromEntries(entered(values).map(([name, value]) => [name, Number(value)]));
}

/** The options of a command line for what was entered. */
export function options(values) {
  return entered(values).flatMap(([name, value]) => [`--${name}`, String(value).trim()]);
}

function entered(values) {
  return Object.entries(values).filter(([, value]) => !blank(value));
}

/** The words of each line that has some. */
export function lines(text) {
  return text.split('\n').map((line) => line.trim().split(/\s+/)).filter(([word]) => word !== '');
}
