// Elements, made and kept up to date. Everything that comes from the server passes through here as text: there is no
// way in this file, or in any other of the dashboard, from a string to HTML.

const svg_tags = new Set(["svg", "use", "path", "line", "circle", "rect", "polyline", "polygon", "g", "text", "title"]);

// h("button", {class: "primary", onclick: run}, "Warm"): attributes by name, handlers as functions, `style` as an object
// of custom properties and properties, `value` and `checked` as properties. Children: elements, text, numbers, arrays;
// null and false are left out.
export function h(tag, attributes = {}, ...children) {
  const element = svg_tags.has(tag)
    ? document.createElementNS("http://www.w3.org/2000/svg", tag)
    : document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) set(element, name, value);
  append(element, children);
  return element;
}

function set(element, name, value) {
  if (value === null || value === undefined || value === false) return;
  if (typeof value === "function") {
    element[name] = value;
    (element.handlers ??= new Set()).add(name);
  } else if (name === "style") {
    for (const [property, setting] of Object.entries(value)) element.style.setProperty(property, setting);
  } else if (name === "value" || name === "checked") {
    element[name] = value;
  } else {
    element.setAttribute(name, value === true ? "" : String(value));
  }
}

function append(element, children) {
  for (const child of children.flat(Infinity)) {
    if (child === null || child === undefined || child === false) continue;
    element.append(child instanceof Node ? child : String(child));
  }
}

export function icon(name) {
  return h("svg", { "aria-hidden": "true", focusable: "false" }, h("use", { href: `#i-${name}` }));
}

// Makes the children of `root` equal to `wanted`, changing as little as possible: focus, selections, scroll positions
// and open <details> survive. An element with `data-keep` is left as it is when there is one of that name in its place.
export function render(root, ...wanted) {
  const target = h("div", {}, ...wanted);
  patch_children(root, target);
}

function patch_children(from, to) {
  const kept = new Map();
  for (const child of from.childNodes) {
    const name = identity(child);
    if (name) kept.set(name, child);
  }
  let at = from.firstChild;
  for (const child of [...to.childNodes]) {
    const name = identity(child);
    const match = name ? kept.get(name) : at && !identity(at) && same_kind(at, child) ? at : null;
    if (!match) {
      from.insertBefore(child, at);
      continue;
    }
    if (match === at) at = at.nextSibling;
    else from.insertBefore(match, at);
    kept.delete(name);
    patch(match, child);
  }
  while (at) {
    const next = at.nextSibling;
    at.remove();
    at = next;
  }
}

function identity(node) {
  if (node.nodeType !== Node.ELEMENT_NODE) return null;
  return node.dataset.keep ?? node.dataset.id ?? null;
}

function same_kind(a, b) {
  return a.nodeType === b.nodeType && a.nodeName === b.nodeName;
}

function patch(from, to) {
  if (from.nodeType === Node.TEXT_NODE) {
    if (from.data !== to.data) from.data = to.data;
    return;
  }
  if (from.dataset.keep) return;
  patch_attributes(from, to);
  patch_children(from, to);
  if (from.nodeName === "SELECT" && from !== document.activeElement && from.value !== to.value) from.value = to.value;
}

// The page's policy forbids the attribute `style`, and allows what scripts do to styles.
function put(element, name, value) {
  if (name === "style") element.style.cssText = value;
  else element.setAttribute(name, value);
}

// What the user changes is the user's: the open state of <details>, and the text of a field that has the focus.
function patch_attributes(from, to) {
  for (const { name } of [...from.attributes])
    if (!to.hasAttribute(name) && !(name === "open" && from.nodeName === "DETAILS")) from.removeAttribute(name);
  for (const { name, value } of [...to.attributes]) if (from.getAttribute(name) !== value) put(from, name, value);
  for (const name of from.handlers ?? []) if (!to.handlers?.has(name)) from[name] = null;
  for (const name of to.handlers ?? []) from[name] = to[name];
  from.handlers = to.handlers;
  if (from.nodeName === "INPUT" && from !== document.activeElement) {
    if (from.value !== to.value) from.value = to.value;
    if (from.checked !== to.checked) from.checked = to.checked;
  }
}
