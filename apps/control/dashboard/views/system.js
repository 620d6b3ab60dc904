// System: memory and its pressure, origins, what the engine's parts are doing.

import { chart_place, draw_lines } from "../charts.js";
import { h } from "../dom.js";
import * as format from "../format.js";
import { badge, bar, card, empty, figure, figures, table, view_head } from "../parts.js";

const chart = "memory-chart";
const level_tones = { low: "good", moderate: "warn", high: "bad", critical: "bad" };
const thresholds = [
  [0.5, "moderate"],
  [0.8, "high"],
  [0.9, "critical"],
];

function memory_figures({ memory, arbiter }) {
  const { reading } = memory;
  const stalls = reading.stall_share;
  return figures(
    figure("Pressure", memory.level, "of memory", { dot: level_tones[memory.level] }),
    figure(
      "In use",
      format.bytes(reading.used_bytes),
      `of ${reading.limit_bytes > 0 ? format.bytes(reading.limit_bytes) : "an unknown limit"}`,
    ),
    figure("This process", format.bytes(reading.process_bytes), "resident"),
    figure("Stalls", format.percent(stalls), "of the last 10 seconds, waiting for memory", {
      tone: stalls > 0.1 ? "bad" : "",
    }),
    figure(
      "Lent to warming",
      format.bytes(arbiter.leased_bytes),
      `of ${format.bytes(arbiter.budget_bytes)}; ${format.count(arbiter.refused)} leases refused`,
    ),
  );
}

function memory_card({ memory }) {
  const percent = (share) => `${(share * 100).toFixed(0)}%`;
  return card(
    "Memory",
    {
      note: `${format.bytes(memory.reading.available_bytes)} could still be taken`,
      end: badge(memory.level, level_tones[memory.level]),
    },
    h(
      "span",
      {
        class: `meter ${memory.level}`,
        role: "img",
        "aria-label": `${percent(memory.used_share)} of memory is in use; pressure is ${memory.level}`,
      },
      h("i", { style: { width: `${Math.min(100, memory.used_share * 100).toFixed(1)}%` } }),
      ...thresholds.map(([share]) => h("b", { style: { left: percent(share) } })),
    ),
    h(
      "div",
      { class: "scale", "aria-hidden": "true" },
      ...thresholds.map(([share, name]) => h("span", { style: { left: percent(share) } }, name)),
    ),
    chart_place(chart, "Memory in use over time", true),
  );
}

function events_card(context) {
  const asked = context.data.memory_events?.value?.latest ?? [];
  const told = context.live.memory_events.filter(
    (event) => !asked.some((other) => other.at === event.at && other.kind === event.kind),
  );
  const list = [...told, ...[...asked].reverse()].slice(0, 12);
  return card(
    "What happened to memory",
    { kind: "flush" },
    list.length === 0
      ? empty("Nothing so far.")
      : table(
          "Memory events",
          [
            { label: "When", cell: (event) => h("span", { class: "nowrap" }, format.at(event.at)) },
            {
              label: "What",
              wide: true,
              cell: (event) => [
                format.words(event.kind),
                event.cache ? ` · ${event.cache}` : "",
                h("span", { class: "sub" }, event.detail),
              ],
            },
            { label: "Level", cell: (event) => badge(event.level, level_tones[event.level]) },
            {
              label: "Freed",
              number: true,
              cell: (event) => (event.bytes > 0 ? format.bytes(event.bytes) : format.unknown),
            },
          ],
          list,
        ),
  );
}

const breaker_tones = { closed: "good", half_open: "warn", open: "bad" };
const breaker_words = { closed: "answering", half_open: "being tried", open: "cut off" };

function origins_card({ origins }) {
  return card(
    "Origins",
    { kind: "flush" },
    origins.length === 0
      ? empty("No cache has one.")
      : table(
          "Origins",
          [
            { label: "Origin", wide: true, cell: (origin) => h("b", {}, origin.origin) },
            {
              label: "Breaker",
              cell: (origin) => badge(breaker_words[origin.breaker] ?? origin.breaker, breaker_tones[origin.breaker]),
            },
            { label: "For users", number: true, cell: (origin) => format.short(origin.demand_loads) },
            { label: "For warming", number: true, cell: (origin) => format.short(origin.warming_loads) },
            { label: "Failed", number: true, cell: (origin) => format.short(origin.failures) },
            { label: "Shed", number: true, cell: (origin) => format.short(origin.shed) },
            {
              label: "In flight / queued",
              number: true,
              cell: (origin) => `${format.count(origin.in_flight)} / ${format.count(origin.queued)}`,
            },
            {
              label: "Tokens",
              number: true,
              cell: (origin) => (origin.tokens === null ? "no limit" : format.short(origin.tokens)),
            },
            {
              label: "A load takes",
              number: true,
              cell: (origin) => (origin.mean_load_s > 0 ? format.seconds(origin.mean_load_s) : format.unknown),
            },
          ],
          origins,
          (origin) => origin.origin,
        ),
  );
}

