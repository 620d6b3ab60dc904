// The dashboard: which view is shown, and what all views share. Views are functions of the state; they are rendered
// again whenever it changes, at most once a frame.

import * as api from "./api.js";
import { forget_gone } from "./charts.js";
import { ask_token, toast } from "./dialogs.js";
import { h, icon, render } from "./dom.js";
import * as format from "./format.js";
import { live } from "./live.js";
import { dot } from "./parts.js";
import { view as keys } from "./views/keys.js";
import { view as overview } from "./views/overview.js";
import { view as plan } from "./views/plan.js";
import { view as schedule } from "./views/schedule.js";
import { view as strategies } from "./views/strategies.js";
import { view as system } from "./views/system.js";

const views = [overview, plan, strategies, keys, schedule, system];
const connection = new live(() => redraw());
let current = overview;
let scheduled = false;

// What a view is given.
const context = {
  live: connection.state,
  cache: "", // that the user chose; empty: all
  data: {}, // what views asked for, by their own names
  form: {}, // what the user entered
  choose_cache(name) {
    context.cache = name;
    load();
  },
  async enter_token(why) {
    if (!(await ask_token(why))) return;
    connection.restart();
    load();
  },
  redraw: () => redraw(),
  reload: () => load(),
  refresh: () => connection.poll(),
};

function redraw() {
  if (scheduled) return;
  scheduled = true;
  requestAnimationFrame(() => {
    scheduled = false;
    draw();
  });
}

function draw() {
  draw_frame();
  const main = document.getElementById("view");
  const { status, error } = connection.state;
  if (!status) {
    render(main, h("p", { class: "empty" }, error ? `No answer yet: ${error}. Trying again.` : "Connecting…"));
    return;
  }
  render(main, ...[current.render(context)].flat());
  current.draw?.(context);
  forget_gone();
}

const connections = {
  live: ["good", "Live"],
  polling: ["warn", "Polling"],
  connecting: ["", "Connecting"],
  offline: ["bad", "Offline"],
};

function draw_frame() {
  const [tone, word] = connections[connection.state.connection];
  const last = connection.state.received;
  const since = connection.state.connection === "offline" && last ? ` since ${format.of_day(last)}` : "";
  render(document.getElementById("connection"), dot(tone, tone === "good"), word + since);
  render(
    document.getElementById("nav"),
    h(
      "ul",
      {},
      ...views.map((view) =>
        h(
          "li",
          {},
          h(
            "a",
            { href: `#${view.id}`, "aria-current": view === current ? "page" : null },
            icon(view.id),
            h("span", {}, view.title),
          ),
        ),
      ),
    ),
  );
  const button = document.getElementById("token-button");
  button.classList.toggle("set", Boolean(api.token()));
  button.setAttribute("aria-label", api.token() ? "Token: entered" : "Token: none entered");
  document
    .getElementById("theme-button")
    .setAttribute("aria-label", `Theme: ${document.documentElement.dataset.theme ?? "as the system"}`);
}

// Asks for what the view needs beyond the status; a refusal is part of the view, and no message.
async function load() {
  redraw();
  const view = current;
  if (!view.load || !connection.state.status) return;
  await view.load(context);
  if (view === current) redraw();
}

// For views: asks, and keeps the answer or the error under `name`, unless another question was asked meanwhile.
context.fetch = async (name, path, query) => {
  const asked = (context.data[`${name} asked`] = Symbol(name));
  let result;
  try {
    result = { value: await api.get(path, query) };
  } catch (error) {
    result = { ...context.data[name], error };
  }
  if (context.data[`${name} asked`] === asked) context.data[name] = result;
};

function navigate() {
  const id = location.hash.slice(1).split("/")[0];
  current = views.find((view) => view.id === id) ?? overview;
  document.title = `${current.title} · Stoker`;
  document.getElementById("view").replaceChildren();
  load();
  scrollTo(0, 0);
}

function next_theme() {
  const order = [undefined, "light", "dark"];
  const root = document.documentElement;
  const next = order[(order.indexOf(root.dataset.theme) + 1) % order.length];
  if (next) root.dataset.theme = next;
  else delete root.dataset.theme;
  try {
    if (next) localStorage.setItem("stoker-theme", next);
    else localStorage.removeItem("stoker-theme");
  } catch {
    // Then it holds until the page is left.
  }
  toast("Theme", next ?? "as the system");
  redraw();
}

function begin() {
  addEventListener("hashchange", () => {
    navigate();
    document.getElementById("view").focus({ preventScroll: true });
  });
  document.getElementById("token-button").onclick = () => context.enter_token();
  document.getElementById("theme-button").onclick = next_theme;
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
  setInterval(() => load(), 10_000);
  navigate();
  connection.start();
  const first = setInterval(() => {
    if (!connection.state.status) return;
    clearInterval(first);
    load();
  }, 50);
}

begin();
