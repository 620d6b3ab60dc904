// Overview: does it help, what does it cost, and what is it doing now.

import * as api from "../api.js";
import { chart_place, draw_lines } from "../charts.js";
import { confirm, perform } from "../dialogs.js";
import { h } from "../dom.js";
import * as format from "../format.js";
import { ratios } from "../live.js";
import * as proof from "../proof.js";
import {
  badge,
  bar,
  button,
  cache_choice,
  card,
  empty,
  figure,
  figures,
  notice,
  progress_bar,
  table,
  view_head,
} from "../parts.js";
import { load_runs, run_table } from "../runs.js";
import { start_or_stop } from "../background.js";

const chart = "hit-ratio-chart";

function chosen(context, list) {
  return list.filter((item) => !context.cache || item.cache === context.cache);
}

// Of the last ten seconds, else since the start.
function hit_ratio(context) {
  const sets = chosen(context, context.live.status.caches).map((cache) => context.live.samples.get(cache.cache) ?? []);
  const line = ratios(sets);
  const latest = line.at(-1);
  if (latest?.ratio !== null && latest?.ratio !== undefined)
    return { value: latest.ratio, detail: "of the last 10 seconds", line };
  const hits = sum(chosen(context, context.live.status.caches), "hits");
  const misses = sum(chosen(context, context.live.status.caches), "misses");
  return hits + misses > 0
    ? { value: hits / (hits + misses), detail: "since the start; no lookups now", line }
    : { value: null, detail: "no lookups yet", line };
}

const sum = (list, name) => list.reduce((total, item) => total + item[name], 0);

function figure_row(context) {
  const { status } = context.live;
  const whole = proof.total(chosen(context, status.warmers));
  const ratio = hit_ratio(context);
  const before = sum(chosen(context, status.caches), "hits") + sum(chosen(context, status.caches), "misses");
  return figures(
    figure("Hit ratio", percent_value(ratio.value), ratio.detail, { unit: ratio.value === null ? "" : "%" }),
    figure("Lift of warming", whole.known ? format.points(whole.lift) : format.unknown, lift_detail(whole), {
      unit: whole.known ? "points" : "",
      tone: whole.known && whole.low > 0 ? "good" : whole.known && whole.high < 0 ? "bad" : "",
    }),
    figure("Origin calls saved", format.short(whole.saved), `for ${format.short(whole.spent)} spent on warming`, {
      tone: whole.saved > whole.spent ? "good" : "",
    }),
    figure(
      "Lookups",
      format.short(before),
      `${format.short(sum(chosen(context, status.caches), "demand_loads"))} of them loaded from the origin`,
    ),
    figure(
      "Memory",
      percent_value(status.memory.used_share, 0),
      `${format.bytes(status.memory.reading.process_bytes)} of it this process`,
      { unit: "%", dot: { low: "good", moderate: "warn", high: "bad", critical: "bad" }[status.memory.level] },
    ),
  );
}

function percent_value(fraction, digits = 1) {
  return fraction === null || fraction === undefined ? format.unknown : (fraction * 100).toFixed(digits);
}

function lift_detail(whole) {
  if (!whole.known) return "too little is measured yet";
  return `${format.points(whole.low)} to ${format.points(whole.high)}, 95 % sure`;
}

function ratio_card(context) {
  return card(
    "Hit ratio, live",
    { note: "user lookups, over 10 seconds each", kind: "flush" },
    chart_place(chart, "Hit ratio over time"),
  );
}

