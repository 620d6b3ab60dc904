#include <boost/test/unit_test.hpp>

#include "actors/scheduling/timetable.hpp"
#include "messages/error.hpp"

using namespace stoker;
using namespace std::chrono_literals;

namespace {

schedule_entry entry(const std::string& id, duration interval) {
  return {id, {.cache = "pages"}, interval};
}

const time_point noon{std::chrono::hours{500'000}};

}  // namespace

BOOST_AUTO_TEST_SUITE(timetables)

BOOST_AUTO_TEST_CASE(a_new_entry_is_due_at_once_and_then_every_interval) {
  timetable table;
  table.start({entry("a", 30min)}, noon);
  BOOST_TEST(table.due(noon).size() == 1u);
  table.began("a", noon);
  BOOST_TEST(table.due(noon + 40min).empty());  // still in progress
  table.finished("a", true, "warmed 3");
  BOOST_TEST(table.due(noon + 29min).empty());
  BOOST_TEST(table.due(noon + 30min).size() == 1u);
  BOOST_CHECK(table.next_due() == noon + 30min);
}

BOOST_AUTO_TEST_CASE(runs_missed_while_down_are_caught_up_once) {
  timetable before;
  before.start({entry("a", 30min)}, noon);
  before.began("a", noon);
  before.finished("a", true, "fine");
  timetable after;
  after.restore(before.status());
  after.start({entry("a", 30min)}, noon + 5h);
  BOOST_TEST(after.due(noon + 5h).size() == 1u);
  after.began("a", noon + 5h);
  after.finished("a", true, "fine");
  BOOST_TEST(after.due(noon + 5h + 29min).empty());
  BOOST_TEST(after.status().schedules.at(0).runs == 2u);
  BOOST_TEST(after.status().cycles == 2u);
}

BOOST_AUTO_TEST_CASE(a_restart_within_the_interval_keeps_the_next_run) {
  timetable before;
  before.start({entry("a", 30min)}, noon);
  before.began("a", noon);
  timetable after;
  after.start({entry("a", 30min)}, noon + 10min);
  after.restore(before.status());
  BOOST_TEST(after.due(noon + 29min).empty());
  BOOST_TEST(after.due(noon + 30min).size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_clock_that_steps_back_does_not_stop_the_schedule) {
  timetable table;
  table.start({entry("a", 30min)}, noon);
  table.began("a", noon);
  table.finished("a", true, "");
  BOOST_TEST(table.due(noon - 10h).size() == 1u);
}

BOOST_AUTO_TEST_CASE(stopping_remembers_what_ran) {
  timetable table;
  table.start({entry("a", 30min), entry("b", 1h)}, noon);
  table.began("a", noon);
  table.finished("a", false, "the origin is down");
  table.stop();
  const auto status = table.status();
  BOOST_TEST(!status.running);
  BOOST_REQUIRE(status.schedules.size() == 2u);
  BOOST_TEST(status.schedules[0].result == "the origin is down");
  BOOST_TEST(table.due(noon + 10h).empty());
  table.start({entry("a", 30min)}, noon + 1min);
  BOOST_TEST(table.due(noon + 2min).empty());  // ran two minutes ago
}

BOOST_AUTO_TEST_CASE(mistakes_are_named) {
  timetable table;
  BOOST_CHECK_EXCEPTION(table.start({entry("a", 0s)}, noon), error, [](const error& e) {
    return std::string{e.what()}.find("\"a\"") != std::string::npos;
  });
  BOOST_CHECK_EXCEPTION(table.start({entry("a", 1h), entry("a", 1h)}, noon), error, [](const error& e) {
    return std::string{e.what()}.find("twice") != std::string::npos;
  });
  std::vector<schedule_entry> many(most_schedules + 1, entry("a", 1h));
  BOOST_CHECK_THROW(table.start(many, noon), error);
  BOOST_TEST(!table.status().running);
}

BOOST_AUTO_TEST_SUITE_END()
