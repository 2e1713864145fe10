// morph makes one element like another. Nodes that are in both stay, and with
// them focus, selection, scrolling, what is open and what somebody typed.
export function morph(from, to) {
  const focused = document.activeElement;
  const selection = focused && from.contains(focused) ? selectionOf(focused) : null;
  change(from, to);
  if (!selection || document.activeElement === focused) return;
  if (focused.isConnected) {
    // it was moved, and lost the focus on the way
    focused.focus({ preventScroll: true });
    selection.restore();
  } else {
    const main = document.querySelector("main");
    main?.focus({ preventScroll: true }); // not the top of the page
  }
}

function selectionOf(element) {
  const { selectionStart, selectionEnd } = element;
  return {
    restore() {
      if (selectionStart !== null && selectionStart !== undefined) element.setSelectionRange(selectionStart, selectionEnd);
    },
  };
}

function change(from, to) {
  attributes(from, to);
  children(from, to);
}

// isReaders reports whether an attribute belongs to the reader: what is open is
// theirs. What they typed or chose is no attribute, and browsers keep it.
function isReaders(element, name) {
  return name === "open" && (element.nodeName === "DETAILS" || element.nodeName === "DIALOG");
}

function attributes(from, to) {
  for (const { name, value } of to.attributes) {
    if (!isReaders(from, name) && from.getAttribute(name) !== value) from.setAttribute(name, value);
  }
  for (const { name } of [...from.attributes]) {
    if (!isReaders(from, name) && !to.hasAttribute(name)) from.removeAttribute(name);
  }
}

// keyOf tells things of a list apart: a row stays the row of the same thing,
// wherever it moves to.
function keyOf(node) {
  if (node.nodeType !== Node.ELEMENT_NODE) return "";
  if (node.id) return node.nodeName + "#" + node.id;
  if (!["TR", "LI", "DETAILS"].includes(node.nodeName)) return "";
  const name = node.querySelector("a[href]")?.getAttribute("href") || node.querySelector("summary")?.textContent;
  return name ? node.nodeName + " " + name : "";
}

function children(from, to) {
  const wanted = [...to.childNodes].map((node) => [keyOf(node), node]);
  const keys = new Set(wanted.map(([key]) => key));
  const known = new Map();
  for (const child of [...from.childNodes]) {
    const key = keyOf(child);
    if (!key) continue;
    if (!keys.has(key)) child.remove();
    else if (known.has(key)) known.get(key).push(child);
    else known.set(key, [child]);
  }
  let at = from.firstChild;
  for (const [key, node] of wanted) {
    let match = key && known.get(key)?.shift(); // several about one thing stay in their order
    if (!key) match = at && !keyOf(at) && at.nodeName === node.nodeName ? at : null;
    if (!match) {
      from.insertBefore(document.importNode(node, true), at);
      continue;
    }
    if (match === at) at = at.nextSibling;
    else if (from.moveBefore) from.moveBefore(match, at);
    else from.insertBefore(match, at);
    if (node.nodeType === Node.ELEMENT_NODE) change(match, node);
    else if (match.data !== node.data) match.data = node.data;
  }
  while (at) {
    const next = at.nextSibling;
    at.remove();
    at = next;
  }
}
