"use strict";

// The address is in the fragment, so that a page can be bookmarked and the
// back button works. It stays encoded: a name may hold a slash or a percent.
const byId = (id) => document.getElementById(id);

function current() {
  return location.hash.slice(1) || "/";
}

async function show() {
  const address = current();
  byId("address").value = address;
  const target = new URL(address, location.origin);
  byId("links").replaceChildren();
  if (target.origin !== location.origin) {
    byId("status").textContent = "This address belongs to another server: " + target.href;
    byId("document").textContent = "";
    return;
  }
  const response = await fetch(target, { headers: { Accept: "application/hal+json, application/json;q=0.9, text/plain;q=0.5" } });
  const text = await response.text();
  byId("status").textContent = response.status + " " + (response.headers.get("Content-Type") || "");
  let doc;
  try {
    doc = JSON.parse(text);
  } catch {
    byId("document").textContent = text;
    return;
  }
  byId("document").textContent = visible(JSON.stringify(doc, null, 2));
  byId("links").append(linkTable(doc._links || {}));
}

// visible writes what cannot be seen as an escape, which JSON reads back.
function visible(text) {
  return text.replace(/[\u007f-\u00a0\p{Cf}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu, (hidden) =>
    hidden.split("").map((unit) => "\\u" + unit.charCodeAt(0).toString(16).padStart(4, "0")).join(""));
}

function linkTable(links) {
  const table = document.createElement("table");
  const head = table.createTHead().insertRow();
  for (const title of ["Relation", "Address"]) {
    const cell = document.createElement("th");
    cell.scope = "col";
    cell.textContent = title;
    head.append(cell);
  }
  const body = table.createTBody();
  for (const [rel, value] of Object.entries(links)) {
    if (rel === "curies") continue;
    for (const link of [].concat(value)) body.append(linkRow(rel, link));
  }
  if (!body.rows.length) return "";
  const frame = document.createElement("div");
  frame.className = "table";
  frame.append(table);
  return frame;
}

function linkRow(rel, link) {
  const row = document.createElement("tr");
  const name = document.createElement("th");
  name.scope = "row";
  name.append(docLink(rel));
  const small = document.createElement("div");
  small.className = "small muted";
  for (const text of [link.name, link.title].filter(Boolean)) {
    const isolated = document.createElement("bdi");
    isolated.textContent = visible(text);
    small.append(small.childNodes.length ? " - " : "", isolated);
  }
  if (small.childNodes.length) name.append(small);
  const target = document.createElement("td");
  target.dataset.label = "Address";
  const anchor = document.createElement("a");
  anchor.textContent = link.href;
  anchor.href = "#" + link.href;
  if (/\{\w+\}/.test(link.href)) anchor.addEventListener("click", (event) => fill(event, link.href));
  target.append(anchor);
  row.append(name, target);
  return row;
}

function docLink(rel) {
  const anchor = document.createElement("a");
  anchor.textContent = rel;
  anchor.href = "../doc/" + encodeURIComponent(rel.replace(/^\w+:/, ""));
  return anchor;
}

function fill(event, template) {
  event.preventDefault();
  let missing = false;
  const href = template.replace(/\{(\w+)\}/g, (whole, name) => {
    const value = prompt(name);
    if (value === null) missing = true;
    return encodeURIComponent(value || "");
  });
  if (!missing) location.hash = href;
}

byId("go").addEventListener("submit", (event) => {
  event.preventDefault();
  location.hash = byId("address").value;
});
addEventListener("hashchange", show);
show();
