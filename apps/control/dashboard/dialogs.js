// Questions to the user, and what to tell of what was done.

import * as api from "./api.js";
import { h } from "./dom.js";
import { button } from "./parts.js";

const toast_ms = 7_000;
const most_toasts = 4;

export function toast(title, text = "", bad = false) {
  const list = document.getElementById("toasts");
  const item = h("div", { class: bad ? "toast bad" : "toast" }, h("b", {}, title), text ? h("span", {}, text) : null);
  list.append(item);
  while (list.children.length > most_toasts) list.firstChild.remove();
  setTimeout(() => item.remove(), toast_ms);
}

// Shows a form; resolves with what `value` makes of it, or null when it is put away.
function question(title, body, verb, value, extra = null) {
  const dialog = document.getElementById("dialog");
  return new Promise((resolve) => {
    let result = null;
    const form = h(
      "form",
      {
        method: "dialog",
        onsubmit: (event) => {
          event.preventDefault();
          result = value(form);
          dialog.close();
        },
      },
      h("h2", { id: "dialog-title" }, title),
      ...body,
      h(
        "div",
        { class: "dialog-foot" },
        extra?.(() => dialog.close()),
        button("Cancel", () => dialog.close()),
        h("button", { type: "submit", class: "button primary" }, verb),
      ),
    );
    dialog.replaceChildren(form);
    dialog.onclose = () => resolve(result);
    dialog.onclick = (event) => {
      if (event.target === dialog) dialog.close(); // beside the form
    };
    dialog.showModal();
  });
}

// True when a token was entered, or taken away.
export async function ask_token(why = "") {
  const input = h("input", {
    type: "password",
    id: "token-field",
    autocomplete: "off",
    spellcheck: "false",
    value: api.token(),
  });
  let cleared = false;
  const forget = (close) =>
    api.token()
      ? button("Forget it", () => {
          api.set_token("");
          cleared = true;
          close();
        })
      : null;
  const entered = await question(
    "Access token",
    [
      why ? h("p", {}, why) : null,
      h(
        "p",
        {},
        "Whoever changes something needs the server’s token. The daemon keeps it in the file ",
        h("code", {}, "control.token"),
        " of its state folder. It stays in this tab until the tab is closed.",
      ),
      h("div", { class: "field" }, h("label", { for: "token-field" }, "Token"), input),
    ],
    "Use it",
    () => input.value.trim(),
    forget,
  );
  if (entered) api.set_token(entered);
  return cleared || Boolean(entered);
}

export async function confirm(title, text, verb) {
  return (await question(title, [h("p", {}, text)], verb, () => true)) === true;
}

// Does what the user asked for; asks for the token when the server wants one, and tells what came of it.
export async function perform(task, done) {
  for (let attempt = 0; attempt < 3; ++attempt) {
    try {
      const result = await task();
      const [title, text] = done(result);
      toast(title, text);
      return result;
    } catch (error) {
      if (!error.wants_token) {
        toast("That did not work", error.message, true);
        return null;
      }
      const why = api.token() ? "The server does not take the token that was entered." : "";
      if (!(await ask_token(why))) return null;
    }
  }
  return null;
}
