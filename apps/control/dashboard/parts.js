// Parts that views are put together from.

import { h, icon } from "./dom.js";

export function view_head(title, lede, ...actions) {
  return h(
    "header",
    { class: "view-head" },
    h("div", {}, h("h1", { id: "view-title" }, title), lede ? h("p", { class: "lede" }, lede) : null),
    actions.flat().some(Boolean) ? h("div", { class: "actions" }, ...actions) : null,
  );
}

export function card(title, { note, end, kind = "", label } = {}, ...body) {
  return h(
    "section",
    { class: `card ${kind}`, "aria-label": label ?? title },
    title
      ? h(
          "header",
          {},
          h("h2", {}, title),
          note ? h("span", { class: "note" }, note) : null,
          end ? h("div", { class: "end" }, end) : null,
        )
      : null,
    ...body,
  );
}

export function figures(...list) {
  return h("dl", { class: "figures" }, ...list);
}

export function figure(label, value, detail, { tone = "", unit = "", dot = "" } = {}) {
  return h(
    "div",
    { class: "figure" },
    h("dt", {}, dot ? h("span", { class: `dot ${dot}` }) : null, label),
    h("dd", { class: `value ${tone}` }, value, unit ? h("small", {}, ` ${unit}`) : null),
    h("dd", { class: "detail" }, detail),
  );
}

export function bar(fraction, tone = "", says = "") {
  const width = `${(Math.min(1, Math.max(0, fraction || 0)) * 100).toFixed(1)}%`;
  return h(
    "span",
    {
      class: `bar ${tone}`,
      role: says ? "img" : null,
      "aria-label": says || null,
      "aria-hidden": says ? null : "true",
    },
    h("i", { style: { width } }),
  );
}

export function progress_bar(done, total, says) {
  const width = `${total > 0 ? ((done / total) * 100).toFixed(1) : 0}%`;
  return h(
    "span",
    {
      class: "bar tall",
      role: "progressbar",
      "aria-valuemin": 0,
      "aria-valuemax": total,
      "aria-valuenow": done,
      "aria-label": says,
    },
    h("i", { style: { width } }),
  );
}

export function badge(text, tone = "") {
  return h("span", { class: `badge ${tone}` }, text);
}

export function dot(tone, pulse = false) {
  return h("span", { class: `dot ${tone} ${pulse ? "pulse" : ""}`, "aria-hidden": "true" });
}

export function button(label, onclick, { primary = false, small = false, symbol = "", disabled = false, says } = {}) {
  return h(
    "button",
    {
      type: "button",
      class: `button ${primary ? "primary" : ""} ${small ? "small" : ""}`,
      onclick,
      disabled,
      "aria-label": says,
    },
    symbol ? icon(symbol) : null,
    label,
  );
}

// One of several, as buttons that stay pressed.
export function choice(label, options, chosen, onchoose) {
  return h(
    "div",
    { class: "switch", role: "group", "aria-label": label },
    ...options.map(([value, text]) =>
      h("button", { type: "button", "aria-pressed": String(value === chosen), onclick: () => onchoose(value) }, text),
    ),
  );
}

export function empty(text, ...more) {
  return h("p", { class: "empty" }, text, ...more);
}

export function notice(text, tone = "", end = null) {
  return h("div", { class: `notice ${tone}` }, h("span", {}, text), end ? h("span", { class: "end" }, end) : null);
}

export function field(label, control, id) {
  control.id = id;
  return h("div", { class: "field" }, h("label", { for: id }, label), control);
}

export function select(options, chosen, onchange) {
  const element = h(
    "select",
    { onchange: (event) => onchange(event.target.value) },
    ...options.map(([value, text]) => h("option", { value, selected: value === chosen }, text)),
  );
  for (const option of element.options) option.setAttribute("value", option.value);
  element.value = chosen;
  return element;
}

// Columns: [{name, label, number, wide, cell(row)}]. On a phone each cell tells its label.
export function table(caption, columns, rows, row_id) {
  const column_class = (column) =>
    [column.number && "number", column.wide && "wide", column.middle && "middle", column.end && "end"]
      .filter(Boolean)
      .join(" ") || null;
  return h(
    "div",
    { class: "scroll" },
    h(
      "table",
      { class: "fold" },
      h("caption", { class: "hidden-text" }, caption),
      h(
        "thead",
        {},
        h(
          "tr",
          {},
          ...columns.map((column) =>
            h(
              "th",
              { scope: "col", class: column_class(column) },
              column.hide_label ? h("span", { class: "hidden-text" }, column.label) : column.label,
            ),
          ),
        ),
      ),
      h(
        "tbody",
        {},
        ...rows.map((row) =>
          h(
            "tr",
            { "data-id": row_id ? row_id(row) : null },
            ...columns.map((column) =>
              h(
                "td",
                { class: column_class(column), "data-label": column.hide_label ? null : column.label },
                column.cell(row),
              ),
            ),
          ),
        ),
      ),
    ),
  );
}

// Which cache a view is about; nothing where there is one alone.
export function cache_choice(context, { all = true } = {}) {
  const names = (context.live.status?.caches ?? []).map((cache) => cache.cache);
  if (names.length < 2) return null;
  const options = [...(all ? [["", "All caches"]] : []), ...names.map((name) => [name, name])];
  const chosen = context.cache || (all ? "" : names[0]);
  if (options.length <= 4 && names.join("").length < 40) return choice("Cache", options, chosen, context.choose_cache);
  return h(
    "div",
    { class: "field" },
    h("label", { class: "hidden-text", for: "cache-choice" }, "Cache"),
    Object.assign(select(options, chosen, context.choose_cache), { id: "cache-choice" }),
  );
}

// The cache that a view of one cache is about.
export function one_cache(context) {
  return context.cache || context.live.status?.caches?.[0]?.cache || "";
}

// Reads that the server refuses without a token.
export function locked(context, what) {
  return notice(
    `${what} show keys, which this server tells only those who have its token.`,
    "warn",
    button("Enter the token", () => context.enter_token(), { small: true, symbol: "key" }),
  );
}
