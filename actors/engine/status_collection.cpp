#include "actors/engine/status_collection.hpp"

#include "actors/engine/managed_cache.hpp"
#include "actors/tracking/ranking.hpp"

namespace stoker {

namespace {

// The answer in the making. Delivers itself when the last question is settled.
struct collection {
  collection(engine_status start, caf::typed_response_promise<engine_status> to)
      : result(std::move(start)), promise(std::move(to)) {}
  collection(const collection&) = delete;
  collection& operator=(const collection&) = delete;
  ~collection() { promise.deliver(std::move(result)); }

  engine_status result;
  caf::typed_response_promise<engine_status> promise;
};

void note_mailbox(engine_status& into, const std::string& name, std::uint64_t waiting) {
  for (auto& each : into.actors)
    if (each.name == name) each.mailbox = static_cast<std::int64_t>(waiting);
}

class asker {
 public:
  asker(engine_actor::pointer self, caf::timespan timeout, std::shared_ptr<collection> into)
      : self_(self), timeout_(timeout), into_(std::move(into)) {}

  // Puts the answer of `whom` in its place by store(engine_status&, answer).
  template <class Answer, class Handle, class Store>
  void ask(const std::string& name, const Handle& whom, Store store) {
    if (!whom) {
      into_->result.missing.push_back(name);
      return;
    }
    self_->request(whom, timeout_, status_request{})
        .then(
            [into = into_, store, name](const Answer& answer) {
              store(into->result, answer);
              note_mailbox(into->result, name, answer.mailbox);
            },
            [into = into_, name](const caf::error&) { into->result.missing.push_back(name); });
  }

 private:
  engine_actor::pointer self_;
  caf::timespan timeout_;
  std::shared_ptr<collection> into_;
};

void ask_common(asker& each, const directory& peers) {
  for (std::size_t shard = 0; shard < peers.tracker_shards(); ++shard)
    each.ask<tracker_status>("tracker " + std::to_string(shard), peers.tracker(shard),
                             [](engine_status& into, const tracker_status& answer) {
                               into.tracker = merge_status({into.tracker, answer});
                             });
  each.ask<historian_status>(
      "historian", peers.historian(),
      [](engine_status& into, const historian_status& answer) { into.history = answer; });
  each.ask<memory_report>("memory monitor", peers.memory_monitor(),
                          [](engine_status& into, const memory_report& answer) { into.memory = answer; });
  each.ask<arbiter_status>("arbiter", peers.arbiter(),
                           [](engine_status& into, const arbiter_status& answer) { into.arbiter = answer; });
  each.ask<scheduler_status>(
      "scheduler", peers.scheduler(),
      [](engine_status& into, const scheduler_status& answer) { into.scheduler = answer; });
}

}  // namespace

void collect_status(engine_actor::pointer self, const directory& peers,
                    const std::vector<std::string>& caches, const std::vector<std::string>& origins,
                    caf::timespan timeout, engine_status start,
                    caf::typed_response_promise<engine_status> promise) {
  auto into = std::make_shared<collection>(std::move(start), std::move(promise));
  asker each{self, timeout, into};
  ask_common(each, peers);
  for (const auto& name : caches) {
    each.ask<warmer_status>(
        "warmer " + name, peers.warmer(name),
        [](engine_status& to, const warmer_status& answer) { to.warmers.push_back(answer); });
    each.ask<collector_status>(
        "collector " + name, peers.collector(name),
        [](engine_status& to, const collector_status& answer) { to.collectors.push_back(answer); });
    each.ask<predictor_status>(
        "predictor " + name, peers.predictor(name),
        [](engine_status& to, const predictor_status& answer) { to.predictors.push_back(answer); });
  }
  for (const auto& name : origins)
    each.ask<origin_status>(
        "origin " + name, peers.origin(name),
        [](engine_status& to, const origin_status& answer) { to.origins.push_back(answer); });
}

namespace {

void note_outside(cache_status& status, const outside_status& found) {
  status.entries = found.entries;
  status.bytes = found.used_bytes;
  status.capacity_bytes = found.limit_bytes;
  status.evictions = found.evictions;
}

}  // namespace

cache_status status_of(const managed_cache& cache) {
  const auto counts = cache.counts();
  const auto recorded = cache.accesses->stats();
  cache_status status;
  status.cache = cache.config.name;
  if (!cache.outside) status.eviction = to_string(cache.config.eviction_policy);
  status.hits = counts.hits;
  status.misses = counts.misses;
  status.recent_hit_ratio = cache.recent_hit_ratio;
  status.first_uses = counts.first_uses;
  status.prefetches = counts.prefetches;
  status.prefetched_wasted = counts.prefetched_wasted;
  status.evictions = counts.evictions;
  status.entries = counts.entries;
  status.bytes = counts.bytes;
  status.capacity_bytes = counts.capacity_bytes;
  status.demand_loads = cache.demand_loads;
  status.demand_failures = cache.demand_failures;
  status.recorded = recorded.passed_on;
  status.dropped_accesses = recorded.dropped;
  status.expirations = counts.expirations;
  status.steady_hit_ratio = cache.steady_hit_ratio;
  status.warmness = cache.warmness;
  status.time_to_warm = duration{cache.time_to_warm_ns};
  status.warm = status.time_to_warm >= duration::zero();
  if (cache.absences) status.absent_answers = cache.absences->stats().answered;
  if (cache.watch) note_outside(status, cache.watch->status());
  return status;
}

}  // namespace stoker
