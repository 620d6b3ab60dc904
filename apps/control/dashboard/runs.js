// The latest runs of the caches, as reports tell them, with what came of them since.

import { h } from "./dom.js";
import * as format from "./format.js";
import { badge, bar, button, card, empty, locked, table } from "./parts.js";
import * as api from "./api.js";

const runs_of_a_cache = 5;
const most_runs = 8;

// Asks for the latest reports of each cache in question, newest first, until one is not known any more.
export async function load_runs(context) {
  const caches = context.live.status.warmers.filter(
    (warmer) => warmer.runs > 0 && (!context.cache || warmer.cache === context.cache),
  );
  let refused = false;
  const lists = await Promise.all(
    caches.map(async (warmer) => {
      try {
        return await reports_of(warmer.cache);
      } catch (error) {
        refused ||= Boolean(error.wants_token);
        return [];
      }
    }),
  );
  context.data.runs = { list: lists.flat(), refused };
}

async function reports_of(cache) {
  const found = [await api.get("/warming/report", { cache })];
  while (found.length < runs_of_a_cache && found.at(-1).run > 1) {
    try {
      found.push(await api.get("/warming/report", { cache, run: found.at(-1).run - 1 }));
    } catch (error) {
      if (error.status === 404) break; // it is no longer remembered
      throw error;
    }
  }
  return found;
}

function known_runs(context) {
  const asked = context.data.runs?.list ?? [];
  const told = context.live.ended.filter(
    (run) => !asked.some((other) => other.cache === run.cache && other.run === run.run),
  );
  return [...told, ...asked]
    .filter((run) => !context.cache || run.cache === context.cache)
    .sort((a, b) => format.time(b.started_at) - format.time(a.started_at))
    .slice(0, most_runs);
}

const outcomes = {
  completed: ["completed", "good"],
  cancelled: ["cancelled", ""],
  stopped_by_pressure: ["stopped: memory", "warn"],
  deadline_passed: ["out of time", "warn"],
  failed: ["failed", "bad"],
};

function came_to(run) {
  const rest = [
    run.already_fresh && `${format.count(run.already_fresh)} fresh already`,
    run.failed && `${format.count(run.failed)} failed`,
    run.dropped && `${format.count(run.dropped)} dropped`,
    run.cancelled && `${format.count(run.cancelled)} cancelled`,
    run.rolled_back && `${format.count(run.rolled_back)} rolled back`,
  ].filter(Boolean);
  return [
    `${format.count(run.warmed)} of ${format.count(run.selected)}`,
    rest.length > 0 ? h("span", { class: "sub" }, rest.join(", ")) : null,
  ];
}

function effect(run) {
  if (run.hit_ratio_before === null && run.hit_ratio_after === null) return format.unknown;
  return h(
    "span",
    { class: "nowrap" },
    `${format.percent(run.hit_ratio_before ?? -1)} → ${format.percent(run.hit_ratio_after ?? -1)}`,
  );
}

function notes(run) {
  const texts = [run.error, ...run.warnings, ...run.notes].filter(Boolean);
  return texts.length > 0 ? h("span", { class: "sub" }, texts.slice(0, 2).join(" · ")) : null;
}

export function run_table(context, roll_back) {
  const runs = known_runs(context);
  const refused = context.data.runs?.refused;
  return card(
    "Latest runs",
    { note: "what was warmed, why, and what came of it", kind: "flush" },
    refused ? locked(context, "Reports of earlier runs") : null,
    runs.length === 0
      ? refused
        ? null
        : empty("No run has ended yet.")
      : table(
          "Latest runs",
          [
            {
              label: "Run",
              wide: true,
              cell: (run) => [
                h("b", {}, run.cache),
                ` ${run.run}`,
                h("span", { class: "sub" }, `${format.at(run.started_at)}, took ${format.seconds(run.took_s)}`),
              ],
            },
            {
              label: "What and why",
              wide: true,
              cell: (run) => [
                format.words(run.strategies.join(", ")) || format.unknown,
                h("span", { class: "sub" }, run.reason ? `because of ${run.reason}` : ""),
                notes(run),
              ],
            },
            { label: "Came to", cell: (run) => badge(...(outcomes[run.outcome] ?? [run.outcome, ""])) },
            { label: "Warmed", number: true, cell: came_to },
            { label: "Used so far", cell: (run) => used_share(run) },
            { label: "Hit ratio", number: true, cell: effect },
            {
              label: "Undo",
              hide_label: true,
              end: true,
              cell: (run) =>
                run.warmed > run.rolled_back
                  ? button("Roll back", () => roll_back(run), {
                      small: true,
                      says: `Roll back run ${run.run} of ${run.cache}`,
                    })
                  : null,
            },
          ],
          runs,
          (run) => `${run.cache}/${run.run}`,
        ),
  );
}

function used_share(run) {
  if (run.warmed === 0) return format.unknown;
  return h(
    "span",
    {},
    bar(run.used / run.warmed),
    h("span", { class: "sub" }, `${format.count(run.used)} used, ${format.count(run.wasted)} unused`),
  );
}
