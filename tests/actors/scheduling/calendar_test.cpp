#include "actors/scheduling/calendar.hpp"

#include <boost/test/unit_test.hpp>

#include "messages/error.hpp"

using namespace stoker;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(calendars)

namespace {

constexpr std::int32_t hour_s = 3600;

// An exchange of New York: Thanksgiving 2026 closed, half days around it and at Christmas.
schedule_calendar exchange() {
  schedule_calendar data;
  data.name = "exchange";
  data.time_zone = "America/New_York";
  data.weekdays = {1, 2, 3, 4, 5};
  data.holidays = {2026'11'26, 2026'12'25};
  data.open_s = 9 * hour_s + 1800;
  data.close_s = 16 * hour_s;
  data.short_days = {{2026'11'27, 13 * hour_s}, {2026'12'24, 13 * hour_s}};
  return data;
}

// What a clock on the wall shows.
struct wall {
  int year, month, day, hour, minute, second;
};

time_point at(const std::string& zone, wall shows) {
  return instant_of(
      absl::CivilSecond{shows.year, shows.month, shows.day, shows.hour, shows.minute, shows.second},
      find_zone(zone));
}

time_point new_york(wall local) {
  return at("America/New_York", local);
}

clock_times daily(std::int32_t time_s, const std::string& zone) {
  return {{time_s}, schedule_anchor::midnight, find_zone(zone), nullptr};
}

clock_times trading(std::int32_t time_s, schedule_anchor anchor) {
  return {{time_s}, anchor, find_zone("America/New_York"), std::make_shared<calendar>(exchange())};
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_session_is_open_from_its_opening_to_just_before_its_close) {
  const calendar days{exchange()};
  BOOST_TEST(!days.is_open(new_york({2026, 11, 25, 9, 29, 59})));
  BOOST_TEST(days.is_open(new_york({2026, 11, 25, 9, 30, 0})));
  BOOST_TEST(days.is_open(new_york({2026, 11, 25, 15, 59, 59})));
  BOOST_TEST(!days.is_open(new_york({2026, 11, 25, 16, 0, 0})));
}

BOOST_AUTO_TEST_CASE(holidays_and_weekends_are_closed_and_half_days_close_early) {
  const calendar days{exchange()};
  BOOST_TEST(!days.is_open(new_york({2026, 11, 26, 11, 0, 0})));
  BOOST_TEST(days.is_open(new_york({2026, 11, 27, 12, 59, 59})));
  BOOST_TEST(!days.is_open(new_york({2026, 11, 27, 13, 0, 0})));
  BOOST_TEST(!days.is_open(new_york({2026, 11, 28, 11, 0, 0})));
  BOOST_TEST(days.session_on(absl::CivilDay{2026, 11, 30}).has_value());
  BOOST_CHECK(days.next_open(new_york({2026, 11, 25, 20, 0, 0})) == new_york({2026, 11, 27, 9, 30, 0}));
  BOOST_CHECK(days.next_open(new_york({2026, 11, 27, 10, 0, 0})) == new_york({2026, 11, 27, 10, 0, 0}));
  BOOST_CHECK(days.next_open(new_york({2026, 11, 27, 13, 0, 0})) == new_york({2026, 11, 30, 9, 30, 0}));
}

BOOST_AUTO_TEST_CASE(a_time_of_day_comes_on_open_days_alone) {
  const auto times = trading(8 * hour_s + 1800, schedule_anchor::midnight);
  const auto first = next_time(times, new_york({2026, 11, 25, 8, 30, 0}));
  BOOST_CHECK(first == new_york({2026, 11, 27, 8, 30, 0}));
  BOOST_CHECK(next_time(times, first) == new_york({2026, 11, 30, 8, 30, 0}));
}

BOOST_AUTO_TEST_CASE(times_count_from_the_opening_or_the_close_of_that_day) {
  const auto before = trading(-hour_s, schedule_anchor::session_open);
  BOOST_CHECK(next_time(before, new_york({2026, 11, 26, 0, 0, 0})) == new_york({2026, 11, 27, 8, 30, 0}));
  const auto after = trading(600, schedule_anchor::session_close);
  BOOST_CHECK(next_time(after, new_york({2026, 11, 27, 0, 0, 0})) == new_york({2026, 11, 27, 13, 10, 0}));
  BOOST_CHECK(next_time(after, new_york({2026, 11, 27, 14, 0, 0})) == new_york({2026, 11, 30, 16, 10, 0}));
}

BOOST_AUTO_TEST_CASE(a_time_before_an_anchor_may_fall_on_the_day_before) {
  const auto eve = trading(-20 * hour_s, schedule_anchor::session_open);
  BOOST_CHECK(next_time(eve, new_york({2026, 11, 29, 0, 0, 0})) == new_york({2026, 11, 29, 13, 30, 0}));
}

BOOST_AUTO_TEST_CASE(a_time_that_the_clocks_leave_out_comes_at_the_first_instant_after_the_gap) {
  // 2026-03-29 in Zurich: 02:00 becomes 03:00.
  const auto times = daily(2 * hour_s + 1800, "Europe/Zurich");
  const auto gap = next_time(times, at("Europe/Zurich", {2026, 3, 28, 12, 0, 0}));
  BOOST_CHECK(gap == at("Europe/Zurich", {2026, 3, 29, 3, 0, 0}));
  BOOST_CHECK(gap == at("UTC", {2026, 3, 29, 1, 0, 0}));
  BOOST_CHECK(next_time(times, gap) == at("Europe/Zurich", {2026, 3, 30, 2, 30, 0}));
}

BOOST_AUTO_TEST_CASE(a_time_that_comes_twice_counts_once) {
  // 2026-10-25 in Zurich: 03:00 becomes 02:00.
  const auto times = daily(2 * hour_s + 1800, "Europe/Zurich");
  const auto once = next_time(times, at("Europe/Zurich", {2026, 10, 24, 12, 0, 0}));
  BOOST_CHECK(once == at("UTC", {2026, 10, 25, 0, 30, 0}));
  BOOST_CHECK(next_time(times, once) == at("Europe/Zurich", {2026, 10, 26, 2, 30, 0}));
}

BOOST_AUTO_TEST_CASE(zones_with_half_hour_shifts_and_days_that_are_missing_are_right_too) {
  // Lord Howe moves by half an hour; Samoa left out 2011-12-30 altogether.
  const auto howe = daily(2 * hour_s + 600, "Australia/Lord_Howe");
  BOOST_CHECK(next_time(howe, at("Australia/Lord_Howe", {2026, 10, 3, 12, 0, 0})) ==
              at("Australia/Lord_Howe", {2026, 10, 4, 2, 30, 0}));
  const auto samoa = daily(12 * hour_s, "Pacific/Apia");
  const auto first = next_time(samoa, at("Pacific/Apia", {2011, 12, 29, 12, 0, 0}));
  BOOST_CHECK(first == at("Pacific/Apia", {2011, 12, 31, 0, 0, 0}));
  BOOST_CHECK(next_time(samoa, first) == at("Pacific/Apia", {2011, 12, 31, 12, 0, 0}));
}

BOOST_AUTO_TEST_CASE(a_calendar_that_never_opens_has_no_next_time) {
  auto never = exchange();
  for (std::int32_t day = 1; day <= 28; ++day)
    for (std::int32_t year = 2025; year <= 2030; ++year)
      for (std::int32_t month = 1; month <= 12; ++month)
        never.holidays.push_back(year * 10'000 + month * 100 + day);
  never.weekdays = {1};
  const clock_times times{{0}, schedule_anchor::midnight, find_zone(""), std::make_shared<calendar>(never)};
  const auto first = next_time(times, new_york({2026, 1, 1, 0, 0, 0}));
  BOOST_CHECK(first == at("UTC", {2026, 3, 30, 0, 0, 0}));  // the first Monday that is a 29th or later
  BOOST_CHECK(next_time({{}, schedule_anchor::midnight, find_zone(""), nullptr}, first) == time_point::max());
}

BOOST_AUTO_TEST_CASE(mistakes_of_a_calendar_are_named) {
  const auto refuses = [](const schedule_calendar& wrong, const std::string& text) {
    BOOST_CHECK_EXCEPTION(calendar{wrong}, error, [&](const error& e) {
      return std::string{e.what()}.find(text) != std::string::npos;
    });
  };
  auto wrong = exchange();
  wrong.time_zone = "Atlantis";
  refuses(wrong, "Atlantis");
  wrong = exchange();
  wrong.holidays = {2026'02'30};
  refuses(wrong, "20260230 is no date");
  wrong = exchange();
  wrong.weekdays = {8};
  refuses(wrong, "weekdays");
  wrong = exchange();
  wrong.close_s = wrong.open_s;
  refuses(wrong, "close after it opens");
  wrong = exchange();
  wrong.short_days = {{2026'12'24, hour_s}};
  refuses(wrong, "short day 20261224");
  BOOST_CHECK_THROW(calendar_book({exchange(), exchange()}), error);
  BOOST_CHECK_THROW(calendar_book({schedule_calendar{}}), error);
}

BOOST_AUTO_TEST_SUITE_END()
