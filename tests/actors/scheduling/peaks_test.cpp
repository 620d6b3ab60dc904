#include <boost/test/unit_test.hpp>
#include <random>

#include "actors/scheduling/calendar.hpp"
#include "actors/scheduling/peak_schedule.hpp"

using namespace stoker;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(learned_peaks)

namespace {

const absl::TimeZone& zurich() {
  static const auto zone = find_zone("Europe/Zurich");
  return zone;
}

time_point local(int year, int month, int day, int hour = 0) {
  return instant_of(absl::CivilSecond{year, month, day, hour}, zurich());
}

// Accesses in a minute of a shop: next to none at night, many from nine to six on weekdays.
std::uint64_t shop(time_point at) {
  const auto time = local_time(at, zurich());
  const bool weekday = absl::GetWeekday(absl::CivilDay{time}) < absl::Weekday::saturday;
  return weekday && time.hour() >= 9 && time.hour() < 18 ? 40 : 1;
}

// Watches `days` days from a Monday on, minute by minute.
template <class Rate>
time_point watch(peak_schedule& peaks, time_point from, int days, Rate rate) {
  std::uint64_t ever = 0;
  const auto end = from + days * 24h;
  for (auto now = from; now < end; now += 1min) {
    ever += rate(now);
    peaks.observe(ever, now);
  }
  return end;
}

const auto monday = local(2026, 6, 1, 0);

}  // namespace

BOOST_AUTO_TEST_CASE(a_rise_that_came_at_the_same_hour_for_two_weeks_is_expected) {
  peak_schedule peaks{zurich()};
  const auto now = watch(peaks, monday, 14, shop);
  const auto begin = peaks.plan(now, 1min);
  BOOST_REQUIRE(peaks.rise().has_value());
  BOOST_CHECK(*peaks.rise() == local(2026, 6, 15, 9));
  BOOST_CHECK(begin == *peaks.rise() - peaks.lead());
  BOOST_CHECK(peaks.lead() >= 2min);
}

BOOST_AUTO_TEST_CASE(one_week_is_no_habit_and_a_quiet_day_of_the_week_stays_quiet) {
  peak_schedule peaks{zurich()};
  const auto week = watch(peaks, monday, 7, shop);
  BOOST_CHECK(peaks.plan(week, 1min) == time_point::max());
  peak_schedule longer{zurich()};
  watch(longer, monday, 14, shop);
  longer.plan(local(2026, 6, 19, 18), 1min);  // a Friday evening
  BOOST_TEST(!longer.rise().has_value());     // nothing rises on Saturday
}

BOOST_AUTO_TEST_CASE(habits_follow_the_clock_on_the_wall) {
  peak_schedule peaks{zurich()};
  // The clocks go forward on Sunday, 2026-03-29.
  const auto now = watch(peaks, local(2026, 3, 9, 0), 20, shop);
  peaks.plan(now + 20h, 1min);
  BOOST_REQUIRE(peaks.rise().has_value());
  BOOST_CHECK(*peaks.rise() == local(2026, 3, 30, 9));
}

BOOST_AUTO_TEST_CASE(a_steady_load_and_noise_have_no_peaks) {
  std::mt19937 random{5};
  peak_schedule peaks{zurich()};
  const auto now = watch(peaks, monday, 21, [&](time_point) { return 20 + random() % 20; });
  for (int hour = 0; hour < 24; ++hour) BOOST_CHECK(peaks.plan(now + hour * 1h, 1min) == time_point::max());
}

BOOST_AUTO_TEST_CASE(hours_that_nobody_watched_are_not_taken_for_quiet_ones) {
  peak_schedule peaks{zurich()};
  // The engine runs from nine to ten alone: it never saw what is before.
  std::uint64_t ever = 0;
  for (int day = 0; day < 21; ++day)
    for (int minute = 0; minute < 60; ++minute)
      peaks.observe(ever += 40, monday + day * 24h + 9h + minute * 1min);
  BOOST_CHECK(peaks.plan(monday + 21 * 24h, 1min) == time_point::max());
}

BOOST_AUTO_TEST_CASE(a_rise_is_warmed_for_once_and_the_next_one_is_tomorrows) {
  peak_schedule peaks{zurich()};
  const auto now = watch(peaks, monday, 14, shop);
  const auto begin = peaks.plan(now, 1min);
  peaks.began();
  peaks.finished(begin + 1min);
  BOOST_CHECK(peaks.unsettled() == local(2026, 6, 15, 9));
  peaks.plan(begin + 1min, 1min);
  BOOST_REQUIRE(peaks.rise().has_value());
  BOOST_CHECK(*peaks.rise() == local(2026, 6, 16, 9));
}

BOOST_AUTO_TEST_CASE(a_lead_is_longer_than_the_run_that_must_be_over) {
  const lead_book leads;
  BOOST_CHECK(leads.choose(0s) == 5min);
  BOOST_CHECK(leads.choose(4min) == 10min);
  BOOST_CHECK(leads.choose(30min) == 40min);
  BOOST_CHECK(leads.choose(5h) == 80min);  // the longest there is
}

BOOST_AUTO_TEST_CASE(the_lead_that_paid_off_best_is_kept) {
  lead_book leads;
  leads.settle(5min, 0.9, false);  // was not over in time
  BOOST_CHECK(leads.choose(0s) == 10min);
  leads.settle(10min, 0.3, true);
  BOOST_CHECK(leads.choose(0s) == 20min);
  leads.settle(20min, 0.8, true);
  for (int peak = 0; peak < 10; ++peak) BOOST_CHECK(leads.choose(0s) == 20min);
}

BOOST_AUTO_TEST_CASE(when_no_lead_pays_off_only_every_eighth_peak_is_tried) {
  lead_book leads;
  for (const auto lead : {5min, 10min, 20min, 40min, 80min}) leads.settle(lead, 0.01, true);
  int tried = 0;
  for (int peak = 0; peak < 80; ++peak) {
    leads.passed();
    if (leads.choose(0s)) ++tried;
  }
  BOOST_TEST(tried == 10);
  leads.settle(5min, 1, true);  // it does again
  BOOST_CHECK(leads.choose(0s) == 5min);
}

BOOST_AUTO_TEST_CASE(what_was_learned_comes_back_and_damaged_habits_are_learned_anew) {
  peak_schedule peaks{zurich()};
  const auto now = watch(peaks, monday, 14, shop);
  auto kept = peaks.keep("a");
  peak_schedule again{zurich()};
  again.restore(kept);
  BOOST_CHECK(again.plan(now, 1min) == peaks.plan(now, 1min));
  kept.accesses.pop_back();
  peak_schedule anew{zurich()};
  anew.restore(kept);
  BOOST_CHECK(anew.plan(now, 1min) == time_point::max());
}

BOOST_AUTO_TEST_SUITE_END()
