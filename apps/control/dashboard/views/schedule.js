// Schedule: what recurs, when it runs next and why then, and what came of it.

import * as api from "../api.js";
import { start_or_stop } from "../background.js";
import { confirm, perform } from "../dialogs.js";
import { h } from "../dom.js";
import * as format from "../format.js";
import { badge, button, card, empty, notice, table, view_head } from "../parts.js";

const hours_ahead = 24;
const hour_ms = 3_600_000;

async function run_now(context, entry) {
  await perform(
    () => api.post("/warming/run_schedules", { id: entry.id }),
    () => ["Begun", `${entry.id} runs once, now.`],
  );
  context.refresh();
}

async function optimize(context) {
  const proposal = await perform(
    () => api.post("/warming/optimize", { apply: false }),
    (answer) => ["Intervals compared", `${answer.changes.length} were looked at.`],
  );
  if (!proposal) return;
  const changed = proposal.changes.filter((change) => change.before_s !== change.after_s);
  if (changed.length === 0) return;
  const text = changed
    .slice(0, 6)
    .map((change) => `${change.id}: ${format.seconds(change.before_s)} → ${format.seconds(change.after_s)}`)
    .join("; ");
  if (
    !(await confirm(
      "Fit these intervals?",
      `${text}${changed.length > 6 ? `; and ${changed.length - 6} more` : ""}.`,
      "Fit them",
    ))
  )
    return;
  await perform(
    () => api.post("/warming/optimize", { apply: true }),
    (answer) => [
      "Fitted",
      `${answer.changes.filter((change) => change.applied).length} intervals follow the accesses now.`,
    ],
  );
  context.refresh();
}

// Names stand beside a line up from their dots, in as many lanes as keep them apart.
function lanes_of(due, share_of) {
  const ends = [];
  return due.map((entry) => {
    const from = share_of(entry);
    const width = 0.02 + entry.id.length * (innerWidth < 700 ? 0.024 : 0.0075);
    const left = from + width > 1;
    const [begin, end] = left ? [from - width, from] : [from, from + width];
    const free = ends.findIndex((taken) => taken <= begin);
    const lane = free < 0 ? ends.length : free;
    ends[lane] = end;
    return { entry, lane, left, from };
  });
}

function timeline(entries) {
  const now = Date.now();
  const end = now + hours_ahead * hour_ms;
  const share = (at) => Math.max(0, (at - now) / (end - now));
  const place = (at) => `${(share(at) * 100).toFixed(2)}%`;
  const due = entries.filter((entry) => format.time(entry.next_run) && format.time(entry.next_run) <= end);
  const placed = lanes_of(due, (entry) => share(format.time(entry.next_run)));
  const first = new Date(now);
  first.setMinutes(0, 0, 0);
  const step = innerWidth < 700 ? 6 : 3;
  const ticks = Array.from({ length: hours_ahead / step }, (_, at) => first.getTime() + (at * step + 1) * hour_ms);
  const lanes = Math.max(0, ...placed.map(({ lane }) => lane)) + 1;
  return h(
    "div",
    {
      class: "timeline",
      style: { "--lanes": String(lanes) },
      role: "img",
      "aria-label": `Next runs within ${hours_ahead} hours: ${due.map((entry) => `${entry.id} ${format.relative(entry.next_run)}`).join(", ") || "none"}`,
    },
    h("span", { class: "axis" }),
    ...ticks.map((at) => h("span", { class: "tick", style: { left: place(at) } }, format.of_day(at))),
    ...placed.map(({ entry, lane, left }) =>
      h(
        "span",
        {
          class: left ? "name left" : "name",
          style: { left: place(format.time(entry.next_run)), "--lane": String(lane) },
        },
        entry.id,
      ),
    ),
    ...due.map((entry) =>
      h("span", {
        class: "run",
        title: `${entry.id}, ${format.at(entry.next_run)}`,
        style: { left: place(format.time(entry.next_run)) },
      }),
    ),
  );
}

