// What the scheduler observes: rates, emptied caches, the machine's load; and the events that it waits for.
#include <boost/test/unit_test.hpp>

#include "actors/scheduling/machine_load.hpp"
#include "actors/scheduling/timetable.hpp"

using namespace stoker;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(observation)

namespace {

const time_point noon{std::chrono::hours{500'000}};

cache_pulse holding(std::uint64_t entries, std::uint64_t instance = 0) {
  return {.cache = "pages", .entries = entries, .instance = instance};
}

schedule_entry on(schedule_event event, std::vector<std::string> tags = {}) {
  schedule_entry entry{"on event", {.cache = "pages"}};
  entry.kind = schedule_kind::event;
  entry.event = event;
  entry.tags = std::move(tags);
  entry.within = 1min;
  return entry;
}

}  // namespace

BOOST_AUTO_TEST_CASE(frequencies_become_intervals_as_the_table_says) {
  BOOST_CHECK(fitted_interval(1.01) == 15min);
  BOOST_CHECK(fitted_interval(1) == 30min);
  BOOST_CHECK(fitted_interval(0.5) == 60min);
  BOOST_CHECK(fitted_interval(0.1) == 120min);
  BOOST_CHECK(fitted_interval(0) == 120min);
}

BOOST_AUTO_TEST_CASE(a_rate_is_that_of_the_last_hour) {
  rate_meter meter;
  meter.sample(100, noon);
  BOOST_TEST(meter.per_minute() < 0);
  for (int second = 1; second <= 3600; ++second) meter.sample(100 + 2 * second, noon + second * 1s);
  BOOST_TEST(meter.per_minute() == 120, boost::test_tools::tolerance(0.02));
  for (int minute = 61; minute <= 121; ++minute) meter.sample(7300, noon + minute * 1min);
  BOOST_TEST(meter.per_minute() == 0);
  meter.sample(5, noon + 122min);  // the counter began anew
  BOOST_TEST(meter.per_minute() < 0);
}

BOOST_AUTO_TEST_CASE(a_cache_that_loses_nearly_everything_at_once_was_emptied) {
  emptied_watch watch;
  BOOST_TEST(watch.look({holding(1000)}).empty());
  BOOST_TEST(watch.look({holding(950)}).empty());
  BOOST_TEST(watch.look({holding(20)}).size() == 1u);
  BOOST_TEST(watch.look({holding(0)}).size() == 1u);  // and again
  BOOST_TEST(watch.look({holding(0)}).empty());
}

BOOST_AUTO_TEST_CASE(a_cache_whose_entries_expire_one_by_one_was_not_emptied) {
  emptied_watch watch;
  for (std::uint64_t entries = 1000; entries > 0; entries -= 50)
    BOOST_TEST(watch.look({holding(entries)}).empty());
}

BOOST_AUTO_TEST_CASE(a_back_end_that_was_restarted_counts_as_emptied) {
  emptied_watch watch;
  BOOST_TEST(watch.look({holding(5, 71)}).empty());
  BOOST_TEST(watch.look({holding(5, 71)}).empty());
  BOOST_TEST(watch.look({holding(5, 72)}).size() == 1u);
  BOOST_TEST(watch.look({holding(5, 72)}).empty());
}

BOOST_AUTO_TEST_CASE(the_load_is_measured_against_its_limits) {
  const auto load =
      parse_load("some avg10=30.00 avg60=1.00 avg300=0.00 total=1\n", "3.00 1.00 0.50 1/2 3\n", 2);
  BOOST_REQUIRE(load.stall_share && load.load_per_core);
  BOOST_TEST(*load.stall_share == 0.3, boost::test_tools::tolerance(1e-9));
  BOOST_TEST(*load.load_per_core == 1.5, boost::test_tools::tolerance(1e-9));
  load_limits limits;
  limits.stall_share = 0.6;
  limits.load_per_core = 1;
  BOOST_TEST(relative_load(load, limits) == 1.5, boost::test_tools::tolerance(1e-9));
  limits.load_per_core = 0;  // not looked at
  BOOST_TEST(relative_load(load, limits) == 0.5, boost::test_tools::tolerance(1e-9));
  BOOST_TEST(relative_load(parse_load({}, {}, 2), limits) == 0);
  BOOST_TEST(relative_load(parse_load("no pressure", "no load", 2), {}) == 0);
}

BOOST_AUTO_TEST_CASE(each_event_makes_due_what_waits_for_it_and_nothing_else) {
  const schedule_event events[] = {schedule_event::engine_started, schedule_event::cache_emptied,
                                   schedule_event::tags_invalidated, schedule_event::ttl_nearly_out,
                                   schedule_event::pressure_eased};
  for (const auto awaited : events)
    for (const auto happens : events) {
      timetable table;
      table.start({{on(awaited)}, {}}, noon);
      BOOST_TEST(table.due(noon).empty());
      table.raise({"pages", happens, {}}, noon);
      BOOST_TEST(table.due(noon).size() == (awaited == happens ? 1u : 0u));
    }
}

BOOST_AUTO_TEST_CASE(an_event_of_another_cache_or_tag_is_none) {
  timetable table;
  table.start({{on(schedule_event::tags_invalidated, {"news", "sports"})}, {}}, noon);
  table.raise({"users", schedule_event::tags_invalidated, {"news"}}, noon);
  table.raise({"pages", schedule_event::tags_invalidated, {"weather"}}, noon);
  BOOST_TEST(table.due(noon).empty());
  table.raise({"pages", schedule_event::tags_invalidated, {"weather", "sports"}}, noon);
  BOOST_TEST(table.due(noon).size() == 1u);
  BOOST_TEST(table.status().schedules.at(0).why == "tags_invalidated: weather, sports");
}

BOOST_AUTO_TEST_CASE(a_storm_of_events_is_one_run_a_minute) {
  timetable table;
  table.start({{on(schedule_event::tags_invalidated)}, {}}, noon);
  int runs = 0;
  for (int second = 0; second < 180; ++second) {
    const auto now = noon + second * 1s;
    table.look(now);
    table.raise({"pages", schedule_event::tags_invalidated, {}}, now);
    for (const auto& id : table.due(now)) {
      table.began(id, now);
      table.finished(id, {true, "fine", 0}, now);
      ++runs;
    }
  }
  BOOST_TEST(runs == 3);
}

BOOST_AUTO_TEST_CASE(an_event_during_its_own_run_is_not_lost) {
  timetable table;
  table.start({{on(schedule_event::cache_emptied)}, {}}, noon);
  table.raise({"pages", schedule_event::cache_emptied, {}}, noon);
  table.began("on event", noon);
  table.raise({"pages", schedule_event::cache_emptied, {}}, noon + 2s);
  table.finished("on event", {true, "fine", 0}, noon + 5s);
  BOOST_TEST(table.due(noon + 59s).empty());
  BOOST_TEST(table.due(noon + 60s).size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_stopped_timetable_hears_no_events) {
  timetable table;
  table.start({{on(schedule_event::cache_emptied)}, {}}, noon);
  table.stop();
  table.raise({"pages", schedule_event::cache_emptied, {}}, noon);
  BOOST_TEST(table.due(noon).empty());
}

BOOST_AUTO_TEST_SUITE_END()
