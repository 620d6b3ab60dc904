#include "apps/control/service.hpp"

#include "apps/control/shown_status.hpp"

#include <algorithm>

#include "apps/control/json_feeds.hpp"
#include "apps/control/json_status.hpp"

namespace stoker::control {

namespace {

// Questions to the engine at once, and those that wait: the engine is asked by few threads, for it has few
// itself.
constexpr std::size_t lane_count = 8;
constexpr std::size_t waiting_questions = 64;

clock_function clock_of(const control_options& options) {
  if (options.now) return options.now;
  return [] { return std::chrono::time_point_cast<duration>(std::chrono::system_clock::now()); };
}

time_point steady_now() {
  return time_point{std::chrono::steady_clock::now().time_since_epoch()};
}

std::function<std::vector<live_event>()> looker(service& of) {
  auto feed = std::make_shared<event_feed>();
  return [&of, feed] {
    const auto status = of.status.get();
    return feed->look(
        *status, of.served.events(), of.gate.look(*status, of.now()),
        [&of](const std::string& cache, std::uint64_t run) { return of.served.report(cache, run); });
  };
}

}  // namespace

service::service(engine& engine_served, const control_options& given)
    : served(engine_served),
      options(given),
      now(clock_of(given)),
      plans(given.plans_folder),
      gate(now(), given.readiness_deadline),
      status([this] { return shown_status(served); }, steady_now, given.limits.status_age),
      lanes(lane_count, waiting_questions, given.limits.answer_timeout),
      runs(given.limits.runs, now,
           [this](const std::string& cache) {
             try {
               for (const auto& name : cache.empty() ? served.caches() : std::vector<std::string>{cache})
                 served.cancel(name);
             } catch (const error&) {
               // It has ended, or the engine is being shut down: either way there is nothing to cancel.
             }
           }),
      events(given.limits.streams, looker(*this)) {}

std::string service::cache_named(const std::string& given) const {
  if (!given.empty()) {
    served.cache(given);  // throws when there is none
    return given;
  }
  auto all = served.caches();
  if (all.size() == 1) return all.front();
  if (all.empty()) throw refused{{404, "no_such_cache", "The engine has no caches yet."}};
  throw bad_field("cache", "given, for there are several: " + alternatives({all.begin(), all.end()}));
}

shared_status::pointer service::status_now() {
  if (auto known = status.fresh()) return known;
  return ask([this](engine&) { return status.get(); });
}

std::shared_ptr<const std::string> service::status_text() {
  const auto found = status_now();
  std::lock_guard guard{text_mutex_};
  if (text_of_ != found) {
    auto told = to_json(*found);
    told["feeds"] = list(feeds_now());
    text_ = std::make_shared<const std::string>(text_of(told));
    text_of_ = found;
  }
  return text_;
}

bool service::redacts(const std::string& cache) const {
  const auto hides = [this](const std::string& name) { return served.redaction_of(name).hides(); };
  if (!cache.empty()) return hides(cache);
  const auto all = served.caches();
  return std::all_of(all.begin(), all.end(), hides);
}

std::vector<feed_status> service::feeds_now() const {
  return options.feeds ? options.feeds() : std::vector<feed_status>{};
}

control_counters service::counters_now() const {
  control_counters now_counted;
  now_counted.requests = counters.requests;
  now_counted.client_errors = counters.client_errors;
  now_counted.server_errors = counters.server_errors;
  now_counted.unauthorized = counters.unauthorized;
  now_counted.rate_limited = counters.rate_limited;
  now_counted.connections_refused = counters.connections_refused;
  now_counted.accesses_tracked = counters.accesses_tracked;
  now_counted.streams = events.watchers();
  now_counted.streams_dropped = events.dropped();
  now_counted.runs = runs.running();
  return now_counted;
}

void service::stop() {
  events.stop();
  runs.stop();
  lanes.stop();
}

std::vector<route> all_routes(service& of) {
  std::vector<route> all;
  add_status_routes(of, all);
  add_knowledge_routes(of, all);
  add_warming_routes(of, all);
  add_plan_routes(of, all);
  add_schedule_routes(of, all);
  add_snapshot_routes(of, all);
  add_track_routes(of, all);
  add_event_routes(of, all);
  add_dashboard_routes(all);
  return all;
}

}  // namespace stoker::control
