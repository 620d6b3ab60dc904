// Plan: what a run would do, key by key with its reasons, before it is run.

import * as api from "../api.js";
import { confirm, perform } from "../dialogs.js";
import { h } from "../dom.js";
import * as format from "../format.js";
import {
  bar,
  button,
  cache_choice,
  card,
  empty,
  field,
  figure,
  figures,
  notice,
  one_cache,
  select,
  table,
  view_head,
} from "../parts.js";
import { plan_parts } from "../plan_parts.js";

const items_shown = 200;
const mebibyte = 1024 * 1024;

function form_of(context) {
  return (context.form.plan ??= { strategy: "", limit: "", policy: "balanced", budget_mb: "", parameters: {} });
}

function descriptions(context) {
  const cache = one_cache(context);
  const all = context.data.strategies?.value?.strategies ?? [];
  return all.filter((strategy) => strategy.cache === "" || strategy.cache === cache);
}

function request(context) {
  const form = form_of(context);
  const body = { cache: one_cache(context), policy: form.policy, reason: "dashboard" };
  if (form.strategy) body.strategies = [form.strategy];
  if (form.limit) body.limit = Number(form.limit);
  if (form.budget_mb) body.budget_bytes = Math.round(Number(form.budget_mb) * mebibyte);
  const parameters = Object.entries(form.parameters).filter(([, text]) => text !== "");
  if (parameters.length > 0) body.parameters = Object.fromEntries(parameters);
  return body;
}

async function preview(context, save) {
  context.form.planning = true;
  context.redraw();
  const body = request(context);
  const plan = await perform(
    () => api.post(`/warming/plan?items=${items_shown}`, { ...body, save }),
    (made) => [save ? "Plan kept" : "Plan made", `${format.count(made.selected)} keys selected; nothing was run.`],
  );
  context.form.planning = false;
  if (plan) Object.assign(context.form, { made: plan, made_from: body });
  if (save) await load_kept(context);
  context.redraw();
}

const load_kept = (context) => context.fetch("plans", "/warming/plans", {});

async function warm(context) {
  const { made, made_from } = context.form;
  const body = made.id ? { plan: made.id, wait: false } : { ...made_from, wait: false };
  await run(context, body, made.cache);
}

async function run(context, body, cache) {
  const state = await perform(
    () => api.post("/warming/warm", body),
    () => [`Warming ${cache}`, "The overview shows how far it is."],
  );
  if (state) location.hash = "#overview";
}

async function drop(context, plan) {
  if (
    !(await confirm(
      "Drop this plan?",
      `The plan of ${plan.cache} from ${format.at(plan.made_at)} is kept no longer.`,
      "Drop it",
    ))
  )
    return;
  await perform(
    () => api.remove(`/warming/plans/${encodeURIComponent(plan.id)}`),
    () => ["Dropped", "The plan is kept no longer."],
  );
  await load_kept(context);
  context.redraw();
}

async function show(context, plan) {
  const shown = await perform(
    () => api.get(`/warming/plans/${encodeURIComponent(plan.id)}`, { items: items_shown }),
    () => ["Plan", `as it was made ${format.relative(plan.made_at)}`],
  );
  if (shown) Object.assign(context.form, { made: { ...shown, id: plan.id }, made_from: null });
  context.redraw();
}

function input(context, name, attributes) {
  const form = form_of(context);
  return h("input", { ...attributes, value: form[name], oninput: (event) => (form[name] = event.target.value) });
}

function parameter_field(context, parameter) {
  const { parameters } = form_of(context);
  const control = h("input", {
    value: parameters[parameter.name] ?? "",
    placeholder: parameter.default_text || parameter.type,
    title: parameter.description,
    oninput: (event) => (parameters[parameter.name] = event.target.value),
  });
  return field(format.words(parameter.name), control, `parameter-${parameter.name}`);
}

