// Two weeks of mornings, then one that is prepared for: the real engine in simulated time, and a twin without
// the schedule.
#include <boost/test/unit_test.hpp>
#include <random>

#include "tests/fixtures/driven_engine.hpp"

using namespace stoker;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(learned_peak)

namespace {

constexpr int morning_keys = 300;

load_result load(std::string_view key) {
  return {.outcome = load_outcome::loaded, .bytes = value{"value of " + std::string{key}}};
}

cache_config quotes() {
  cache_config config;
  config.name = "quotes";
  config.ttl = 2h;  // overnight everything expires
  config.load = load;
  config.predictor = predictor_kind::none;
  config.hold_out = 0;  // the control group would be missed on purpose
  return config;
}

start_schedule before_peaks() {
  schedule_entry entry{"before peaks",
                       {.cache = "quotes", .strategies = {"time_of_day"}, .parameters = {{"limit", "1000"}}}};
  entry.kind = schedule_kind::peaks;
  entry.jitter = 0s;
  return {{entry}, {}};
}

// A cache that is asked for a few keys all day, and from nine to eleven for many.
class office : public test::driven_engine {
 public:
  explicit office(bool scheduled) : quotes_(add_cache(quotes())) {
    if (scheduled) ask_engine<scheduler_status>(before_peaks());
  }

  void live_a_day() {
    pass_until(9h);
    for (int i = 0; i < 1200; ++i) {
      ask_for_a_morning_key();
      request_passed(6s);
    }
    pass_until(24h);
  }

  // Little happens until this time of the day.
  void pass_until(duration time_of_day) {
    const auto until = day_ + time_of_day;
    while (now() < until) {
      const auto left = until - now();
      const auto step = left > 1h || time_of_day > 12h ? duration{10min} : duration{1min};
      quotes_.get("all day " + std::to_string(random_() % 20));
      request_passed(std::min<duration>(step, left));
    }
    if (time_of_day == 24h) day_ += 24h;
  }

  // Hit ratio over the next so many requests, five a second.
  double hit_ratio(int requests) {
    int hits = 0;
    for (int i = 0; i < requests; ++i) {
      hits += ask_for_a_morning_key() ? 1 : 0;
      request_passed(200ms);
    }
    return static_cast<double>(hits) / requests;
  }

  time_point today() const { return day_; }

 private:
  bool ask_for_a_morning_key() {
    const auto name = "morning " + std::to_string(random_() % morning_keys);
    return quotes_.get(name).outcome == get_outcome::hit;
  }

  std::mt19937 random_{42};
  cache_handle quotes_;
  time_point day_ = now();
};

}  // namespace

BOOST_AUTO_TEST_CASE(the_morning_is_warm_before_it_begins) {
  office prepared{true};
  office twin{false};
  for (auto* each : {&prepared, &twin}) {
    for (int day = 0; day < 14; ++day) each->live_a_day();
    each->pass_until(9h);
  }
  const auto line = prepared.status().scheduler.schedules.at(0);
  BOOST_TEST(line.runs == 1u);  // on the first day that could be foreseen
  BOOST_TEST(line.succeeded);
  BOOST_TEST(!line.in_progress);
  BOOST_CHECK(line.last_run >= prepared.today() + 7h);
  BOOST_CHECK(line.last_run + line.took < prepared.today() + 9h);

  const auto first_minute = prepared.hit_ratio(300);
  const auto cold_first_minute = twin.hit_ratio(300);
  prepared.hit_ratio(3000);
  const auto steady = prepared.hit_ratio(3000);
  BOOST_TEST_MESSAGE("first minute " << first_minute << ", steady " << steady << ", twin "
                                     << cold_first_minute);
  BOOST_TEST(first_minute >= steady - 0.02);
  BOOST_TEST(cold_first_minute < steady - 0.1);
}

BOOST_AUTO_TEST_CASE(a_lead_that_paid_off_is_used_again_the_next_morning) {
  office prepared{true};
  for (int day = 0; day < 16; ++day) prepared.live_a_day();
  const auto line = prepared.status().scheduler.schedules.at(0);
  BOOST_TEST(line.runs == 2u);
  BOOST_TEST(line.used_share > 0.5);  // within half an hour after the rise
  prepared.pass_until(8h);
  BOOST_TEST(prepared.status().scheduler.schedules.at(0).why == "5 min ahead of an expected rise");
}

BOOST_AUTO_TEST_SUITE_END()
