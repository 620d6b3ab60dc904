// A leap year in simulated time, minute by minute, against what the calendar says should happen: each run
// once, at its time, whatever the clocks do.
#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <map>
#include <random>

#include "actors/scheduling/timetable.hpp"

using namespace stoker;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(a_whole_year)

namespace {

constexpr std::int32_t hour_s = 3600;
constexpr int days = 366;  // 2028 is a leap year

const absl::TimeZone& zone() {
  static const auto found = find_zone("America/New_York");
  return found;
}

time_point midnight(int year, int month, int day) {
  return instant_of(absl::CivilSecond{year, month, day}, zone());
}

schedule_calendar exchange() {
  schedule_calendar data;
  data.name = "exchange";
  data.time_zone = "America/New_York";
  data.weekdays = {1, 2, 3, 4, 5};
  data.holidays = {2028'01'17, 2028'02'21, 2028'04'14, 2028'05'29, 2028'06'19,
                   2028'07'04, 2028'09'04, 2028'11'23, 2028'12'25};
  data.open_s = 9 * hour_s + 1800;
  data.close_s = 16 * hour_s;
  data.short_days = {{2028'07'03, 13 * hour_s}, {2028'11'24, 13 * hour_s}};
  return data;
}

schedule_entry at_times(const std::string& id, std::vector<std::int32_t> times, const std::string& calendar) {
  schedule_entry entry{id, {.cache = id}};
  entry.kind = schedule_kind::times;
  entry.times_s = std::move(times);
  entry.time_zone = "America/New_York";
  entry.calendar = calendar;
  return entry;
}

schedule_entry every(const std::string& id, duration interval, bool in_session) {
  schedule_entry entry{id, {.cache = id}, interval};
  entry.in_session = in_session;
  if (in_session) entry.calendar = "exchange";
  return entry;
}

start_schedule year_plan() {
  return {{at_times("nightly", {2 * hour_s + 1800}, ""), at_times("early", {1 * hour_s + 1800}, ""),
           at_times("premarket", {8 * hour_s + 1800}, "exchange"), every("half hourly", 30min, false),
           every("market hourly", 1h, true)},
          {exchange()}};
}

// Runs a timetable and writes down when each schedule ran.
struct year {
  year() {
    table.start(year_plan(), begin);
    pass(begin);
  }

  void pass(time_point now) {
    table.look(now);
    for (const auto& id : table.due(now)) {
      table.began(id, now);
      runs[id].push_back(now);
      table.finished(id, {true, "fine", 0}, now);
    }
  }

  // What a new process would know.
  void restart(time_point now) {
    const auto kept = decode_timetable(encode_timetable(table.keep()));
    BOOST_REQUIRE(kept.has_value());
    table = timetable{};
    table.restore(*kept, now);
    table.start(year_plan(), now);
  }

  const time_point begin = midnight(2028, 1, 1);
  const time_point end = midnight(2029, 1, 1);
  timetable table;
  std::map<std::string, std::vector<time_point>> runs;
};

std::vector<time_point> expected_daily(std::int32_t time_s, const calendar* open) {
  std::vector<time_point> expected;
  absl::CivilDay day{2028, 1, 1};
  for (int number = 0; number < days; ++number, ++day)
    if (open == nullptr || open->session_on(day))
      expected.push_back(instant_of(absl::CivilSecond{day} + time_s, zone()));
  return expected;
}

// Runs at exactly the expected instants: none missed, none doubled, none late.
void check_times(const std::vector<time_point>& runs, const std::vector<time_point>& expected) {
  BOOST_TEST(runs.size() == expected.size());
  const auto differs = std::mismatch(runs.begin(), runs.end(), expected.begin(), expected.end());
  BOOST_CHECK_MESSAGE(differs.first == runs.end() && differs.second == expected.end(),
                      "the runs differ from number " << (differs.first - runs.begin()) << " on");
}

void check_year(const year& lived) {
  const calendar open{exchange()};
  check_times(lived.runs.at("nightly"), expected_daily(2 * hour_s + 1800, nullptr));
  check_times(lived.runs.at("early"), expected_daily(1 * hour_s + 1800, nullptr));
  check_times(lived.runs.at("premarket"), expected_daily(8 * hour_s + 1800, &open));
}

// Every interval within the sessions, from each opening on.
std::vector<time_point> expected_in_sessions() {
  const calendar open{exchange()};
  std::vector<time_point> expected;
  absl::CivilDay day{2028, 1, 1};
  for (int number = 0; number < days; ++number, ++day) {
    const auto hours = open.session_on(day);
    if (!hours) continue;
    for (auto second = hours->open_s; second < hours->close_s; second += hour_s)
      expected.push_back(instant_of(absl::CivilSecond{day} + second, zone()));
  }
  return expected;
}

}  // namespace

