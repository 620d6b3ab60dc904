// How the engine is: status, statistics, health, liveness and readiness.
#include "apps/control/control_metrics.hpp"
#include "apps/control/health.hpp"
#include "apps/control/json_memory.hpp"
#include "apps/control/json_status.hpp"
#include "apps/control/json_strategies.hpp"
#include "apps/control/json_warming.hpp"
#include "apps/control/metrics/metrics.hpp"
#include "apps/control/openapi_document.hpp"
#include "apps/control/service.hpp"

namespace stoker::control {

namespace {

// Any answer of the engine's is one, also that a part of it is being restarted: it lives.
void check_alive(service& of) {
  of.ask([](engine& served) {
    try {
      served.events();
    } catch (const error& failure) {
      if (failure.code() == errc::timed_out || failure.code() == errc::stopped) throw;
    }
    return true;
  });
}

template <class T>
void keep_only(std::vector<T>& all, const std::string& cache) {
  std::erase_if(all, [&](const T& each) { return each.cache != cache; });
}

json stats_of(engine_status status, const std::string& cache) {
  if (!cache.empty()) {
    keep_only(status.caches, cache);
    keep_only(status.warmers, cache);
  }
  return {{"at", instant(status.at)},
          {"caches", list(status.caches)},
          {"warmers", list(status.warmers)},
          {"tracker", to_json(status.tracker)}};
}

void answer_stats(service& of, const incoming& request, httplib::Response& into) {
  auto asked = request.parameters();
  const auto cache = asked.text("cache");
  asked.done();
  if (!cache.empty()) of.cache_named(cache);
  answer_json(into, stats_of(*of.status_now(), cache));
}

void answer_health(service& of, const incoming& request, httplib::Response& into) {
  auto asked = request.parameters();
  const auto component = asked.text("component");
  asked.done();
  auto whole = health_of(*of.status_now());
  std::vector<std::string_view> all;
  for (const auto& each : whole.components) all.push_back(each.component);
  const auto expected = alternatives(all);
  if (!component.empty() && !narrow(whole, component)) throw bad_field("component", expected);
  answer_json(into, to_json(whole));
}

void answer_readiness(service& of, httplib::Response& into) {
  const auto status = of.status_now();
  const auto found = of.gate.look(*status, of.now());
  if (!found.ready) into.set_header("Retry-After", "1");
  answer_json(into, to_json(found), found.ready ? 200 : 503);
}

void answer_metrics(service& of, const incoming& request, httplib::Response& into) {
  request.parameters().done();
  const auto status = of.status_now();
  into.status = 200;
  into.set_content(
      metrics_text(*status, of.feeds_now(), STOKER_VERSION) + control_metrics_text(of.counters_now()),
      metrics_content_type);
}

void answer_strategies(service& of, const incoming& request, httplib::Response& into) {
  auto asked = request.parameters();
  const auto cache = asked.text("cache");
  asked.done();
  if (!cache.empty()) of.cache_named(cache);
  auto all = of.served.strategies();
  std::erase_if(
      all, [&](const auto& each) { return !cache.empty() && !each.cache.empty() && each.cache != cache; });
  answer_json(into, {{"strategies", list(all)}});
}

}  // namespace

void add_status_routes(service& of, std::vector<route>& into) {
  into.push_back({"GET", "/livez", access_kind::probe, [&of](const incoming&, httplib::Response& to) {
                    check_alive(of);
                    answer_json(to, {{"status", "ok"}, {"at", instant(of.now())}});
                  }});
  into.push_back({"GET", "/readyz", access_kind::probe,
                  [&of](const incoming&, httplib::Response& to) { answer_readiness(of, to); }});
  into.push_back(
      {"GET", "/metrics", access_kind::read,
       [&of](const incoming& request, httplib::Response& to) { answer_metrics(of, request, to); }});
  into.push_back({"GET", "/openapi.json", access_kind::probe, [](const incoming&, httplib::Response& to) {
                    const auto document = openapi_document();
                    to.status = 200;
                    to.set_content(document.data(), document.size(), "application/json");
                  }});
  into.push_back(
      {"GET", "/warming/status", access_kind::read, [&of](const incoming& request, httplib::Response& to) {
         request.parameters().done();
         to.status = 200;
         to.set_content(*of.status_text(), "application/json");
       }});
  into.push_back({"GET", "/warming/stats", access_kind::read,
                  [&of](const incoming& request, httplib::Response& to) { answer_stats(of, request, to); }});
  into.push_back({"GET", "/warming/health", access_kind::read,
                  [&of](const incoming& request, httplib::Response& to) { answer_health(of, request, to); }});
  into.push_back(
      {"GET", "/warming/strategies", access_kind::read,
       [&of](const incoming& request, httplib::Response& to) { answer_strategies(of, request, to); }});
  into.push_back({"GET", "/warming/memory_events", access_kind::read,
                  [&of](const incoming& request, httplib::Response& to) {
                    request.parameters().done();
                    answer_json(to, to_json(of.ask([](engine& served) { return served.events(); })));
                  }});
}

}  // namespace stoker::control