function proof_card(context) {
  const whole = proof.total(chosen(context, context.live.status.warmers));
  const row = (label, hits, of, tone) => [
    h("span", {}, label),
    bar(of > 0 ? hits / of : 0, `tall ${tone}`, `${label}: ${format.percent(of > 0 ? hits / of : -1)}`),
    h("span", { class: "number" }, format.percent(of > 0 ? hits / of : -1)),
  ];
  return card(
    "Does it help?",
    { note: "first demands that hit" },
    h(
      "div",
      { class: "versus" },
      ...row("Warmed", whole.measured_hits, whole.measured, ""),
      ...row("Control", whole.control_hits, whole.controls, "slate"),
    ),
    h(
      "p",
      { class: "note small proof-note" },
      whole.controls > 0
        ? `${format.count(whole.measured)} keys that were warmed against ${format.count(whole.controls)} that were proposed, too, and held out by lot.`
        : "A small share of the keys that strategies propose is held out by lot, and never warmed. Once users have asked for some of each, the difference stands here.",
    ),
    h(
      "dl",
      { class: "pairs small" },
      h("dt", {}, "Used of what was warmed"),
      h("dd", {}, format.percent(whole.used + whole.wasted > 0 ? whole.used / (whole.used + whole.wasted) : -1)),
      h("dt", {}, "Trials under way"),
      h("dd", {}, format.count(sum(chosen(context, context.live.status.warmers), "trials_open"))),
      ...prefetch_pairs(context),
    ),
  );
}

function prefetch_pairs(context) {
  const caches = chosen(context, context.live.status.caches);
  const prefetches = sum(caches, "prefetches");
  const observing = chosen(context, context.live.status.predictors).filter((predictor) => predictor.observing);
  if (observing.length > 0)
    return [
      h("dt", {}, "Prefetching would have brought"),
      h("dd", {}, `${format.points(Math.max(...observing.map((predictor) => predictor.shadow_gain)))} points`),
    ];
  return [
    h("dt", {}, "Prefetches"),
    h("dd", {}, `${format.short(prefetches)}, ${format.short(sum(caches, "prefetched_wasted"))} unused`),
  ];
}

function now_card(context) {
  const { progress, status } = context.live;
  const active = [...progress].filter(([cache]) => !context.cache || cache === context.cache);
  const next = status.scheduler.schedules
    .filter((entry) => format.time(entry.next_run) && status.scheduler.running)
    .sort((a, b) => format.time(a.next_run) - format.time(b.next_run))[0];
  const idle = next
    ? `Nothing is being warmed. Next: ${next.id}, ${format.relative(next.next_run)}${next.why ? ` (${next.why})` : ""}.`
    : status.started
      ? "Nothing is being warmed, and no run is due."
      : "Nothing is being warmed. Background warming is stopped.";
  return card(
    "Being warmed now",
    {},
    active.length === 0
      ? empty(idle)
      : h("div", { class: "stack" }, ...active.map(([cache, run]) => active_run(context, cache, run))),
  );
}

function active_run(context, cache, run) {
  const known = context.data[`run ${cache}`]?.value;
  const why =
    known && known.run === run.run ? `${format.words(known.strategies.join(", "))} · because of ${known.reason}` : "";
  return h(
    "div",
    { class: "active-run", "data-id": cache },
    h(
      "p",
      { class: "run-line" },
      h("b", {}, cache),
      h("span", { class: "quiet" }, `run ${run.run}${why ? ` · ${why}` : ""}`),
      h(
        "span",
        { class: "end quiet" },
        `${format.count(run.done)} of ${format.count(run.total)} · phase ${run.phase} of ${run.phases} · ${format.bytes(run.bytes)}`,
      ),
      button("Cancel", () => cancel(context, cache), { small: true, says: `Cancel the run of ${cache}` }),
    ),
    progress_bar(run.done, run.total, `Run of ${cache}`),
  );
}

async function cancel(context, cache) {
  await perform(
    () => api.post("/warming/cancel", { cache }),
    () => ["Cancelled", `What is in flight for ${cache} finishes.`],
  );
  context.refresh();
}

const warmth_tones = { warm: "good", primed: "good", cold: "warn", past_deadline: "bad", unknown: "" };

// Against the hit ratio that the cache had when it was warm before.
function warmth(context, cache) {
  const ready = context.live.readiness?.caches.find((other) => other.cache === cache.cache);
  const state = ready?.state ?? (cache.warm ? "warm" : "unknown");
  const steady = cache.warmness === null ? "" : `${format.percent(cache.warmness, 0)} of its steady state`;
  return h(
    "span",
    { title: ready?.because },
    badge(format.words(state), warmth_tones[state]),
    steady ? h("span", { class: "sub" }, steady) : null,
  );
}