function rhythm(entry) {
  if (entry.kind === "times") return "at times of day";
  if (entry.kind === "event") return "on an event";
  if (entry.kind === "peaks") return "ahead of learned peaks";
  const every = `every ${format.seconds(entry.interval_s)}`;
  return entry.kind === "adaptive" ? `${every}, fitted to the accesses` : every;
}

function last(entry) {
  if (!format.time(entry.last_run)) return "never";
  const tone = entry.succeeded ? "good" : "bad";
  return [
    h("span", { class: "nowrap" }, badge(entry.succeeded ? "went well" : "failed", tone)),
    h("span", { class: "sub" }, `${format.relative(entry.last_run)}, took ${format.seconds(entry.took_s)}`),
  ];
}

function effect(entry) {
  if (entry.hit_ratio_before === null && entry.hit_ratio_after === null && entry.used_share === null)
    return format.unknown;
  return [
    h(
      "span",
      { class: "nowrap" },
      `${format.percent(entry.hit_ratio_before ?? -1)} → ${format.percent(entry.hit_ratio_after ?? -1)}`,
    ),
    entry.used_share !== null ? h("span", { class: "sub" }, `${format.percent(entry.used_share, 0)} used`) : null,
  ];
}

function schedule_table(context, entries) {
  return table(
    "Schedules",
    [
      {
        label: "Schedule",
        wide: true,
        cell: (entry) => [
          h("b", {}, entry.id),
          h("span", { class: "sub" }, `${format.words(entry.task)} ${entry.cache} · ${rhythm(entry)}`),
        ],
      },
      {
        label: "Next run",
        wide: true,
        cell: (entry) =>
          entry.in_progress
            ? badge("running now", "ember")
            : [
                h(
                  "span",
                  { class: "nowrap" },
                  format.time(entry.next_run)
                    ? `${format.relative(entry.next_run)}, ${format.at(entry.next_run)}`
                    : format.unknown,
                ),
                h("span", { class: "sub" }, entry.why),
              ],
      },
      { label: "Last run", cell: last },
      {
        label: "What came of it",
        wide: true,
        cell: (entry) => [
          entry.result || format.unknown,
          !entry.succeeded && entry.last_error ? h("span", { class: "sub" }, entry.last_error) : null,
        ],
      },
      { label: "Hit ratio", number: true, cell: effect },
      {
        label: "Runs",
        number: true,
        cell: (entry) => [
          format.count(entry.runs),
          entry.failures > 0 ? h("span", { class: "sub" }, `${format.count(entry.failures)} failed`) : null,
        ],
      },
      {
        label: "Actions",
        hide_label: true,
        end: true,
        cell: (entry) =>
          button("Run now", () => run_now(context, entry), {
            small: true,
            says: `Run ${entry.id} now`,
            disabled: entry.in_progress,
          }),
      },
    ],
    entries,
    (entry) => entry.id,
  );
}

export const view = {
  id: "schedule",
  title: "Schedule",
  render(context) {
    const { scheduler } = context.live.status;
    const entries = [...scheduler.schedules].sort(
      (a, b) =>
        (format.time(a.next_run) ?? Infinity) - (format.time(b.next_run) ?? Infinity) || a.id.localeCompare(b.id),
    );
    const busy = scheduler.machine_load >= 1;
    return [
      view_head(
        "Schedule",
        `${format.count(scheduler.cycles)} runs of schedules so far.`,
        entries.length > 0 ? button("Fit intervals", () => optimize(context)) : null,
        start_or_stop(context),
      ),
      h(
        "div",
        { class: "stack" },
        busy
          ? notice("The machine is busy; runs wait until it is less loaded, for half an hour at most.", "warn")
          : null,
        scheduler.running && entries.length > 0
          ? card("The next 24 hours", { note: "each dot is a schedule’s next run" }, timeline(entries))
          : null,
        card(
          "Schedules",
          { kind: "flush" },
          entries.length === 0
            ? empty("There are none. Starting background warming begins one for each cache.")
            : schedule_table(context, entries),
        ),
      ),
    ];
  },
};
