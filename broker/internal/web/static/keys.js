// Keys: "/" goes to the search of the page, "?" shows the help, Ctrl-K or Cmd-K
// opens the palette. Single keys can be switched off: whoever speaks to the
// computer presses them by accident.
const setting = "treaty-single-keys";

export function singleKeys() {
  try {
    return localStorage.getItem(setting) !== "off";
  } catch {
    return true; // nothing is kept in this browser
  }
}

export function setSingleKeys(on) {
  try {
    localStorage.setItem(setting, on ? "on" : "off");
  } catch {
    // as above
  }
}

export function listenToKeys({ palette, help }) {
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.isComposing) return;
    if (event.key.toLowerCase() === "k" && (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey) {
      event.preventDefault();
      palette();
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target) || document.querySelector("dialog[open]") || !singleKeys()) return;
    if (event.key === "/") {
      event.preventDefault();
      const field = document.querySelector("main [data-search]");
      if (field) {
        field.focus();
        field.select();
      } else palette();
    } else if (event.key === "?") {
      event.preventDefault();
      help();
    }
  });
}

function isTyping(element) {
  return element.isContentEditable || ["INPUT", "TEXTAREA", "SELECT"].includes(element.nodeName);
}
