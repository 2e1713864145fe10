// Pages are fetched again, whole, and what changed is put into the open one.
import { addCopies } from "./copy.js";
import { morph } from "./morph.js";
import { readClock } from "./times.js";

// load fetches a page. It returns null where there is none to show.
export async function load(address) {
  let response;
  try {
    response = await fetch(address, { headers: { Accept: "text/html" } });
  } catch {
    return null; // the broker does not answer
  }
  const isPage = response.headers.get("Content-Type")?.startsWith("text/html");
  const isGone = response.status === 404; // which is worth knowing
  if (!isPage || (!response.ok && !isGone)) return null;
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  addCopies(page);
  return page;
}

let newest = 0;

// refresh shows the page as it is now. Focus, selection, scrolling, what is open
// and what somebody typed stay. It reports whether it could.
export async function refresh() {
  const turn = ++newest;
  const address = location.href;
  const page = await load(address);
  // A later call has overtaken this one, or somebody has searched meanwhile.
  if (!page || turn !== newest || address !== location.href) return false;
  for (const part of ["main", "footer"]) {
    const from = document.querySelector(part);
    const to = page.querySelector(part);
    if (from && to) morph(from, to);
  }
  document.title = page.title;
  readClock(document);
  document.dispatchEvent(new CustomEvent("treaty:refreshed"));
  return true;
}
