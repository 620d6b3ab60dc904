// Caches: hits, warmth, content, and what was recorded of them.
#include "apps/control/metrics/sections.hpp"

namespace stoker::control {

namespace {

// What a warmer found when it was about to load: there already, or not.
struct warmer_lookups {
  double hits = 0;
  double misses = 0;

  double ratio() const { return hits + misses == 0 ? -1 : hits / (hits + misses); }
};

warmer_lookups lookups_of(const engine_status& status, const std::string& cache) {
  warmer_lookups found;
  for (const auto& warmer : status.warmers) {
    if (warmer.cache != cache) continue;
    for (const auto& each : warmer.items) {
      const auto present = each.result == "already_fresh" || each.reason == "fresh";
      const auto loaded = each.result == "warmed" || each.result == "failed";
      (present ? found.hits : found.misses) += present || loaded ? static_cast<double>(each.items) : 0;
    }
  }
  return found;
}

void add_requests(metric_families& into, const engine_status& status) {
  auto& requests =
      into.counter("cache_requests_total", "Lookups by who made them (user, warmer) and result (hit, miss).");
  auto& ratio =
      into.gauge("cache_hit_ratio",
                 "Hits / lookups. Users': over the last whole window. Warmers': of the candidates that "
                 "were looked up since the start, those that were there already.");
  for (const auto& cache : status.caches) {
    const auto warmer = lookups_of(status, cache.cache);
    const auto add = [&](const char* whose, double hits, double misses) {
      requests.add(hits, {{"cache", cache.cache}, {"class", whose}, {"result", "hit"}});
      requests.add(misses, {{"cache", cache.cache}, {"class", whose}, {"result", "miss"}});
    };
    add("user", static_cast<double>(cache.hits), static_cast<double>(cache.misses));
    add("warmer", warmer.hits, warmer.misses);
    ratio.add_known(cache.recent_hit_ratio, {{"cache", cache.cache}, {"class", "user"}});
    ratio.add_known(warmer.ratio(), {{"cache", cache.cache}, {"class", "warmer"}});
  }
}

void add_warmth(metric_families& into, const engine_status& status) {
  auto& steady = into.gauge("cache_steady_hit_ratio", "Hit ratio of the recorded steady state.");
  auto& warmness =
      into.gauge("cache_warmness_ratio", "Recent hit ratio / that of the recorded steady state, at most 1.");
  auto& warm =
      into.gauge("cache_warm", "1 once the hit ratio is that of the steady state for three windows.");
  auto& took = into.gauge("cache_time_to_warm_seconds",
                          "From the engine's start, or from when the cache was emptied, until it was warm.");
  for (const auto& cache : status.caches) {
    const metric_labels labels{{"cache", cache.cache}};
    steady.add_known(cache.steady_hit_ratio, labels);
    warmness.add_known(cache.warmness, labels);
    warm.add(cache.warm ? 1 : 0, labels);
    took.add_known(seconds_of(cache.time_to_warm), labels);
  }
}

void add_content(metric_families& into, const engine_status& status) {
  auto& entries = into.gauge("cache_entries", "Entries in the cache.");
  auto& bytes = into.gauge("cache_bytes", "Memory that the cache takes.");
  auto& capacity = into.gauge("cache_capacity_bytes", "Memory that it may take; 0: bounded by entries.");
  auto& evictions = into.counter("cache_evictions_total", "Entries evicted for want of room.");
  auto& expirations = into.counter("cache_expirations_total", "Entries whose TTL ran out.");
  for (const auto& cache : status.caches) {
    const metric_labels labels{{"cache", cache.cache}};
    entries.add(static_cast<double>(cache.entries), labels);
    bytes.add(static_cast<double>(cache.bytes), labels);
    capacity.add(static_cast<double>(cache.capacity_bytes), labels);
    evictions.add(static_cast<double>(cache.evictions), labels);
    expirations.add(static_cast<double>(cache.expirations), labels);
  }
}

void add_prefetched(metric_families& into, const engine_status& status) {
  auto& prefetched = into.counter("cache_prefetched_entries_total", "Entries put in ahead of a demand.");
  auto& used = into.counter("cache_prefetched_used_total", "Of these, demanded before they left the cache.");
  auto& wasted = into.counter("cache_prefetched_wasted_total", "Of these, left the cache unused.");
  auto& precision = into.gauge("cache_prefetch_precision_ratio", "Used / (used + wasted), since the start.");
  for (const auto& cache : status.caches) {
    const metric_labels labels{{"cache", cache.cache}};
    const auto uses = static_cast<double>(cache.first_uses);
    const auto losses = static_cast<double>(cache.prefetched_wasted);
    prefetched.add(static_cast<double>(cache.prefetches), labels);
    used.add(uses, labels);
    wasted.add(losses, labels);
    if (uses + losses > 0) precision.add(uses / (uses + losses), labels);
  }
}

void add_demand(metric_families& into, const engine_status& status) {
  auto& loads = into.counter("cache_demand_loads_total", "Loads from the origin that users' misses made.");
  auto& failures = into.counter("cache_demand_failures_total", "Of these, failed.");
  for (const auto& cache : status.caches) {
    loads.add(static_cast<double>(cache.demand_loads), {{"cache", cache.cache}});
    failures.add(static_cast<double>(cache.demand_failures), {{"cache", cache.cache}});
  }
}

}  // namespace

void add_cache_metrics(metric_families& into, const engine_status& status) {
  add_requests(into, status);
  add_warmth(into, status);
  add_content(into, status);
  add_prefetched(into, status);
  add_demand(into, status);
}

void add_tracking_metrics(metric_families& into, const engine_status& status) {
  auto& recorded = into.counter("accesses_recorded_total", "Accesses that were recorded and passed on.");
  auto& dropped =
      into.counter("accesses_dropped_total",
                   "Accesses lost: for want of room in the recorder, in time for their place in the "
                   "order (collector), at the predictor, at the warmer.");
  for (const auto& cache : status.caches) {
    recorded.add(static_cast<double>(cache.recorded), {{"cache", cache.cache}});
    dropped.add(static_cast<double>(cache.dropped_accesses), {{"cache", cache.cache}, {"stage", "recorder"}});
  }
  for (const auto& each : status.collectors) {
    dropped.add(static_cast<double>(each.late), {{"cache", each.cache}, {"stage", "collector"}});
    dropped.add(static_cast<double>(each.missed_by_predictor),
                {{"cache", each.cache}, {"stage", "predictor"}});
    dropped.add(static_cast<double>(each.missed_by_warmer), {{"cache", each.cache}, {"stage", "warmer"}});
  }
  const auto& tracker = status.tracker;
  into.gauge("tracker_keys", "Keys with statistics.").add(static_cast<double>(tracker.keys));
  into.counter("tracker_accesses_total", "Accesses tracked.").add(static_cast<double>(tracker.accesses));
  into.counter("tracker_dropped_accesses_total", "Accesses lost on the way to the tracker.")
      .add(static_cast<double>(tracker.dropped_accesses));
  into.counter("tracker_evicted_keys_total", "Keys forgotten for want of room.")
      .add(static_cast<double>(tracker.evicted_keys));
  into.gauge("tracker_memory_bytes", "Memory of the statistics.")
      .add(static_cast<double>(tracker.memory_bytes));
  into.gauge("tracker_unwritten_keys", "Keys that changed and are not in the history yet.")
      .add(static_cast<double>(tracker.unwritten_keys));
  into.gauge("tracker_restoring", "1 while the history is still being read.").add(tracker.restoring ? 1 : 0);
}

}  // namespace stoker::control
