// Strategies side by side: what each was measured to bring.

import { h } from "../dom.js";
import * as format from "../format.js";
import { badge, bar, cache_choice, card, empty, table, view_head } from "../parts.js";

const tones = { unproven: "", proven: "good", throttled: "bad" };
const explained = {
  proven: "measured to help: all of its lift’s interval lies above zero",
  unproven: "not enough is known yet; it warms as it is asked to",
  throttled: "measured to bring nothing: only a trickle is warmed, to see when it helps again",
};

function rows(context) {
  return context.live.status.warmers
    .filter((warmer) => !context.cache || warmer.cache === context.cache)
    .flatMap((warmer) => warmer.strategies.map((strategy) => ({ cache: warmer.cache, ...strategy })))
    .sort((a, b) => order(a) - order(b) || b.proof.lift - a.proof.lift);
}

const order = (row) => ["proven", "unproven", "throttled"].indexOf(row.proof.standing);
const measured = (row) => row.proof.measured > 0 && row.proof.controls > 0;

// One scale for all rows, so that their intervals can be compared by eye.
function scale_of(list) {
  const shown = list.filter(measured).flatMap(({ proof }) => [proof.lift_low, proof.lift_high]);
  const low = Math.max(-1, Math.min(-0.05, ...shown));
  const high = Math.min(1, Math.max(0.05, ...shown));
  return {
    low,
    high,
    place: (lift) => `${(((Math.min(high, Math.max(low, lift)) - low) / (high - low)) * 100).toFixed(2)}%`,
  };
}

function interval(row, scale) {
  if (!measured(row)) return h("span", { class: "quiet small" }, "nothing measured yet");
  const { lift, lift_low, lift_high } = row.proof;
  const left = scale.place(lift_low);
  const tone = lift_low > 0 ? "good" : lift_high < 0.01 ? "bad" : "";
  const says = `Lift ${format.points(lift)} points, between ${format.points(lift_low)} and ${format.points(lift_high)}`;
  return h(
    "span",
    {},
    h(
      "span",
      { class: `interval ${tone}`, role: "img", "aria-label": says, title: says },
      h("span", { class: "zero", style: { left: scale.place(0) } }),
      h("span", { class: "span", style: { left, width: `calc(${scale.place(lift_high)} - ${left})` } }),
      h("span", { class: "mark", style: { left: scale.place(lift) } }),
    ),
    h(
      "span",
      { class: "sub nowrap" },
      h("b", {}, format.points(lift)),
      ` (${format.points(lift_low)} to ${format.points(lift_high)})`,
    ),
  );
}

function described(context, row) {
  const found = (context.data.strategies?.value?.strategies ?? []).find((strategy) => strategy.name === row.strategy);
  return found ? h("span", { class: "sub" }, found.description) : null;
}

function table_card(context, list) {
  const scale = scale_of(list);
  const several = new Set(list.map((row) => row.cache)).size > 1;
  return card(
    "Side by side",
    {
      kind: "flush",
      note: "lift in points: hits among what was warmed, less hits among what was held out; bars span 95 %",
    },
    table(
      "Strategies",
      [
        {
          label: "Strategy",
          wide: true,
          cell: (row) => [
            h("b", {}, format.words(row.strategy)),
            several ? h("span", { class: "quiet" }, ` · ${row.cache}`) : null,
            described(context, row),
          ],
        },
        {
          label: "Standing",
          cell: (row) => [
            badge(row.proof.standing, tones[row.proof.standing]),
            h("span", { class: "sub" }, row.proof.because),
          ],
        },
        { label: "Lift", wide: true, cell: (row) => interval(row, scale) },
        {
          label: "Warmed / control",
          number: true,
          cell: (row) => [
            `${format.percent(row.proof.measured > 0 ? row.proof.measured_hits / row.proof.measured : -1)} / ${format.percent(row.proof.controls > 0 ? row.proof.control_hits / row.proof.controls : -1)}`,
            h("span", { class: "sub" }, `of ${format.short(row.proof.measured)} / ${format.short(row.proof.controls)}`),
          ],
        },
        {
          label: "Precision",
          cell: (row) => [
            bar(row.proof.precision ?? 0),
            h(
              "span",
              { class: "sub nowrap" },
              `${format.percent(row.proof.precision ?? -1)} of ${format.short(row.proof.warmed)}`,
            ),
          ],
        },
        { label: "Calls spent", number: true, cell: (row) => format.short(row.proof.origin_calls) },
        { label: "Calls saved", number: true, cell: (row) => format.short(row.proof.origin_calls_saved) },
        {
          label: "Last run",
          cell: (row) => [
            format.relative(row.last_run),
            h("span", { class: "sub" }, row.error || format.number_of(row.runs, "run")),
          ],
        },
      ],
      list,
      (row) => `${row.cache}/${row.strategy}`,
    ),
  );
}

function legend() {
  return h(
    "ul",
    { class: "legend standing-legend" },
    ...Object.entries(explained).map(([name, text]) => h("li", {}, badge(name, tones[name]), h("span", {}, text))),
  );
}

function offered(context, list) {
  const used = new Set(list.map((row) => row.strategy));
  const rest = (context.data.strategies?.value?.strategies ?? []).filter(
    (strategy) => !used.has(strategy.name) && (!context.cache || !strategy.cache || strategy.cache === context.cache),
  );
  if (rest.length === 0) return null;
  return card(
    "Also there, not run yet",
    { kind: "flush" },
    table(
      "Strategies that have not been run",
      [
        {
          label: "Strategy",
          wide: true,
          cell: (strategy) => [
            h("b", {}, format.words(strategy.name)),
            strategy.cache ? h("span", { class: "quiet" }, ` · ${strategy.cache}`) : null,
          ],
        },
        { label: "What it proposes", wide: true, cell: (strategy) => strategy.description },
        {
          label: "Parameters",
          wide: true,
          cell: (strategy) => strategy.parameters.map((parameter) => parameter.name).join(", ") || "none",
        },
      ],
      rest,
      (strategy) => `${strategy.cache}/${strategy.name}`,
    ),
  );
}

export const view = {
  id: "strategies",
  title: "Strategies",
  async load(context) {
    if (!context.data.strategies?.value) await context.fetch("strategies", "/warming/strategies", {});
  },
  render(context) {
    const list = rows(context);
    return [
      view_head(
        "Strategies",
        "Each is measured against keys of its own that were held out by lot.",
        cache_choice(context),
      ),
      h(
        "div",
        { class: "stack" },
        list.length > 0
          ? table_card(context, list)
          : card(null, { label: "Strategies" }, empty("No strategy has run yet. "), legend()),
        list.length > 0 ? legend() : null,
        offered(context, list),
      ),
    ];
  },
};
