// Runs: to start them, to watch them, to take them back.
#include "apps/control/json_scheduling.hpp"
#include "apps/control/json_warming.hpp"
#include "apps/control/service.hpp"

#include <algorithm>
#include <charconv>

namespace stoker::control {

namespace {

json set_json(const service& of, const warm_set_report& x) {
  return {{"candidates", x.candidates},
          {"warmed", x.warmed},
          {"already_warm", x.already_warm},
          {"failed", x.failed},
          {"dropped", x.dropped},
          {"took_s", seconds(x.took)},
          {"skipped", x.skipped()},
          {"notes", x.notes},
          {"runs", list(x.runs, [&](const warm_report& run) { return of.told(run.cache, run); })},
          {"shares", list(x.shares)}};
}

// The report when the run ends in time, 202 with where to look when it does not.
void answer_run(service& of, std::uint64_t id, const patience& waits, httplib::Response& into) {
  const auto longest = of.lanes.answer_timeout();
  const auto span = waits.wait ? std::min(waits.at_most.value_or(longest), longest) : duration::zero();
  const auto entry = of.runs.wait(id, span);
  if (!entry) throw refused{{404, "no_such_run", "The run has ended, and its report is forgotten already."}};
  if (entry->failure) throw refused{*entry->failure};
  if (entry->phase == run_phase::completed && waits.wait) {
    answer_json(into, entry->report);
    return;
  }
  into.set_header("Location", "/warming/runs/" + std::to_string(id));
  answer_json(into, to_json(*entry), 202);
}

void answer_warm(service& of, const incoming& request, httplib::Response& into) {
  auto order = warm_of(request.json_body());
  std::uint64_t id = 0;
  if (order.plan.empty()) {
    order.request.cache = of.cache_named(order.request.cache);
    id = of.runs.start("warm", order.request.cache,
                       [&of, what = order.request](const run_board::report_progress& progress) {
                         return of.told(what.cache, of.served.warm(what, progress));
                       });
  } else {
    auto plan = of.plans.find(order.plan);
    if (!plan) throw refused{{404, "no_such_plan", "There is no plan " + order.plan + "."}};
    id = of.runs.start("plan", plan->cache, [&of, what = *plan](const run_board::report_progress&) {
      return of.told(what.cache, of.served.run(what));
    });
  }
  answer_run(of, id, order.waits, into);
}

void answer_together(service& of, const incoming& request, httplib::Response& into) {
  const auto order = together_of(request.json_body());
  for (const auto& cache : order.options.caches) of.cache_named(cache);
  const auto id =
      of.runs.start("warm_together", {}, [&of, order](const run_board::report_progress& progress) {
        return set_json(of, of.served.warm_together(order.options, progress));
      });
  answer_run(of, id, order.waits, into);
}

void answer_user(service& of, const incoming& request, httplib::Response& into) {
  const auto order = user_of(request.json_body());
  if (!order.options.cache.empty()) of.cache_named(order.options.cache);
  const auto id =
      of.runs.start("warm_user", order.options.cache, [&of, order](const run_board::report_progress&) {
        return set_json(of, of.served.warm_user(order.id, order.options));
      });
  answer_run(of, id, order.waits, into);
}

void answer_critical(service& of, const incoming& request, httplib::Response& into) {
  const auto order = critical_of(request.json_body());
  if (!order.cache.empty()) of.cache_named(order.cache);
  const auto id =
      of.runs.start("warm_critical", order.cache, [&of, order](const run_board::report_progress&) {
        return set_json(of, of.served.warm_critical(order.cache));
      });
  answer_run(of, id, order.waits, into);
}

void answer_cancel(service& of, const incoming& request, httplib::Response& into) {
  const auto cache = of.cache_named(cache_of(request.json_body()));
  of.ask([cache](engine& served) {
    served.cancel(cache);
    return true;
  });
  answer_json(into, {{"done", true}});
}

void answer_rollback(service& of, const incoming& request, httplib::Response& into) {
  const auto order = run_of(request.json_body());
  const auto cache = of.cache_named(order.cache);
  answer_json(
      into,
      to_json(of.ask([cache, run = order.run](engine& served) { return served.rollback(cache, run); })));
}

void answer_validate(service& of, const incoming& request, httplib::Response& into) {
  auto order = validate_of(request.json_body());
  order.request.cache = of.cache_named(order.request.cache);
  answer_json(
      into,
      to_json(of.ask([order](engine& served) { return served.validate(order.request, order.probe_key); })));
}

void answer_one_run(service& of, const incoming& request, httplib::Response& into) {
  request.parameters().done();
  std::uint64_t id = 0;
  const auto* end = request.id.data() + request.id.size();
  const auto read = std::from_chars(request.id.data(), end, id);
  const auto entry =
      read.ec == std::errc{} && read.ptr == end ? of.runs.wait(id, duration::zero()) : std::nullopt;
  if (!entry) throw refused{{404, "no_such_run", "There is no run " + request.id + ", or not any more."}};
  answer_json(into, to_json(*entry));
}

}  // namespace

void add_warming_routes(service& of, std::vector<route>& into) {
  const auto post = [&](const char* path, void (*answer)(service&, const incoming&, httplib::Response&)) {
    into.push_back(
        {"POST", path, access_kind::change, [&of, answer](const incoming& request, httplib::Response& to) {
           request.parameters().done();
           answer(of, request, to);
         }});
  };
  post("/warming/warm", answer_warm);
  post("/warming/warm_together", answer_together);
  post("/warming/warm_user", answer_user);
  post("/warming/warm_critical", answer_critical);
  post("/warming/cancel", answer_cancel);
  post("/warming/rollback", answer_rollback);
  post("/warming/validate", answer_validate);
  into.push_back(
      {"GET", "/warming/runs", access_kind::keys, [&of](const incoming& request, httplib::Response& to) {
         request.parameters().done();
         answer_json(to, {{"runs", list(of.runs.all())}});
       }});
  into.push_back(
      {"GET", "/warming/runs/{id}", access_kind::keys,
       [&of](const incoming& request, httplib::Response& to) { answer_one_run(of, request, to); }});
}

}  // namespace stoker::control
