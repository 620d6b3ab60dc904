// Live events: what is told of two looks at an engine, and the streams over a real server.
#include <boost/test/unit_test.hpp>

#include "apps/control/event_feed.hpp"
#include "apps/control/event_hub.hpp"
#include "apps/control/openapi_document.hpp"
#include "tests/apps/control/control_fixture.hpp"
#include "tests/apps/control/raw_client.hpp"
#include "tests/apps/control/schema.hpp"
#include "tests/fixtures/eventually.hpp"

namespace stoker::test {

using namespace control;

BOOST_AUTO_TEST_SUITE(control_events_test)

namespace {

using parsed_json = nlohmann::json;

constexpr auto open_stream = "GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n";

engine_status status_at(int second, std::uint64_t hits, std::uint64_t misses) {
  engine_status status;
  status.at = time_point{std::chrono::seconds{1'000'000 + second}};
  cache_status cache;
  cache.cache = "pages";
  cache.hits = hits;
  cache.misses = misses;
  status.caches.push_back(cache);
  warmer_status warmer;
  warmer.cache = "pages";
  status.warmers.push_back(warmer);
  return status;
}

warm_report no_report(const std::string&, std::uint64_t) {
  throw error{errc::no_such_run, "none"};
}

std::vector<std::string> names_of(const std::vector<live_event>& events) {
  std::vector<std::string> names;
  for (const auto& each : events) names.push_back(each.name);
  return names;
}

parsed_json data_of(const std::vector<live_event>& events, const std::string& name) {
  for (const auto& each : events)
    if (each.name == name) return parsed_json::parse(each.data);
  return nullptr;
}

using list_of_names = std::vector<std::string>;

}  // namespace

BOOST_AUTO_TEST_CASE(a_second_look_tells_what_came_in_between) {
  event_feed feed;
  feed.look(status_at(0, 10, 10), {}, {}, no_report);
  const auto window = data_of(feed.look(status_at(1, 13, 11), {}, {}, no_report), "stats")["window"];
  BOOST_TEST(window["hits"] == 3);
  BOOST_TEST(window["misses"] == 1);
  BOOST_TEST(window["hit_ratio"] == 0.75);
  BOOST_TEST(window["seconds"] == 1.0);
}

BOOST_AUTO_TEST_CASE(what_happened_while_nobody_watched_is_no_news) {
  event_feed feed;
  feed.look(status_at(0, 10, 10), {}, {}, no_report);
  auto later = status_at(60, 1000, 10);
  later.warmers[0].runs = 5;
  const auto events = feed.look(later, {{memory_event{}}, 1}, {}, no_report);
  BOOST_TEST(names_of(events) == list_of_names{"stats"}, boost::test_tools::per_element());
  BOOST_TEST(data_of(events, "stats")["window"]["hits"] == 0);
}

BOOST_AUTO_TEST_CASE(states_are_told_when_they_change) {
  event_feed feed;
  const list_of_names first{"readiness", "schedules", "stats"};
  BOOST_TEST(names_of(feed.look(status_at(0, 0, 0), {}, {}, no_report)) == first,
             boost::test_tools::per_element());
  BOOST_TEST(names_of(feed.look(status_at(1, 0, 0), {}, {}, no_report)) == list_of_names{"stats"},
             boost::test_tools::per_element());
  auto started = status_at(2, 0, 0);
  started.scheduler.running = true;
  BOOST_TEST(data_of(feed.look(started, {}, {}, no_report), "schedules")["running"] == true);
}

BOOST_AUTO_TEST_CASE(runs_are_told_while_they_go_on_and_when_they_end) {
  event_feed feed;
  feed.look(status_at(0, 0, 0), {}, {}, no_report);
  auto going = status_at(1, 0, 0);
  going.warmers[0].active_run = 7;
  going.warmers[0].progress = {7, 3, 10, 0, 1, 100};
  const auto running = data_of(feed.look(going, {}, {}, no_report), "run");
  BOOST_TEST(running["state"] == "running");
  BOOST_TEST(running["progress"]["done"] == 3);
  auto over = status_at(2, 0, 0);
  over.warmers[0].runs = 1;
  const auto ended =
      data_of(feed.look(over, {}, {},
                        [](const std::string&, std::uint64_t run) {
                          warm_report report;
                          report.run = run;
                          report.problems.push_back({"secret key", item_outcome::failed, "why"});
                          return report;
                        }),
              "run");
  BOOST_TEST(ended["state"] == "ended");
  BOOST_TEST(ended["run"] == 7);
  BOOST_TEST(ended["report"]["problems"].empty());
}

BOOST_AUTO_TEST_CASE(memory_events_are_told_once) {
  event_feed feed;
  memory_events memory{{memory_event{}}, 1};
  feed.look(status_at(0, 0, 0), memory, {}, no_report);
  memory.latest.push_back({{}, memory_event_kind::run_stopped, pressure_level::high, "pages", 5, "why"});
  memory.recorded = 2;
  BOOST_TEST(data_of(feed.look(status_at(1, 0, 0), memory, {}, no_report), "memory")["kind"] ==
             "run_stopped");
  BOOST_TEST(data_of(feed.look(status_at(2, 0, 0), memory, {}, no_report), "memory").is_null());
}

BOOST_AUTO_TEST_CASE(a_watcher_hears_of_its_cache_and_of_the_whole_engine) {
  event_hub hub{2, [] { return std::vector<live_event>{}; }};
  const auto forms = hub.watch("forms");
  hub.publish({{"stats", "pages", "1"}, {"stats", "forms", "2"}, {"schedules", "", "3", true}});
  const auto heard = forms->take({}).events;
  BOOST_TEST_REQUIRE(heard.size() == 2u);
  BOOST_TEST(heard[0].data == "2");
  const auto later = hub.watch("");
  BOOST_TEST(later->take({}).events.at(0).data == "3");
  BOOST_TEST(!hub.watch(""));
}

BOOST_AUTO_TEST_CASE(a_watcher_that_falls_behind_is_let_go_and_counted) {
  event_hub hub{1, [] { return std::vector<live_event>{}; }};
  const auto slow = hub.watch("");
  for (std::size_t i = 0; i <= most_waiting_events; ++i) hub.publish({{"stats", "pages", "{}"}});
  const auto taken = slow->take({});
  BOOST_TEST(taken.events.size() == most_waiting_events);
  BOOST_TEST(taken.dropped == 1u);
  BOOST_TEST(hub.dropped() == 1u);
}

BOOST_FIXTURE_TEST_CASE(a_stream_tells_events_as_they_are_described, control_fixture) {
  raw_client stream{server->port()};
  stream.send(open_stream);
  const auto heard = stream.receive_until("event: stats");
  BOOST_TEST(status_in(heard) == 200);
  BOOST_TEST(heard.find("text/event-stream") != std::string::npos);
  BOOST_TEST(heard.find("event: readiness") != std::string::npos);
  const auto whole = stream.receive_until("\"memory\":{");
  const auto all = parsed_json::parse(openapi_document());
  const auto& schemas = all["components"]["schemas"];
  const auto check = [&](const std::string& name, const parsed_json& schema) {
    const auto at = whole.find("event: " + name + "\ndata: ");
    BOOST_TEST_REQUIRE(at != std::string::npos);
    const auto start = whole.find("data: ", at) + 6;
    const auto value = parsed_json::parse(whole.substr(start, whole.find('\n', start) - start));
    BOOST_TEST(misfit(all, schema, value) == "");
  };
  check("readiness", schemas["readiness"]);
  check("schedules", schemas["scheduler_status"]);
  check("stats", schemas["stats_event"]);
  BOOST_TEST(server->counters().streams == 1u);
}

BOOST_AUTO_TEST_CASE(streams_beyond_the_cap_are_refused_and_others_are_served) {
  auto options = control_fixture::usual_options();
  options.limits.streams = 2;
  options.limits.workers = 1;
  control_fixture fixture{options};
  raw_client first{fixture.server->port()};
  raw_client second{fixture.server->port()};
  for (auto* each : {&first, &second}) {
    each->send(open_stream);
    each->receive_until("retry:");
  }
  const auto third = fixture.client->Get("/events");
  BOOST_TEST(fixture.status_of(third) == 429);
  BOOST_TEST(fixture.body_of(third)["code"] == "too_many_streams");
  BOOST_TEST(fixture.status_of(fixture.client->Get("/livez")) == 200);
}

BOOST_AUTO_TEST_CASE(a_stream_that_its_reader_left_makes_room) {
  auto options = control_fixture::usual_options();
  options.limits.streams = 1;
  control_fixture fixture{options};
  {
    raw_client first{fixture.server->port()};
    first.send(open_stream);
    first.receive_until("retry:");
  }
  BOOST_TEST(eventually([&] {
    raw_client second{fixture.server->port()};
    second.send(open_stream);
    return status_in(second.receive_until("\r\n\r\n")) == 200;
  }));
}

BOOST_AUTO_TEST_CASE(stopping_ends_streams) {
  control_fixture fixture;
  raw_client stream{fixture.server->port()};
  stream.send(open_stream);
  stream.receive_until("retry:");
  fixture.server->stop();
  stream.receive_all();
  BOOST_TEST(!stream.hung());
}

BOOST_FIXTURE_TEST_CASE(the_dashboard_is_served_with_its_policy, control_fixture) {
  const auto page = client->Get("/");
  BOOST_TEST_REQUIRE(status_of(page) == 200);
  BOOST_TEST(page->get_header_value("Content-Type") == "text/html; charset=utf-8");
  BOOST_TEST(page->get_header_value("Content-Security-Policy").find("default-src 'none'") == 0u);
  const auto tag = page->get_header_value("ETag");
  BOOST_TEST(status_of(client->Get("/", {{"If-None-Match", tag}})) == 304);
  BOOST_TEST(status_of(client->Get("/dashboard/app.js")) == 200);
  BOOST_TEST(status_of(client->Get("/dashboard/nothing.js")) == 404);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace stoker::test
