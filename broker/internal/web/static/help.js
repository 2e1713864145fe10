// The help of the keyboard.
import { make, modal } from "./dom.js";
import { setSingleKeys, singleKeys } from "./keys.js";

const keys = [
  ["/", "Search on this page"],
  ["Ctrl K", "Go to an application or a page (Cmd K on a Mac)"],
  ["?", "This help"],
  ["Esc", "Close what is open"],
];

// helpButton makes the button of the footer open the help.
export function helpButton() {
  document.addEventListener("click", (event) => {
    if (event.target.closest?.("[data-help]")) openHelp();
  });
}

export function openHelp() {
  const list = make("dl");
  for (const [key, what] of keys) {
    list.append(make("div", {}, make("dt", {}, make("kbd", {}, key)), make("dd", {}, what)));
  }
  const box = make("input", { type: "checkbox", id: "single-keys", change: () => setSingleKeys(box.checked) });
  box.checked = singleKeys();
  const dialog = modal(
    "Keyboard",
    make("h2", {}, "Keyboard"),
    list,
    make("p", { class: "check" }, box, make("label", { for: "single-keys" }, "Single keys, such as / and ?")),
    make("p", { class: "buttons" }, make("button", { type: "button", click: () => dialog.close() }, "Close")),
  );
}
