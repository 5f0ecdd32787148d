// SPDX-License-Identifier: Apache-2.0
// Descriptions of elements, and a page that is made to look like them. Text becomes text nodes only: nothing here reads
// markup, so what a shard or a router calls itself cannot become an element or a script.

/** Properties that are set on the element; a live input must not be fed by its attribute. */
const PROPERTIES = new Set(['value', 'checked', 'disabled', 'max']);

/** Attributes that can hold code or markup. */
const REFUSED = /^(style|srcdoc|innerhtml|outerhtml)$/i;

/** Describes an element. `key` keeps it the same one while its siblings come and go; `on…` are functions. */
export function h(tag, props, ...children) {
  return { tag, props: props ?? {}, children: flat(children), key: props?.key };
}

function flat(children) {
  return children
    .flat(Infinity)
    .filter((child) => child !== null && child !== undefined && child !== false && child !== '')
    .map((child) => (typeof child === 'object' ? child : String(child)));
}

/** Makes the children of an element look like these. What is the same stays: focus, selection and scrolling too. */
export function render(parent, ...children) {
  const wanted = flat(children);
  const keys = new Set(wanted.map((child) => child.key).filter((key) => key !== undefined));
  const keyed = new Map();
  for (const child of [...parent.childNodes]) {
    if (child.quiverKey === undefined) continue;
    if (keys.has(child.quiverKey)) keyed.set(child.quiverKey, child);
    else child.remove();
  }
  let place = parent.firstChild;
  for (const child of wanted) {
    const known = child.key === undefined ? place : keyed.get(child.key);
    let node = known && fits(known, child) ? known : null;
    if (node === null) node = create(child);
    else place = upTo(node, place);
    if (node !== place) parent.insertBefore(node, place);
    update(node, child);
    place = node.nextSibling;
  }
  while (place) {
    const next = place.nextSibling;
    place.remove();
    place = next;
  }
}

/** Drops what is in front of a node that stays: to move that one would take the focus from it. */
function upTo(node, place) {
  while (place && place !== node && place.quiverKey === undefined) {
    const next = place.nextSibling;
    place.remove();
    place = next;
  }
  return place;
}

function fits(node, child) {
  if (typeof child === 'string') return node.nodeType === Node.TEXT_NODE;
  return node.quiverTag === child.tag && node.quiverKey === child.key;
}

function create(child) {
  if (typeof child === 'string') return document.createTextNode(child);
  const node = document.createElement(child.tag);
  node.quiverTag = child.tag;
  node.quiverKey = child.key;
  return node;
}

function update(node, child) {
  if (typeof child === 'string') {
    if (node.data !== child) node.data = child;
    return;
  }
  // The children first: a list shows a value only once it has the option.
  render(node, child.children);
  const before = node.quiverProps ?? {};
  for (const name of Object.keys(before)) {
    if (!(name in child.props)) set(node, name, null);
  }
  for (const [name, value] of Object.entries(child.props)) {
    if (before[name] !== value || PROPERTIES.has(name)) set(node, name, value);
  }
  node.quiverProps = child.props;
}

function set(node, name, value) {
  if (name === 'key') return;
  if (REFUSED.test(name)) throw new Error(`the attribute ${name} is not set here`);
  if (name.startsWith('on')) {
    if (value !== null && typeof value !== 'function') throw new Error(`${name} wants a function`);
    node[name] = value;
  } else if (PROPERTIES.has(name)) {
    // A progress of 0 reads as one that is not known, until it is set.
    if (node[name] !== (value ?? '') || (node.localName === 'progress' && !node.hasAttribute(name))) node[name] = value ?? '';
  } else if (value === null || value === undefined || value === false) {
    node.removeAttribute(name);
  } else {
    node.setAttribute(name, value === true ? '' : value);
  }
}