function predictors_card({ predictors }) {
  if (predictors.length === 0) return null;
  return card(
    "Prediction",
    { kind: "flush" },
    table(
      "Predictors",
      [
        {
          label: "Cache",
          wide: true,
          cell: (predictor) => [
            h("b", {}, predictor.cache),
            h(
              "span",
              { class: "sub" },
              predictor.silent
                ? predictor.silent_because
                : predictor.observing
                  ? "observes: fills nothing"
                  : predictor.predictor,
            ),
          ],
        },
        { label: "Keys", number: true, cell: (predictor) => format.short(predictor.keys) },
        { label: "Proposed", number: true, cell: (predictor) => format.short(predictor.proposed) },
        { label: "Used", cell: (predictor) => used(predictor) },
        { label: "Late", number: true, cell: (predictor) => format.short(predictor.late) },
        {
          label: "Origin load",
          number: true,
          cell: (predictor) => (predictor.origin_load > 0 ? predictor.origin_load.toFixed(2) : format.unknown),
        },
        { label: "From a probability of", number: true, cell: (predictor) => predictor.threshold.toFixed(2) },
        { label: "Memory", number: true, cell: (predictor) => format.bytes(predictor.memory_bytes) },
      ],
      predictors,
      (predictor) => predictor.cache,
    ),
  );
}

function used(predictor) {
  const decided = predictor.used + predictor.wasted;
  if (decided === 0) return format.unknown;
  return h(
    "span",
    {},
    bar(predictor.used / decided),
    h("span", { class: "sub nowrap" }, `${format.percent(predictor.used / decided)} of ${format.short(decided)}`),
  );
}

const history_words = {
  opened: "kept on disk",
  created: "kept on disk",
  set_aside: "an unreadable history was set aside",
  in_memory: "not kept",
};

function history_card({ history, tracker }) {
  return card(
    "What is learned",
    {
      end: badge(
        history_words[history.state] ?? history.state,
        history.state === "set_aside" ? "bad" : history.state === "in_memory" ? "warn" : "good",
      ),
    },
    h(
      "dl",
      { class: "pairs" },
      h("dt", {}, "Keys tracked"),
      h("dd", {}, `${format.count(tracker.keys)} in ${format.bytes(tracker.memory_bytes)}`),
      h("dt", {}, "Forgotten for want of room"),
      h("dd", {}, format.count(tracker.evicted_keys)),
      h("dt", {}, "Accesses lost on the way"),
      h("dd", {}, format.count(tracker.dropped_accesses)),
      h("dt", {}, "Not yet on disk"),
      h("dd", {}, `${format.count(tracker.unwritten_keys + history.records_waiting)} records`),
      h("dt", {}, "On disk"),
      h("dd", {}, format.bytes(history.bytes_on_disk)),
      h("dt", {}, "Errors of writing"),
      h("dd", {}, history.write_errors > 0 ? `${format.count(history.write_errors)}: ${history.last_error}` : "none"),
      history.detail ? [h("dt", {}, "Note"), h("dd", {}, history.detail)] : null,
    ),
  );
}

function actors_card({ actors, missing }) {
  const tones = { running: "good", restarting: "warn", stopped: "bad" };
  const restarts = actors.reduce((total, actor) => total + actor.restarts, 0);
  const ill = actors.filter((actor) => actor.condition !== "running" || actor.restarts > 0);
  return card(
    "Parts of the engine",
    {
      note: `${actors.length} of them, ${format.number_of(restarts, "restart")}${missing.length > 0 ? `, no answer from ${missing.join(", ")}` : ""}`,
    },
    ill.length > 0
      ? table(
          "Actors that were restarted or are down",
          [
            { label: "Part", wide: true, cell: (actor) => h("b", {}, actor.name) },
            { label: "Is", cell: (actor) => badge(actor.condition, tones[actor.condition]) },
            { label: "Restarts", number: true, cell: (actor) => format.count(actor.restarts) },
            { label: "Last failure", wide: true, cell: (actor) => actor.last_failure || format.unknown },
          ],
          ill,
          (actor) => actor.name,
        )
      : null,
    h(
      "ul",
      { class: "chips" },
      ...actors.map((actor) =>
        h(
          "li",
          { "data-id": actor.name },
          badge(actor.name, actor.condition === "running" ? "" : tones[actor.condition]),
        ),
      ),
    ),
  );
}

export const view = {
  id: "system",
  title: "System",
  load: (context) => context.fetch("memory_events", "/warming/memory_events"),
  render(context) {
    const { status } = context.live;
    return [
      view_head("System", null),
      h(
        "div",
        { class: "stack" },
        memory_figures(status),
        h("div", { class: "columns even" }, memory_card(status), events_card(context)),
        origins_card(status),
        predictors_card(status),
        h("div", { class: "columns even" }, history_card(status), actors_card(status)),
      ),
    ];
  },
  draw(context) {
    const points = context.live.memory.map((sample) => ({ x: sample.at, y: sample.used }));
    draw_lines(chart, {
      series: [{ label: "In use", colour: "slate", fill: true, points }],
      y: { min: 0, max: 1, tick: (value) => format.percent(value, 0) },
      says: `Memory in use over time; now ${format.percent(points.at(-1)?.y ?? -1, 0)}`,
    });
  },
};
