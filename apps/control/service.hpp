// What the routes have in common: the engine, and what the server keeps beside it.
//
// Threads: any; the engine outlives it.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "apps/control/control_server.hpp"
#include "apps/control/engine_lanes.hpp"
#include "apps/control/event_hub.hpp"
#include "apps/control/plan_shelf.hpp"
#include "apps/control/readiness.hpp"
#include "apps/control/requests.hpp"
#include "apps/control/route.hpp"
#include "apps/control/run_board.hpp"
#include "apps/control/shared_status.hpp"
#include "stoker/engine.hpp"

namespace stoker::control {

struct atomic_counters {
  std::atomic<std::uint64_t> requests{0};
  std::atomic<std::uint64_t> client_errors{0};
  std::atomic<std::uint64_t> server_errors{0};
  std::atomic<std::uint64_t> unauthorized{0};
  std::atomic<std::uint64_t> rate_limited{0};
  std::atomic<std::uint64_t> connections_refused{0};
  std::atomic<std::uint64_t> accesses_tracked{0};
};

class service {
 public:
  service(engine& served, const control_options& given);

  // The cache that a request means: the given one, or the only one there is.
  std::string cache_named(const std::string& given) const;
  // Asks the engine, within the answer timeout.
  template <class Question>
  auto ask(Question question) {
    return lanes.ask([this, question = std::move(question)]() mutable { return question(served); });
  }
  // Of the whole engine, within the answer timeout; as old as limits.status_age at most.
  shared_status::pointer status_now();
  // The same, and feeds, as JSON, written once for all who ask within its age.
  std::shared_ptr<const std::string> status_text();
  // An answer about a cache, with its keys hidden where the cache redacts them.
  template <class T>
  json told(const std::string& cache, T about) const {
    served.redaction_of(cache).apply(about);
    return to_json(about);
  }
  // Whether the keys of a cache are hidden; of an empty name: those of every cache.
  bool redacts(const std::string& cache) const;
  control_counters counters_now() const;
  std::vector<feed_status> feeds_now() const;
  void stop();

  engine& served;
  const control_options options;
  const clock_function now;
  atomic_counters counters;
  plan_shelf plans;
  readiness_gate gate;
  shared_status status;  // before whoever asks it
  engine_lanes lanes;
  run_board runs;
  event_hub events;

 private:
  std::mutex text_mutex_;
  shared_status::pointer text_of_;  // that `text_` tells
  std::shared_ptr<const std::string> text_;
};

// The routes by topic; each refers to the service, which outlives them.
void add_status_routes(service& of, std::vector<route>& into);
void add_knowledge_routes(service& of, std::vector<route>& into);
void add_warming_routes(service& of, std::vector<route>& into);
void add_plan_routes(service& of, std::vector<route>& into);
void add_schedule_routes(service& of, std::vector<route>& into);
void add_snapshot_routes(service& of, std::vector<route>& into);
void add_track_routes(service& of, std::vector<route>& into);
void add_event_routes(service& of, std::vector<route>& into);
void add_dashboard_routes(std::vector<route>& into);

std::vector<route> all_routes(service& of);

}  // namespace stoker::control
