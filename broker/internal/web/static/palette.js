// The palette goes to an application, an environment, a version, a label or a page by
// its name. What it finds comes from the page that its link leads to without script.
import { make, modal, say } from "./dom.js";

const most = 12;

// paletteLink makes the link of the header open the palette.
export function paletteLink() {
  document.addEventListener("click", (event) => {
    const isPlain = event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey;
    if (!isPlain || !event.target.closest?.("a[data-palette]")) return;
    event.preventDefault();
    openPalette();
  });
}

export function openPalette() {
  if (document.querySelector("dialog.palette")) return;
  const list = make("ul", { role: "listbox", id: "palette-found", "aria-label": "Found" });
  const field = make("input", {
    type: "search", role: "combobox", "aria-label": "Application, environment, version or page", "aria-controls": "palette-found", "aria-expanded": "true",
    "aria-autocomplete": "list", autocomplete: "off", spellcheck: "false", placeholder: "Application, environment, version or page",
  });
  const nothing = make("p", { class: "muted small" });
  const dialog = modal("Go to", field, list, nothing);
  dialog.classList.add("palette");
  let chosen = 0;
  let turn = 0;
  let looked = "";
  let waiting;

  const options = () => [...list.children];
  const choose = (at) => {
    const all = options();
    chosen = all.length ? (at + all.length) % all.length : 0;
    all.forEach((option, i) => option.setAttribute("aria-selected", String(i === chosen)));
    field.setAttribute("aria-activedescendant", all[chosen]?.id ?? "");
    all[chosen]?.scrollIntoView({ block: "nearest" });
  };
  const show = (found) => {
    list.replaceChildren(...found.slice(0, most).map(({ link, kind }, i) => {
      const name = make("span");
      name.append(...[...link.childNodes].map((node) => document.importNode(node, true))); // with the marks of hidden characters
      return make("li", { role: "option", id: "palette-" + i, "data-url": link.href }, name, make("span", { class: "muted small" }, kind));
    }));
    choose(0);
  };
  const look = async () => {
    const mine = ++turn;
    const words = field.value.trim();
    looked = words;
    if (!words) {
      show(pages());
      nothing.textContent = "";
      return;
    }
    const found = await find(words);
    if (mine !== turn) return;
    show(found ?? []);
    nothing.textContent = !found ? "The broker does not answer." : found.length ? "" : `Nothing is called “${words}”: no application, environment, version, label or page.`;
    say(!found ? "The broker does not answer" : found.length === 1 ? "1 found" : `${found.length} found`);
  };
  const go = (option) => {
    if (option) location.assign(option.dataset.url);
  };
  field.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(look, 120);
  });
  field.addEventListener("keydown", async (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      event.preventDefault();
      choose(chosen + step);
    } else if (event.key === "Enter" && !event.isComposing) {
      event.preventDefault();
      clearTimeout(waiting);
      if (field.value.trim() !== looked) await look();
      go(options()[chosen]);
    }
  });
  list.addEventListener("click", (event) => go(event.target.closest("li")));
  show(pages());
  field.focus();
}

// pages are those of the navigation.
function pages() {
  return [...document.querySelectorAll("header nav a")].map((link) => ({ link, kind: "page" }));
}

// find asks the page that finds; it is undefined if that does not answer.
async function find(words) {
  const address = new URL(document.querySelector("a[data-palette]").href);
  address.searchParams.set("q", words);
  try {
    const response = await fetch(address, { headers: { Accept: "text/html" } });
    if (!response.ok) return undefined;
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    return [...page.querySelectorAll("main tbody tr")].map((row) => ({ link: absolute(row.querySelector("th a"), address), kind: row.querySelector("td").textContent.trim() }));
  } catch {
    return undefined;
  }
}

// absolute is a link of another document with its address made whole.
function absolute(link, base) {
  const whole = document.importNode(link, true);
  whole.href = new URL(link.getAttribute("href"), base).href;
  return whole;
}