function form_card(context) {
  const form = form_of(context);
  const known = descriptions(context);
  const chosen = known.find((strategy) => strategy.name === form.strategy);
  const strategies = [
    ["", "The cache’s default"],
    ...known
      .filter((strategy) => !strategy.warms_by_itself)
      .map((strategy) => [strategy.name, format.words(strategy.name)]),
  ];
  const policies = ["balanced", "conservative", "aggressive", "adaptive", "priority"].map((name) => [
    name,
    format.words(name),
  ]);
  return card(
    null,
    { label: "What to plan" },
    h(
      "form",
      {
        onsubmit: (event) => {
          event.preventDefault();
          preview(context, false);
        },
      },
      h(
        "div",
        { class: "fields" },
        field(
          "Strategy",
          select(strategies, form.strategy, (value) => {
            Object.assign(form, { strategy: value, parameters: {} });
            context.redraw();
          }),
          "plan-strategy",
        ),
        field(
          "Keys at most",
          input(context, "limit", {
            type: "number",
            min: "1",
            max: "4294967295",
            placeholder: "no limit",
            inputmode: "numeric",
          }),
          "plan-limit",
        ),
        field(
          "Memory policy",
          select(policies, form.policy, (value) => (form.policy = value)),
          "plan-policy",
        ),
        field(
          "Budget in MiB",
          input(context, "budget_mb", {
            type: "number",
            min: "1",
            step: "any",
            placeholder: "by policy",
            inputmode: "decimal",
          }),
          "plan-budget",
        ),
        ...(chosen?.parameters ?? []).map((parameter) => parameter_field(context, parameter)),
        h(
          "div",
          { class: "submit" },
          h(
            "button",
            { type: "submit", class: "button primary", disabled: Boolean(form.planning) },
            context.form.planning ? "Planning…" : "Plan",
          ),
          button("Plan and keep", () => preview(context, true)),
        ),
      ),
      h(
        "p",
        { class: "note small form-note" },
        chosen ? chosen.description : "A plan shows what a run would do. It loads nothing.",
      ),
    ),
  );
}

function summary(context, plan) {
  const left_out = Object.values(plan.left_out_counts).reduce((total, number) => total + number, 0);
  return figures(
    figure("Selected", format.count(plan.selected), `of ${format.count(plan.selected + left_out)} that were proposed`),
    figure("Memory", format.bytes(plan.planned_bytes), [
      bar(plan.budget_bytes > 0 ? plan.planned_bytes / plan.budget_bytes : 0),
      h("span", {}, `of ${format.bytes(plan.budget_bytes)} that it may take`),
    ]),
    figure("Origin calls", format.count(plan.origin_calls), "retries not counted"),
    figure(
      "Takes about",
      plan.expected_time_s > 0 ? format.seconds(plan.expected_time_s) : format.unknown,
      "by what loads of these keys cost before",
    ),
  );
}

function plan_cards(context) {
  const plan = context.form.made;
  if (!plan) return [];
  return [
    h(
      "div",
      { class: "plan-head" },
      h("h2", {}, `Plan for ${plan.cache}`),
      h("span", { class: "note" }, `made ${format.relative(plan.made_at)}${plan.id ? ", kept" : ""}`),
      h(
        "span",
        { class: "end" },
        button("Warm this now", () => warm(context), { primary: true, symbol: "keys", disabled: plan.selected === 0 }),
      ),
    ),
    summary(context, plan),
    ...plan_parts(plan),
  ];
}

function kept_card(context) {
  const plans = (context.data.plans?.value?.plans ?? []).filter(
    (plan) => !context.cache || plan.cache === context.cache,
  );
  const error = context.data.plans?.error;
  return card(
    "Plans that are kept",
    { kind: "flush" },
    error
      ? notice(error.message, "warn")
      : plans.length === 0
        ? empty("None. A plan that is kept can be run another day, as it is.")
        : table(
            "Plans that are kept",
            [
              {
                label: "Plan",
                wide: true,
                cell: (plan) => [
                  h("b", {}, plan.cache),
                  h("span", { class: "sub" }, `made ${format.relative(plan.made_at)}`),
                ],
              },
              { label: "Selected", number: true, cell: (plan) => format.count(plan.selected) },
              { label: "Left out", number: true, cell: (plan) => format.count(plan.left_out) },
              { label: "Memory", number: true, cell: (plan) => format.bytes(plan.planned_bytes) },
              { label: "Origin calls", number: true, cell: (plan) => format.count(plan.origin_calls) },
              {
                label: "Actions",
                hide_label: true,
                end: true,
                cell: (plan) =>
                  h(
                    "span",
                    { class: "row-actions" },
                    button("Show", () => show(context, plan), {
                      small: true,
                      says: `Show the plan of ${plan.cache} made ${format.relative(plan.made_at)}`,
                    }),
                    button("Warm", () => run(context, { plan: plan.id, wait: false }, plan.cache), {
                      small: true,
                      says: `Warm by the plan of ${plan.cache}`,
                    }),
                    button("Drop", () => drop(context, plan), { small: true, says: `Drop the plan of ${plan.cache}` }),
                  ),
              },
            ],
            plans,
            (plan) => plan.id,
          ),
  );
}

export const view = {
  id: "plan",
  title: "Plan",
  async load(context) {
    await Promise.all([
      load_kept(context),
      context.data.strategies?.value ? null : context.fetch("strategies", "/warming/strategies", {}),
    ]);
  },
  render(context) {
    return [
      view_head(
        "Plan",
        "What a run would warm, in which order, and what it would leave out and why.",
        cache_choice(context, { all: false }),
      ),
      h("div", { class: "stack" }, form_card(context), ...plan_cards(context), kept_card(context)),
    ];
  },
};
