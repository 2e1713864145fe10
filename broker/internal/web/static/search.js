// A form with data-live searches while somebody types: the page is fetched with
// what the form asks, and the region that it names is put into the open page.
import { load } from "./refresh.js";
import { morph } from "./morph.js";

// A parameter of the address may be called like a member of a form, and hides it.
const attribute = (form, name) => Element.prototype.getAttribute.call(form, name);

const pause = 200;
let waiting;
let newest = 0;

export function searchWhileTyping() {
  for (const kind of ["input", "change"]) {
    document.addEventListener(kind, (event) => {
      const form = event.target.form;
      if (!form || !attribute(form, "data-live") || event.isComposing) return;
      clearTimeout(waiting);
      waiting = setTimeout(() => search(form), kind === "input" ? pause : 0);
    });
  }
}

async function search(form) {
  const turn = ++newest;
  const address = addressOf(form);
  if (address.href === location.href) return;
  const page = await load(address);
  if (turn !== newest) return; // more was typed meanwhile
  const from = document.getElementById(attribute(form, "data-live"));
  const to = page?.getElementById(attribute(form, "data-live"));
  if (!from || !to) return; // the button still works
  morph(from, to);
  history.replaceState(null, "", address);
}

// addressOf is where the form would lead, without what it does not ask.
function addressOf(form) {
  const address = new URL(attribute(form, "action") || location.pathname, location.href);
  for (const [name, value] of new FormData(form)) {
    if (value !== "") address.searchParams.append(name, value);
  }
  return address;
}
