// A plan, shown: the shares of what was proposed, its phases, and what is left out, by reason.

import { h } from "./dom.js";
import * as format from "./format.js";
import { bar, card, empty, table } from "./parts.js";

export const reasons = {
  fresh: ["fresh", "in the cache already"],
  over_budget: ["over budget", "the memory budget is spent on better candidates"],
  over_limit: ["over the limit", "beyond the number of keys asked for"],
  below_floor: ["below the floor", "too unlikely to be used"],
  held_out: ["held out", "in the control group that warming is measured against"],
  key_rule: ["key rule", "a rule of the cache excludes them"],
  duplicate: ["duplicate", "proposed by several strategies, kept once"],
  throttled: ["throttled", "their strategy was measured, and brings nothing"],
  low_class: ["low priority", "below the priorities that the policy warms"],
  too_deep: ["too deep", "depend on more levels than a run follows"],
  none: ["other", ""],
};

function classes(priority) {
  if (priority >= 100) return "critical";
  if (priority >= 50) return "important";
  return priority >= 10 ? "nice to have" : "background";
}

function shares(plan) {
  const parts = [["selected", plan.selected], ...Object.entries(plan.left_out_counts).sort((a, b) => b[1] - a[1])];
  const total = parts.reduce((sum, [, number]) => sum + number, 0);
  if (total === 0) return empty("The strategy proposed nothing.");
  const name = (reason) => (reason === "selected" ? "selected" : (reasons[reason]?.[0] ?? format.words(reason)));
  const style_of = (reason, at) => (reason === "selected" ? "selected" : `r${Math.min(at, 5)}`);
  return h(
    "div",
    { class: "stack tight" },
    h(
      "div",
      { class: "shares", "aria-hidden": "true" },
      ...parts.map(([reason, number], at) =>
        h("i", { class: style_of(reason, at), style: { "flex-grow": String(number) } }),
      ),
    ),
    h(
      "ul",
      { class: "legend" },
      ...parts.map(([reason, number]) => h("li", {}, h("b", {}, format.count(number)), ` ${name(reason)}`)),
    ),
  );
}

const columns = [
  { label: "Key", wide: true, cell: (item) => [h("span", { class: "key" }, format.key(item)), details_of(item)] },
  { label: "Proposed by", cell: (item) => format.words(item.strategy) },
  {
    label: "Will be used",
    cell: (item) =>
      h(
        "span",
        {},
        bar(item.probability),
        h("span", { class: "sub" }, `${format.percent(item.probability)} probability`),
      ),
  },
  { label: "A miss costs", number: true, cell: (item) => format.micros(item.cost_us) },
  { label: "Size", number: true, cell: (item) => (item.bytes > 0 ? format.bytes(item.bytes) : format.unknown) },
  { label: "Priority", number: true, cell: (item) => format.count(item.priority) },
];

function details_of(item) {
  const parts = [
    item.refresh && "replaces what is there",
    item.ttl_s > 0 && `for ${format.seconds(item.ttl_s)}`,
    item.tags.length > 0 && `tags ${item.tags.join(", ")}`,
    item.dependencies.length > 0 && `after ${item.dependencies.length} others`,
  ].filter(Boolean);
  return parts.length > 0 ? h("span", { class: "sub" }, parts.join(" · ")) : null;
}

function phase(part, number, open, truncated) {
  return h(
    "details",
    { open, "data-id": `phase ${number}` },
    h(
      "summary",
      {},
      h("b", {}, `Phase ${number}`),
      h(
        "span",
        {},
        `${classes(part.priority)}, priority ${part.priority}${part.level > 0 ? `, dependency level ${part.level}` : ""}`,
      ),
      h("span", { class: "end" }, `${truncated ? "first " : ""}${format.number_of(part.items.length, "key")}`),
    ),
    table(`Phase ${number}`, columns, part.items),
  );
}

function left_out(plan) {
  const by_reason = new Map();
  for (const { item, reason } of plan.left_out) by_reason.set(reason, [...(by_reason.get(reason) ?? []), item]);
  return Object.entries(plan.left_out_counts)
    .sort((a, b) => b[1] - a[1])
    .map(([reason, number]) => {
      const items = by_reason.get(reason) ?? [];
      const [name, why] = reasons[reason] ?? [format.words(reason), ""];
      return h(
        "details",
        { "data-id": `reason ${reason}` },
        h(
          "summary",
          {},
          h("b", {}, name),
          h("span", { class: "quiet" }, why),
          h("span", { class: "end" }, format.number_of(number, "key")),
        ),
        items.length > 0
          ? table(`Left out: ${name}`, columns, items)
          : empty("Their keys are beyond what is listed here."),
      );
    });
}

export function plan_parts(plan) {
  const note = plan.truncated ? "the first of each alone are listed" : null;
  return [
    card("What was proposed", {}, shares(plan)),
    card(
      "Selected, in order of loading",
      { note, kind: "flush" },
      plan.phases.length === 0
        ? empty("Nothing is left to warm.")
        : plan.phases.map((part, at) => phase(part, at + 1, at === 0, plan.truncated)),
    ),
    plan.left_out.length > 0 ? card("Left out, and why", { note, kind: "flush" }, left_out(plan)) : null,
  ];
}
