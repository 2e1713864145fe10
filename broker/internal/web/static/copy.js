// What has data-copy gets a button that copies that text or, where the attribute
// is empty, what is seen.
import { make, say } from "./dom.js";

// addCopies adds the buttons below a root.
export function addCopies(root) {
  fillAddresses(root);
  for (const source of root.querySelectorAll("[data-copy]")) {
    if (source.nextElementSibling?.classList.contains("copy")) continue;
    const what = source.dataset.copyLabel || (source.matches("pre") ? captionOf(source) : source.textContent);
    source.after(make("button", { type: "button", class: "copy", "aria-label": "Copy " + what }, "Copy"));
  }
}

// fillAddresses puts the address of this broker, as the browser shows it, where a
// command has a place for it: the broker itself cannot know it for sure.
function fillAddresses(root) {
  for (const source of root.querySelectorAll("[data-here]")) {
    const text = source.querySelector("bdi") ?? source;
    text.textContent = text.textContent.replace(source.dataset.here, location.origin);
  }
}

function captionOf(pre) {
  return pre.closest("figure")?.querySelector("figcaption")?.textContent || "the command";
}

// copyOnClick listens for all the buttons, also those that come later.
export function copyOnClick() {
  document.addEventListener("click", async (event) => {
    const button = event.target.closest?.("button.copy");
    const source = button?.previousElementSibling;
    if (!source) return;
    const done = await copy(source.dataset.copy || source.textContent);
    button.textContent = done ? "Copied" : "Not copied";
    button.classList.add("said");
    say(button.textContent);
    setTimeout(() => {
      button.textContent = "Copy";
      button.classList.remove("said");
    }, 2000);
  });
}

// Browsers lend their clipboard to pages by HTTPS or on the machine itself. For
// the others there is the old way.
async function copy(text) {
  try {
    if (navigator.clipboard) {
      await navigator.clipboard.writeText(text);
      return true;
    }
  } catch {
    // refused: the old way may work
  }
  const field = make("textarea", { class: "unseen", readonly: true });
  const before = document.activeElement;
  field.value = text;
  document.body.append(field);
  field.select();
  const done = document.execCommand("copy");
  field.remove();
  before?.focus();
  return done;
}
