#include "apps/control/json_status.hpp"

#include "apps/control/json_memory.hpp"
#include "apps/control/json_outside.hpp"
#include "apps/control/json_scheduling.hpp"
#include "apps/control/json_strategies.hpp"
#include "apps/control/words.hpp"
#include "messages/history.hpp"
#include "messages/loading.hpp"
#include "messages/prefetching.hpp"
#include "messages/statistics.hpp"
#include "messages/status.hpp"

namespace stoker {

using namespace control;

json to_json(const actor_status& x) {
  return {{"name", x.name},
          {"condition", word(x.condition)},
          {"restarts", x.restarts},
          {"last_failure", x.last_failure},
          {"next_restart", instant(x.next_restart)},
          {"mailbox", known(x.mailbox)}};
}

json to_json(const cache_status& x) {
  return {{"cache", x.cache},
          {"eviction", x.eviction},
          {"hits", x.hits},
          {"misses", x.misses},
          {"recent_hit_ratio", known(x.recent_hit_ratio)},
          {"first_uses", x.first_uses},
          {"prefetches", x.prefetches},
          {"prefetched_wasted", x.prefetched_wasted},
          {"evictions", x.evictions},
          {"entries", x.entries},
          {"bytes", x.bytes},
          {"capacity_bytes", x.capacity_bytes},
          {"demand_loads", x.demand_loads},
          {"demand_failures", x.demand_failures},
          {"recorded", x.recorded},
          {"dropped_accesses", x.dropped_accesses},
          {"expirations", x.expirations},
          {"warm", x.warm},
          {"steady_hit_ratio", known(x.steady_hit_ratio)},
          {"warmness", known(x.warmness)},
          {"time_to_warm_s", known(seconds(x.time_to_warm))},
          {"absent_answers", x.absent_answers},
          {"hit_ratio", ratio(x.hits, x.hits + x.misses)}};
}

json to_json(const source_status& x) {
  return {{"source", x.source}, {"proposed", x.proposed}, {"used", x.used}};
}

json to_json(const predictor_status& x) {
  return {{"cache", x.cache},
          {"predictor", x.predictor},
          {"accesses", x.accesses},
          {"keys", x.keys},
          {"proposed", x.proposed},
          {"used", x.used},
          {"wasted", x.wasted},
          {"late", x.late},
          {"origin_load", x.origin_load},
          {"threshold", x.threshold},
          {"delay", x.delay},
          {"memory_bytes", x.memory_bytes},
          {"observing", x.observing},
          {"silent", x.silent},
          {"silent_because", x.silent_because},
          {"shadow_hits", x.shadow_hits},
          {"shadow_load", x.shadow_load},
          {"shadow_gain", x.shadow_gain},
          {"sources", list(x.sources)},
          {"mailbox", x.mailbox}};
}

json to_json(const origin_status& x) {
  return {{"origin", x.origin},
          {"breaker", word(x.breaker)},
          {"demand_loads", x.demand_loads},
          {"warming_loads", x.warming_loads},
          {"failures", x.failures},
          {"shed", x.shed},
          {"in_flight", x.in_flight},
          {"queued", x.queued},
          {"tokens", known(x.tokens)},
          {"mean_load_s", seconds(x.mean_load)},
          {"rate_per_s", x.rate_per_s},
          {"max_in_flight", x.max_in_flight},
          {"queue_capacity", x.queue_capacity},
          {"paused_until", instant(x.paused_until)},
          {"throttled", x.throttled},
          {"bytes_per_s", x.limits.bytes.tokens / seconds(x.limits.bytes.interval)},
          {"byte_tokens", known(x.byte_tokens)},
          {"demand_in_flight", x.demand_in_flight},
          {"demand_bytes", x.demand_bytes},
          {"warming_bytes", x.warming_bytes},
          {"mailbox", x.mailbox}};
}

json to_json(const tracker_status& x) {
  return {{"keys", x.keys},
          {"accesses", x.accesses},
          {"dropped_accesses", x.dropped_accesses},
          {"evicted_keys", x.evicted_keys},
          {"memory_bytes", x.memory_bytes},
          {"unwritten_keys", x.unwritten_keys},
          {"restoring", x.restoring},
          {"mailbox", x.mailbox}};
}

json to_json(const collector_status& x) {
  return {{"cache", x.cache},
          {"batches", x.batches},
          {"accesses", x.accesses},
          {"dropped", x.dropped},
          {"late", x.late},
          {"missed_by_predictor", x.missed_by_predictor},
          {"missed_by_warmer", x.missed_by_warmer},
          {"mailbox", x.mailbox}};
}

json to_json(const historian_status& x) {
  return {{"state", word(x.state)},
          {"folder", x.folder},
          {"detail", x.detail},
          {"records_written", x.records_written},
          {"batches_written", x.batches_written},
          {"records_waiting", x.records_waiting},
          {"write_errors", x.write_errors},
          {"last_error", x.last_error},
          {"bytes_on_disk", x.bytes_on_disk},
          {"loss_window_s", seconds(x.loss_window)},
          {"oldest_waiting_s", seconds(x.oldest_waiting)},
          {"last_write", instant(x.last_write)},
          {"mailbox", x.mailbox}};
}

json to_json(const engine_status& x) {
  return {{"started", x.started},          {"at", instant(x.at)},
          {"actors", list(x.actors)},      {"caches", list(x.caches)},
          {"warmers", list(x.warmers)},    {"predictors", list(x.predictors)},
          {"origins", list(x.origins)},    {"scheduler", to_json(x.scheduler)},
          {"tracker", to_json(x.tracker)}, {"history", to_json(x.history)},
          {"memory", to_json(x.memory)},   {"arbiter", to_json(x.arbiter)},
          {"missing", x.missing},          {"collectors", list(x.collectors)},
          {"outside", list(x.outside)},    {"snapshots", list(x.snapshots)}};
}

}  // namespace stoker
