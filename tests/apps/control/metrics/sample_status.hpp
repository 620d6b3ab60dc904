// A status in which every figure is known and no two are alike.
#pragma once

#include "apps/control/feed_status.hpp"
#include "messages/status.hpp"

namespace stoker::test {

inline cache_status sample_cache() {
  cache_status cache;
  cache.cache = "pages";
  cache.hits = 900;
  cache.misses = 100;
  cache.recent_hit_ratio = 0.95;
  cache.first_uses = 30;
  cache.prefetches = 50;
  cache.prefetched_wasted = 10;
  cache.evictions = 7;
  cache.expirations = 3;
  cache.entries = 500;
  cache.bytes = 4096;
  cache.capacity_bytes = 8192;
  cache.demand_loads = 101;
  cache.demand_failures = 2;
  cache.recorded = 1000;
  cache.dropped_accesses = 5;
  cache.warm = true;
  cache.steady_hit_ratio = 0.96;
  cache.warmness = 0.99;
  cache.time_to_warm = std::chrono::milliseconds{1500};
  return cache;
}

inline strategy_run sample_strategy() {
  strategy_run run;
  run.strategy = "popular";
  run.last_run = time_point{} + std::chrono::seconds{1'700'000'000};
  run.succeeded = true;
  run.runs = 4;
  run.proof = {.warmed = 40,
               .used = 30,
               .wasted = 10,
               .measured = 38,
               .measured_hits = 28,
               .controls = 12,
               .control_hits = 3,
               .lift = 0.48,
               .lift_low = 0.2,
               .lift_high = 0.7,
               .precision = 0.75,
               .origin_calls = 44,
               .origin_calls_saved = 20,
               .standing = strategy_standing::proven};
  return run;
}

inline warmer_status sample_warmer() {
  warmer_status warmer;
  warmer.cache = "pages";
  warmer.active_run = 5;
  warmer.progress = {.run = 5, .done = 3, .total = 9};
  warmer.strategies.push_back(sample_strategy());
  warmer.prefetches_stored = 21;
  warmer.prefetches_dropped = 22;
  warmer.prefetches_failed = 23;
  warmer.prefetches_in_flight = 2;
  warmer.prefetches_queued = 6;
  warmer.trials_open = 11;
  warmer.rollbacks = 1;
  warmer.items = {{"popular", "warmed", "none", 40},
                  {"popular", "already_fresh", "none", 8},
                  {"popular", "failed", "timed_out", 2},
                  {"popular", "left_out", "fresh", 4},
                  {"popular", "left_out", "over_budget", 13}};
  warmer.ended = {{"completed", 4}, {"failed", 1}};
  warmer.warmed_bytes = 12345;
  warmer.run_time = std::chrono::seconds{12};
  return warmer;
}

inline origin_status sample_origin() {
  origin_status origin;
  origin.origin = "database";
  origin.breaker = breaker_state::half_open;
  origin.demand_loads = 101;
  origin.warming_loads = 44;
  origin.failures = 4;
  origin.shed = 3;
  origin.in_flight = 2;
  origin.queued = 1;
  origin.tokens = 9.5;
  origin.mean_load = std::chrono::milliseconds{20};
  origin.rate_per_s = 1.5;
  origin.max_in_flight = 10;
  origin.queue_capacity = 4096;
  origin.paused_until = time_point{} + std::chrono::seconds{1'700'000'060};
  origin.throttled = 6;
  origin.limits.bytes = per_second(2000);
  origin.byte_tokens = 500;
  origin.demand_bytes = 7000;
  origin.warming_bytes = 3000;
  return origin;
}

inline scheduler_status sample_scheduler() {
  scheduler_status scheduler;
  scheduler.running = true;
  scheduler.cycles = 17;
  scheduler.machine_load = 0.4;
  schedule_state hourly;
  hourly.id = "hourly";
  hourly.cache = "pages";
  hourly.interval = std::chrono::hours{1};
  hourly.last_run = time_point{} + std::chrono::seconds{1'699'999'000};
  hourly.next_run = time_point{} + std::chrono::seconds{1'700'002'600};
  hourly.succeeded = true;
  hourly.runs = 16;
  hourly.failures = 1;
  hourly.deferrals = 2;
  hourly.took = std::chrono::milliseconds{250};
  scheduler.schedules.push_back(hourly);
  return scheduler;
}

inline outside_status sample_outside() {
  outside_status cache;
  cache.cache = "pages";
  cache.reachable = true;
  cache.answered_at = time_point{} + std::chrono::seconds{1'700'000'000};
  cache.looks = 50;
  cache.failed_looks = 3;
  cache.entries = 800;
  cache.used_bytes = 60'000;
  cache.limit_bytes = 100'000;
  cache.evictions = 5;
  cache.restarts = 1;
  cache.emptied = 2;
  cache.stored = 700;
  cache.present = 30;
  cache.fenced = 4;
  cache.troubles = {{"timed out", 6}};
  return cache;
}

inline std::vector<control::feed_status> sample_feeds() {
  control::feed_status feed;
  feed.feed = "web";
  feed.kind = "socket";
  feed.cache = "pages";
  feed.connected = true;
  feed.clients = 2;
  feed.received = 110;
  feed.recorded = 100;
  feed.malformed = 1;
  feed.left_out = 7;
  feed.dropped = 2;
  feed.reconnects = 4;
  feed.refused = 3;
  feed.outages = 5;
  return {feed};
}

inline engine_status sample_status() {
  engine_status status;
  status.started = true;
  status.at = time_point{} + std::chrono::seconds{1'700'000'000};
  status.actors = {{.name = "warmer pages", .restarts = 2, .mailbox = 14},
                   {.name = "memory monitor", .condition = actor_condition::restarting},
                   {.name = "tracker 1", .mailbox = 0}};
  status.caches = {sample_cache()};
  status.warmers = {sample_warmer()};
  predictor_status predictor;
  predictor.cache = "pages";
  predictor.keys = 77;
  predictor.proposed = 60;
  predictor.used = 33;
  predictor.wasted = 12;
  predictor.late = 4;
  predictor.origin_load = 1.2;
  predictor.threshold = 0.25;
  predictor.memory_bytes = 9999;
  status.predictors = {predictor};
  status.origins = {sample_origin()};
  status.scheduler = sample_scheduler();
  status.tracker = {
      .keys = 600, .accesses = 1000, .evicted_keys = 8, .memory_bytes = 60000, .unwritten_keys = 9};
  status.history.state = history_state::set_aside;
  status.history.records_written = 321;
  status.history.batches_written = 32;
  status.history.records_waiting = 15;
  status.history.write_errors = 1;
  status.history.bytes_on_disk = 1 << 20;
  status.history.loss_window = std::chrono::seconds{1};
  status.history.oldest_waiting = std::chrono::milliseconds{300};
  status.history.last_write = status.at;
  status.memory.level = pressure_level::high;
  status.memory.used_share = 0.85;
  status.memory.reading = {1000, 850, 150, 400, 0.02};
  status.arbiter = {.budget_bytes = 90, .leased_bytes = 30, .leases = 2, .granted = 19, .refused = 3};
  status.arbiter.adaptive_share = 0.6;
  status.missing = {"predictor pages"};
  status.outside = {sample_outside()};
  snapshot_status snapshot;
  snapshot.cache = "pages";
  snapshot.saved_at = status.at - std::chrono::hours{2};
  snapshot.saved_keys = 90;
  snapshot.saved_bytes = 4500;
  snapshot.failures = 1;
  status.snapshots = {snapshot};
  status.collectors = {{.cache = "pages", .late = 1, .missed_by_predictor = 2, .missed_by_warmer = 3}};
  return status;
}

}  // namespace stoker::test