BOOST_AUTO_TEST_CASE(has_each_run_once_at_its_time) {
  year lived;
  for (auto now = lived.begin + 1min; now < lived.end; now += 1min) lived.pass(now);
  check_year(lived);
  BOOST_TEST(lived.runs.at("premarket").size() == 251u);  // trading days of 2028
  check_times(lived.runs.at("market hourly"), expected_in_sessions());
  std::vector<time_point> halves;
  for (auto at = lived.begin; at < lived.end; at += 30min) halves.push_back(at);
  check_times(lived.runs.at("half hourly"), halves);
  BOOST_TEST(halves.size() == static_cast<std::size_t>(days * 48));  // the clocks went forward and back
}

BOOST_AUTO_TEST_CASE(survives_restarts_without_missing_or_doubling_a_run) {
  year lived;
  std::mt19937 random{11};
  for (auto now = lived.begin + 1min; now < lived.end; now += 1min) {
    if (random() % 500 == 0) lived.restart(now);
    lived.pass(now);
  }
  check_year(lived);
  BOOST_TEST(lived.runs.at("half hourly").size() == static_cast<std::size_t>(days * 48));
}

BOOST_AUTO_TEST_CASE(catches_up_once_for_what_a_weeks_down_time_missed) {
  year lived;
  const auto down = midnight(2028, 5, 1) + 12h;
  const auto up = midnight(2028, 5, 8) + 12h;
  for (auto now = lived.begin + 1min; now < down; now += 1min) lived.pass(now);
  const auto before = lived.runs.at("nightly").size();
  lived.restart(up);
  for (auto now = up; now < up + 10h; now += 1min) lived.pass(now);
  BOOST_TEST(lived.runs.at("nightly").size() == before + 1);
  BOOST_CHECK(lived.runs.at("nightly").back() == up);
  for (auto now = up + 10h; now < up + 15h; now += 1min) lived.pass(now);
  BOOST_TEST(lived.runs.at("nightly").size() == before + 2);
  BOOST_CHECK(lived.runs.at("nightly").back() == midnight(2028, 5, 9) + 2h + 30min);
}

// The wall clock is put back by up to an hour, as a bad time server does, every few days; real time goes on.
BOOST_AUTO_TEST_CASE(a_clock_that_steps_back_misses_doubles_and_drifts_nothing) {
  year lived;
  std::mt19937 random{12};
  duration wrong{};
  std::size_t steps = 0;
  for (auto real = lived.begin + 1min; real < lived.end; real += 1min) {
    if (random() % 5'000 == 0) {
      wrong -= (1 + random() % 60) * 1min;
      ++steps;
    }
    lived.pass(real + wrong);
  }
  BOOST_TEST(steps > 50u);
  // Times of day follow the wall clock: each once, on the day that the wall shows.
  const auto last_wall_time = lived.end + wrong;
  for (const auto* id : {"nightly", "early"}) {
    const auto time = std::string{id} == "early" ? hour_s + 1800 : 2 * hour_s + 1800;
    auto expected = expected_daily(time, nullptr);
    std::erase_if(expected, [&](time_point at) { return at >= last_wall_time; });
    check_times(lived.runs.at(id), expected);
  }
  // Intervals follow real time: a step costs them at most the minute between two looks.
  const auto halves = static_cast<std::int64_t>(lived.runs.at("half hourly").size());
  BOOST_TEST(std::abs(halves - days * 48) <= static_cast<std::int64_t>(steps / 30 + 2));
}

BOOST_AUTO_TEST_CASE(a_clock_that_was_years_ahead_and_is_set_right_goes_on_by_the_right_time) {
  year lived;
  const auto wrong = midnight(2033, 6, 1);
  for (auto now = wrong; now < wrong + 48h; now += 1min) lived.pass(now);
  const auto before = lived.runs.at("nightly").size();
  const auto right = midnight(2028, 2, 28) + 12h;
  for (auto now = right; now < right + 60h; now += 1min) lived.pass(now);
  BOOST_REQUIRE(lived.runs.at("nightly").size() == before + 2);
  BOOST_CHECK(lived.runs.at("nightly")[before] == midnight(2028, 2, 29) + 2h + 30min);
}

BOOST_AUTO_TEST_SUITE_END()
