// Keys: what users ask for, by several rankings, and at which hours.

import { h } from "../dom.js";
import * as format from "../format.js";
import { bar, cache_choice, card, choice, empty, locked, notice, one_cache, table, view_head } from "../parts.js";

const keys_shown = 50;
const rankings = [
  ["popular", "Popular"],
  ["trending", "Trending"],
  ["recent", "Recent"],
  ["due", "Due"],
];
const explained = {
  popular: "most accesses an hour, older ones counting less",
  trending: "those that grew most within 24 hours, against the 24 before",
  recent: "used last",
  due: "expected within the next hour",
};

function ranking(context) {
  return (context.form.ranking ??= "popular");
}

async function load_top(context) {
  await context.fetch("top", "/warming/top", { cache: one_cache(context), by: ranking(context), limit: keys_shown });
}

function heat_card(context) {
  const names = context.live.status.caches
    .map((cache) => cache.cache)
    .filter((name) => !context.cache || name === context.cache);
  const known = names.map((name) => [name, context.data[`patterns ${name}`]]).filter(([, answer]) => answer?.value);
  const refused = names.some((name) => context.data[`patterns ${name}`]?.error?.wants_token);
  return card(
    "Hours of the day",
    { note: `accesses by hour, ${zone_name()}` },
    refused ? locked(context, "Patterns of use") : null,
    known.length > 0
      ? heat_map(known.map(([name, answer]) => [name, in_local_hours(answer.value.hour_of_day)]))
      : refused
        ? null
        : empty("Nothing is known yet."),
  );
}

// The tracker counts by UTC hours; a zone that is off by part of an hour is shown by its whole hours.
function offset_hours() {
  return -Math.trunc(new Date().getTimezoneOffset() / 60);
}

function zone_name() {
  const hours = offset_hours();
  return hours === 0 ? "UTC" : `UTC${hours > 0 ? "+" : "−"}${Math.abs(hours)}`;
}

function in_local_hours(utc) {
  return utc.map((_, hour) => utc[(((hour - offset_hours()) % 24) + 24) % 24]);
}

function heat_map(list) {
  const now = new Date().getHours();
  return h(
    "div",
    { class: "scroll", tabindex: "0", role: "region", "aria-label": "Hours of the day, by cache" },
    h(
      "table",
      { class: "heat" },
      h("caption", { class: "hidden-text" }, "Accesses by hour of the day"),
      h(
        "thead",
        {},
        h(
          "tr",
          {},
          h("th", { scope: "col" }, h("span", { class: "hidden-text" }, "Cache")),
          ...Array.from({ length: 24 }, (_, hour) => h("th", { scope: "col" }, String(hour).padStart(2, "0"))),
        ),
      ),
      h(
        "tbody",
        {},
        ...list.map(([name, hours]) => {
          const most = Math.max(1, ...hours);
          return h(
            "tr",
            {},
            h("th", { scope: "row", title: name }, name),
            ...hours.map((number, hour) =>
              h(
                "td",
                {
                  class: hour === now ? "now" : null,
                  style: { "--heat": String(Math.round((number / most) * 100)) },
                  title: `${name}, ${String(hour).padStart(2, "0")}:00: ${format.count(number)} accesses`,
                },
                h("span", { class: "hidden-text" }, format.count(number)),
              ),
            ),
          );
        }),
      ),
    ),
  );
}

function key_cell(item) {
  return [
    h("span", { class: "key" }, format.key(item)),
    item.tags?.length > 0 ? h("span", { class: "sub" }, item.tags.join(", ")) : null,
  ];
}

function top_card(context) {
  const answer = context.data.top;
  const by = ranking(context);
  const switcher = choice("Ranking", rankings, by, async (value) => {
    context.form.ranking = value;
    context.data.top = undefined;
    context.redraw();
    await load_top(context);
    context.redraw();
  });
  return card(
    `Keys of ${one_cache(context)}`,
    { note: explained[by], end: switcher, kind: "flush" },
    top_body(context, answer, by),
  );
}

function top_body(context, answer, by) {
  if (answer?.error?.wants_token) return locked(context, "Rankings");
  if (answer?.error) return notice(answer.error.message, "bad");
  if (!answer) return empty("Asking…");
  const list = answer.value.keys;
  if (list.length === 0)
    return empty(
      by === "due"
        ? "No key is expected within the next hour."
        : by === "trending"
          ? "No key is trending."
          : "No accesses are known yet.",
    );
  const most = Math.max(...list.map((item) => item.rate_per_hour), 1e-9);
  return table(
    "Keys",
    [
      { label: "Key", wide: true, cell: key_cell },
      {
        label: "An hour",
        cell: (item) =>
          h(
            "span",
            {},
            bar(item.rate_per_hour / most),
            h("span", { class: "sub" }, `${format.short(item.rate_per_hour)} accesses`),
          ),
      },
      ...(by === "trending"
        ? [{ label: "In 24 hours", number: true, cell: (item) => format.short(item.window_accesses) }]
        : []),
      { label: "Ever", number: true, cell: (item) => format.short(item.count) },
      { label: "Last used", number: true, cell: (item) => format.relative(item.last_access) },
      {
        label: "Expected",
        number: true,
        cell: (item) => (item.next_access ? format.relative(item.next_access) : format.unknown),
      },
      { label: "A miss costs", number: true, cell: (item) => format.micros(item.cost_us) },
      { label: "Size", number: true, cell: (item) => (item.bytes > 0 ? format.bytes(item.bytes) : format.unknown) },
    ],
    list,
    (item) => format.key(item),
  );
}

export const view = {
  id: "keys",
  title: "Keys",
  async load(context) {
    const names = context.live.status.caches.map((cache) => cache.cache);
    await Promise.all([
      load_top(context),
      ...names.map((cache) => context.fetch(`patterns ${cache}`, "/warming/patterns", { cache })),
    ]);
  },
  render(context) {
    const tracker = context.live.status.tracker;
    const lede = `${format.count(tracker.keys)} keys and ${format.short(tracker.accesses)} accesses are known, in ${format.bytes(tracker.memory_bytes)}.`;
    return [
      view_head("Keys", tracker.restoring ? `${lede} History is still being read.` : lede, cache_choice(context)),
      h("div", { class: "stack" }, heat_card(context), top_card(context)),
    ];
  },
};
