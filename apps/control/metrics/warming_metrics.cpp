// Warming: items and runs, what strategies bring, what the predictor proposes.
#include <array>

#include "apps/control/metrics/sections.hpp"

namespace stoker::control {

namespace {

void add_runs(const warmer_status& warmer, metric_family& runs) {
  for (const auto& each : warmer.ended)
    runs.add(static_cast<double>(each.runs), {{"cache", warmer.cache}, {"outcome", each.outcome}});
}

void add_prefetches(metric_families& into, const engine_status& status) {
  auto& prefetches =
      into.counter("prefetches_total", "What became of prefetches that the predictor asked for.");
  auto& queued = into.gauge("prefetch_queue_items", "Prefetches that wait for a load.");
  auto& in_flight = into.gauge("prefetch_in_flight", "Prefetches that are being loaded.");
  for (const auto& warmer : status.warmers) {
    const auto add = [&](const char* result, std::uint64_t count) {
      prefetches.add(static_cast<double>(count), {{"cache", warmer.cache}, {"result", result}});
    };
    add("stored", warmer.prefetches_stored);
    add("dropped", warmer.prefetches_dropped);
    add("failed", warmer.prefetches_failed);
    queued.add(static_cast<double>(warmer.prefetches_queued), {{"cache", warmer.cache}});
    in_flight.add(static_cast<double>(warmer.prefetches_in_flight), {{"cache", warmer.cache}});
  }
}

void add_current_runs(metric_families& into, const engine_status& status) {
  auto& active = into.gauge("warming_run_active", "1 while a run is under way.");
  auto& done = into.gauge("warming_run_items_done", "Items of the run under way that have an outcome.");
  auto& total = into.gauge("warming_run_items", "Items of the run under way.");
  for (const auto& warmer : status.warmers) {
    const metric_labels labels{{"cache", warmer.cache}};
    active.add(warmer.active_run == 0 ? 0 : 1, labels);
    if (warmer.active_run == 0) continue;
    done.add(static_cast<double>(warmer.progress.done), labels);
    total.add(static_cast<double>(warmer.progress.total), labels);
  }
}

}  // namespace

void add_warming_metrics(metric_families& into, const engine_status& status) {
  auto& items =
      into.counter("items_total",
                   "Candidates by what became of them. Result: warmed, already_fresh, failed, dropped, "
                   "cancelled, left_out; one of several strategies counts for each.");
  auto& runs = into.counter("warming_runs_total", "Runs that ended, by outcome.");
  auto& bytes = into.counter("warming_bytes_total", "Bytes that runs put into the cache.");
  auto& time = into.counter("warming_run_seconds_total", "How long runs took, all together.");
  auto& rollbacks = into.counter("warming_rollbacks_total", "Runs that were undone.");
  auto& trials = into.gauge("trials_open", "Candidates, warmed or held out, whose horizon is not over.");
  for (const auto& warmer : status.warmers) {
    const metric_labels labels{{"cache", warmer.cache}};
    for (const auto& each : warmer.items)
      items.add(static_cast<double>(each.items), {{"cache", warmer.cache},
                                                  {"strategy", each.strategy},
                                                  {"result", each.result},
                                                  {"reason", each.reason}});
    add_runs(warmer, runs);
    bytes.add(static_cast<double>(warmer.warmed_bytes), labels);
    time.add(seconds_of(warmer.run_time), labels);
    rollbacks.add(static_cast<double>(warmer.rollbacks), labels);
    trials.add(static_cast<double>(warmer.trials_open), labels);
  }
  add_current_runs(into, status);
  add_prefetches(into, status);
}

namespace {

void add_lift(metric_families& into, const engine_status& status) {
  auto& lift = into.gauge("strategy_lift_ratio",
                          "Share of hits among what was warmed less that of the control group.");
  auto& bound = into.gauge("strategy_lift_bound_ratio", "Ends of the lift's 95 % interval: bound low, high.");
  auto& state = into.gauge("strategy_state", "1 for the state that a strategy is in.");
  auto& controls = into.gauge("strategy_controls", "Held-out candidates that the lift is measured against.");
  for (const auto& warmer : status.warmers)
    for (const auto& each : warmer.strategies) {
      const metric_labels labels{{"cache", warmer.cache}, {"strategy", each.strategy}};
      const auto with = [&](const char* name, const char* value) {
        auto more = labels;
        more.emplace_back(name, value);
        return more;
      };
      if (each.proof.measured > 0 && each.proof.controls > 0) lift.add(each.proof.lift, labels);
      bound.add(each.proof.lift_low, with("bound", "low"));
      bound.add(each.proof.lift_high, with("bound", "high"));
      for (const auto standing :
           {strategy_standing::unproven, strategy_standing::proven, strategy_standing::throttled})
        state.add(each.proof.standing == standing ? 1 : 0, with("state", to_string(standing)));
      controls.add(static_cast<double>(each.proof.controls), labels);
    }
}

void add_strategy_runs(metric_families& into, const engine_status& status) {
  auto& runs = into.counter("strategy_runs_total", "Runs of a strategy.");
  auto& last = into.gauge("strategy_last_run_timestamp_seconds", "When it ran last.");
  auto& succeeded = into.gauge("strategy_last_run_success", "1 when its last run completed.");
  for (const auto& warmer : status.warmers)
    for (const auto& each : warmer.strategies) {
      if (each.runs == 0) continue;
      const metric_labels labels{{"cache", warmer.cache}, {"strategy", each.strategy}};
      runs.add(static_cast<double>(each.runs), labels);
      last.add_time(each.last_run, labels);
      succeeded.add(each.succeeded ? 1 : 0, labels);
    }
}

}  // namespace

void add_strategy_metrics(metric_families& into, const engine_status& status) {
  auto& warmed = into.counter("strategy_warmed_total", "Entries that a strategy's warming put in.");
  auto& used = into.counter("strategy_used_total", "Of these, demanded before they left the cache.");
  auto& wasted = into.counter("strategy_wasted_total", "Of these, left unused, or not demanded in time.");
  auto& precision = into.gauge("strategy_precision_ratio", "Used / (used + wasted).");
  auto& calls = into.counter("strategy_origin_requests_total", "Loads from the origin spent on warming.");
  auto& saved = into.gauge("strategy_origin_requests_saved",
                           "Users' loads that did not have to be made, the control group's share off.");
  for (const auto& warmer : status.warmers)
    for (const auto& each : warmer.strategies) {
      const metric_labels labels{{"cache", warmer.cache}, {"strategy", each.strategy}};
      warmed.add(static_cast<double>(each.proof.warmed), labels);
      used.add(static_cast<double>(each.proof.used), labels);
      wasted.add(static_cast<double>(each.proof.wasted), labels);
      precision.add_known(each.proof.precision, labels);
      calls.add(static_cast<double>(each.proof.origin_calls), labels);
      saved.add(static_cast<double>(each.proof.origin_calls_saved), labels);
    }
  add_lift(into, status);
  add_strategy_runs(into, status);
}

void add_prediction_metrics(metric_families& into, const engine_status& status) {
  auto& outcomes = into.counter("predictions_total",
                                "Proposals of the predictor: proposed, and of these used, wasted, late.");
  auto& load = into.gauge("predictor_origin_load_ratio",
                          "(Misses + prefetches) / misses of a plain LRU of the same size.");
  auto& threshold = into.gauge("predictor_threshold_ratio", "Probability from which it proposes.");
  auto& silent = into.gauge("predictor_silent", "1 while it proposes nothing.");
  auto& observing = into.gauge("predictor_observing", "1 when it only observes.");
  auto& keys = into.gauge("predictor_keys", "Keys it knows.");
  auto& memory = into.gauge("predictor_memory_bytes", "Memory of its model.");
  for (const auto& each : status.predictors) {
    const metric_labels labels{{"cache", each.cache}};
    const std::array<std::pair<const char*, std::uint64_t>, 4> counts{
        {{"proposed", each.proposed}, {"used", each.used}, {"wasted", each.wasted}, {"late", each.late}}};
    for (const auto& [result, count] : counts)
      outcomes.add(static_cast<double>(count), {{"cache", each.cache}, {"result", result}});
    if (each.origin_load > 0) load.add(each.origin_load, labels);
    threshold.add(each.threshold, labels);
    silent.add(each.silent ? 1 : 0, labels);
    observing.add(each.observing ? 1 : 0, labels);
    keys.add(static_cast<double>(each.keys), labels);
    memory.add(static_cast<double>(each.memory_bytes), labels);
  }
}

}  // namespace stoker::control