function caches_card(context) {
  return card(
    "Caches",
    { kind: "flush" },
    table(
      "Caches",
      [
        {
          label: "Cache",
          wide: true,
          cell: (cache) => [h("b", {}, cache.cache), h("span", { class: "sub" }, format.words(cache.eviction))],
        },
        { label: "Warmth", cell: (cache) => warmth(context, cache) },
        {
          label: "Hit ratio, last window",
          number: true,
          cell: (cache) => format.percent(cache.recent_hit_ratio ?? -1),
        },
        { label: "Since the start", number: true, cell: (cache) => format.percent(cache.hit_ratio ?? -1) },
        { label: "Entries", number: true, cell: (cache) => format.short(cache.entries) },
        {
          label: "Filled",
          cell: (cache) =>
            cache.capacity_bytes > 0
              ? h(
                  "span",
                  {},
                  bar(cache.bytes / cache.capacity_bytes, "slate"),
                  h("span", { class: "sub" }, `${format.bytes(cache.bytes)} of ${format.bytes(cache.capacity_bytes)}`),
                )
              : format.bytes(cache.bytes),
        },
        { label: "Evicted", number: true, cell: (cache) => format.short(cache.evictions) },
        { label: "Loads failed", number: true, cell: (cache) => format.short(cache.demand_failures) },
      ],
      chosen(context, context.live.status.caches),
      (cache) => cache.cache,
    ),
  );
}

async function roll_back(context, run) {
  const sure = await confirm(
    "Roll this run back?",
    `What run ${run.run} put into ${run.cache}, and nobody has used or changed since, is removed again.`,
    "Roll back",
  );
  if (!sure) return;
  await perform(
    () => api.post("/warming/rollback", { cache: run.cache, run: run.run }),
    (report) => [
      "Rolled back",
      `${format.count(report.removed)} entries removed, ${format.bytes(report.bytes)} freed; ${format.count(report.kept)} stay.`,
    ],
  );
  context.reload();
}

function warnings(context) {
  const { readiness, status } = context.live;
  const ill = status.actors
    .filter((actor) => actor.condition !== "running")
    .map((actor) => `${actor.name} is ${actor.condition}${actor.last_failure ? `: ${actor.last_failure}` : ""}`);
  const lost = status.caches
    .filter((cache) => cache.dropped_accesses > 0)
    .map((cache) => `${cache.cache} lost ${format.count(cache.dropped_accesses)} accesses, for want of room`);
  const list = [
    ...ill,
    ...lost,
    ...(status.missing.length > 0 ? [`no answer from ${status.missing.join(", ")}`] : []),
    ...(readiness && !readiness.ready ? [`not ready: ${readiness.because}`] : []),
  ];
  return list.map((text) => notice(text[0].toUpperCase() + text.slice(1) + ".", "warn"));
}

export const view = {
  id: "overview",
  title: "Overview",
  async load(context) {
    await load_runs(context);
    for (const [cache] of context.live.progress) await context.fetch(`run ${cache}`, "/warming/report", { cache });
  },
  render(context) {
    return [
      view_head("Overview", null, cache_choice(context), start_or_stop(context)),
      h(
        "div",
        { class: "stack" },
        ...warnings(context),
        figure_row(context),
        h("div", { class: "columns" }, ratio_card(context), proof_card(context)),
        now_card(context),
        run_table(context, (run) => roll_back(context, run)),
        caches_card(context),
      ),
    ];
  },
  draw(context) {
    const { line } = hit_ratio(context);
    const low = Math.min(...line.map((point) => point.ratio ?? 1));
    draw_lines(chart, {
      series: [
        {
          label: "Hit ratio",
          colour: "ember-fill",
          fill: true,
          points: line.map((point) => ({ x: point.at, y: point.ratio })),
        },
      ],
      y: {
        min: Math.max(0, Math.floor((low - 0.04) * 20) / 20),
        max: 1,
        tick: (value) => format.percent(value, Math.abs(value * 100 - Math.round(value * 100)) < 1e-6 ? 0 : 1),
      },
      marks: context.live.ended
        .filter((run) => !context.cache || run.cache === context.cache)
        .map((run) => ({ x: format.time(run.started_at), label: `run ${run.run}` })),
      says: `Hit ratio over time; now ${format.percent(line.at(-1)?.ratio ?? -1)}`,
    });
  },
};
