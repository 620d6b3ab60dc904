// Background warming, and what is done to a cache at once: start and stop, schedules, invalidation.
#include "apps/control/json_scheduling.hpp"
#include "apps/control/service.hpp"

#include <algorithm>

namespace stoker::control {

namespace {

void answer_start(service& of, const incoming& request, httplib::Response& into) {
  const auto body = request.json_body();
  const bool usual = body.is_object() && body.empty() && of.options.usual_start;
  const auto options = usual ? of.options.usual_start() : start_of(body);
  answer_json(into, to_json(of.ask([options](engine& served) { return served.start(options); })));
}

void answer_stop(service& of, const incoming& request, httplib::Response& into) {
  // The engine's own time to answer comes on top, and must be over before this server's is.
  const auto span = std::min(patience_of(request.json_body()), of.lanes.answer_timeout() / 2);
  answer_json(into, to_json(of.ask([span](engine& served) { return served.stop(span); })));
}

void answer_run_schedules(service& of, const incoming& request, httplib::Response& into) {
  const auto id = schedule_of(request.json_body());
  answer_json(into, to_json(of.ask([id](engine& served) { return served.run_schedules(id); })));
}

void answer_optimize(service& of, const incoming& request, httplib::Response& into) {
  const auto apply = apply_of(request.json_body());
  const auto all = of.ask([apply](engine& served) { return served.optimize_schedules(apply); });
  const auto told = [&](const schedule_change& each) { return of.told(each.cache, each); };
  answer_json(into, {{"changes", list(all.changes, told)}});
}

void answer_invalidate(service& of, const incoming& request, httplib::Response& into) {
  const auto order = invalidate_of(request.json_body());
  const auto cache = of.cache_named(order.cache);
  const auto [keys, tagged] = of.ask([order, cache](engine& served) {
    auto handle = served.cache(cache);
    std::uint64_t removed = 0;
    for (const auto& key : order.keys) removed += handle.invalidate(key) ? 1 : 0;
    const std::uint64_t by_tag = order.tags.empty() ? 0 : handle.invalidate_tags(order.tags);
    return std::pair{removed, by_tag};
  });
  answer_json(into, {{"keys", keys}, {"tagged", tagged}});
}

void answer_forget(service& of, const incoming& request, httplib::Response& into) {
  const auto cache = of.cache_named(cache_of(request.json_body()));
  of.ask([cache](engine& served) {
    served.forget(cache);
    return true;
  });
  answer_json(into, {{"done", true}});
}

void answer_flush(service& of, const incoming& request, httplib::Response& into) {
  nothing_of(request.json_body());
  answer_json(into, {{"done", of.ask([](engine& served) { return served.flush(); })}});
}

}  // namespace

void add_schedule_routes(service& of, std::vector<route>& into) {
  const auto post = [&](const char* path, void (*answer)(service&, const incoming&, httplib::Response&)) {
    into.push_back(
        {"POST", path, access_kind::change, [&of, answer](const incoming& request, httplib::Response& to) {
           request.parameters().done();
           answer(of, request, to);
         }});
  };
  post("/warming/start", answer_start);
  post("/warming/stop", answer_stop);
  post("/warming/run_schedules", answer_run_schedules);
  post("/warming/optimize", answer_optimize);
  post("/warming/invalidate", answer_invalidate);
  post("/warming/forget", answer_forget);
  post("/warming/flush", answer_flush);
}

}  // namespace stoker::control
