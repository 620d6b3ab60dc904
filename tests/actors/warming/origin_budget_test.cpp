#include "actors/warming/origin_budget.hpp"

#include <boost/test/unit_test.hpp>
#include <cmath>
#include <queue>
#include <random>
#include <string>

BOOST_AUTO_TEST_SUITE(origin_budget_suite)

namespace {

using namespace stoker;
using namespace std::chrono_literals;

const time_point start{1000h};

bool blocked_by(origin_budget& budget, const std::string& what, time_point now, std::uint32_t bytes = 0,
                std::uint64_t demand = 0) {
  const auto found = budget.in_the_way(bytes, demand, now);
  return found && found->what == what;
}

// Something that an origin was asked for, and how much of it.
struct taken {
  time_point at;
  double amount = 0;
};

// The most of any stretch of time that was taken above what its rate allows: never more than the burst.
double most_above_rate(const std::vector<taken>& log, const rate_limit& limit) {
  const double per_ns = limit.tokens / static_cast<double>(limit.interval.count());
  double most = 0;
  double sum = 0;     // of what was taken from the first entry on
  double lowest = 0;  // of sum less what the rate allows, just before an entry
  for (std::size_t i = 0; i < log.size(); ++i) {
    const auto allowed = per_ns * static_cast<double>((log[i].at - log.front().at).count());
    lowest = i == 0 ? -allowed : std::min(lowest, sum - allowed);
    sum += log[i].amount;
    most = std::max(most, sum - allowed - lowest);
  }
  return most;
}

// A world in which warming takes all it may get, and users take what they want.
class pressing_world {
 public:
  pressing_world(const origin_limits& limits, unsigned seed, bool sizes_are_known)
      : limits_(limits), budget_(limits, start), random_(seed), sizes_are_known_(sizes_are_known) {}

  void press(duration span, int users_loads_per_second) {
    const auto end = now_ + span;
    double due = 0;
    for (; now_ < end; now_ += 7ms) {
      while (!ends_.empty() && ends_.top().at <= now_) finish();
      for (due += users_loads_per_second * 0.007; due >= 1; --due) demand();
      warm();
    }
  }

  std::vector<taken> calls;  // of warming
  std::vector<taken> bytes;  // of warming, when the calls began
  double users_calls = 0;
  double users_bytes = 0;
  double largest = 0;
  std::uint64_t most_in_flight = 0;

 private:
  struct under_way {
    time_point at;
    double given = 0;
    std::uint32_t bytes = 0;
    bool operator>(const under_way& other) const { return at > other.at; }
  };

  std::uint32_t size() {
    const auto drawn = static_cast<std::uint32_t>(std::exp(std::normal_distribution<>{8, 1}(random_)));
    largest = std::max(largest, static_cast<double>(drawn));
    return drawn;
  }

  void demand() {
    const auto came = size();
    budget_.demand({1, 0, came, 0, {}}, now_);
    users_calls += 1;
    users_bytes += came;
  }

  void warm() {
    for (;;) {
      const auto bytes_of_it = size();
      const auto told = sizes_are_known_ ? bytes_of_it : 0;
      if (budget_.in_the_way(told, 0, now_)) return;
      ends_.push({now_ + std::uniform_int_distribution<>{1, 50}(random_)*1ms, budget_.begin(told, now_),
                  bytes_of_it});
      calls.push_back({now_, 1});
      bytes.push_back({now_, static_cast<double>(bytes_of_it)});
      most_in_flight = std::max(most_in_flight, budget_.in_flight());
    }
  }

  void finish() {
    budget_.end(ends_.top().given, ends_.top().bytes, now_);
    ends_.pop();
  }

  origin_limits limits_;
  origin_budget budget_;
  std::mt19937 random_;
  bool sizes_are_known_;
  time_point now_ = start;
  std::priority_queue<under_way, std::vector<under_way>, std::greater<>> ends_;
};

double sum_of(const std::vector<taken>& log) {
  double sum = 0;
  for (const auto& each : log) sum += each.amount;
  return sum;
}

BOOST_AUTO_TEST_CASE(over_any_time_no_more_calls_are_made_than_the_limit_allows) {
  for (const auto& limit : {per_second(50), per_minute(600), per_second(20, 5), per_minute(100, 1)})
    for (unsigned seed = 0; seed < 5; ++seed) {
      pressing_world world{{limit, {}, 0}, seed, false};
      world.press(180s, 0);
      const auto burst = std::max(1.0, limit.burst > 0 ? limit.burst : limit.tokens);
      BOOST_TEST(most_above_rate(world.calls, limit) <= burst + 0.01);
      const auto allowed = burst + limit.tokens * (180s / std::chrono::duration<double>(limit.interval));
      BOOST_TEST(sum_of(world.calls) >= 0.97 * allowed);
    }
}

BOOST_AUTO_TEST_CASE(over_any_time_no_more_bytes_come_than_the_limit_allows) {
  for (const auto& limit : {per_second(200'000), per_minute(9'000'000), per_second(500'000, 20'000)})
    for (unsigned seed = 0; seed < 5; ++seed) {
      pressing_world world{{{}, limit, 4}, seed, true};
      world.press(180s, 0);
      const auto burst = limit.burst > 0 ? limit.burst : limit.tokens;
      // A value above the burst comes when the bucket is full.
      BOOST_TEST(most_above_rate(world.bytes, limit) <= std::max(burst, world.largest) + 1);
      const auto allowed = burst + limit.tokens * (180s / std::chrono::duration<double>(limit.interval));
      BOOST_TEST(sum_of(world.bytes) >= 0.9 * allowed);
    }
}

BOOST_AUTO_TEST_CASE(of_values_of_unknown_size_only_those_in_flight_can_exceed_the_limit_of_bytes) {
  const auto limit = per_second(200'000);
  for (unsigned seed = 0; seed < 10; ++seed) {
    pressing_world world{{{}, limit, 4}, seed, false};
    world.press(180s, 0);
    BOOST_TEST(most_above_rate(world.bytes, limit) <= limit.tokens + 4 * world.largest);
    BOOST_TEST(sum_of(world.bytes) <= limit.tokens * 181 + 4 * world.largest);
    BOOST_TEST(sum_of(world.bytes) >= 0.9 * limit.tokens * 180);
  }
}

BOOST_AUTO_TEST_CASE(users_and_warming_together_keep_to_the_limits_of_which_users_take_what_they_want) {
  const origin_limits limits{per_second(100), per_second(400'000), 8};
  for (unsigned seed = 0; seed < 5; ++seed) {
    pressing_world world{limits, seed, true};
    world.press(120s, 40);
    BOOST_TEST(world.users_calls >= 40 * 119);
    BOOST_TEST(world.users_calls + sum_of(world.calls) <= 100 * 121 + 1);
    BOOST_TEST(world.users_bytes + sum_of(world.bytes) <= 400'000 * 121.0 + world.largest);
    BOOST_TEST(sum_of(world.calls) > 0);
    BOOST_TEST(world.most_in_flight <= 8u);
  }
}

BOOST_AUTO_TEST_CASE(users_who_take_all_leave_warming_nothing) {
  pressing_world world{{per_second(100), {}, 0}, 1, true};
  world.press(60s, 200);
  BOOST_TEST(sum_of(world.calls) <= 100);  // the burst, before they came
}

BOOST_AUTO_TEST_CASE(no_more_calls_are_in_flight_than_allowed_users_own_included) {
  origin_budget budget{{{}, {}, 3}, start};
  const auto full = "as many calls are in flight as it allows";
  BOOST_TEST(blocked_by(budget, full, start, 0, 3));
  BOOST_TEST(!blocked_by(budget, full, start, 0, 2));
  const auto given = budget.begin(0, start);
  BOOST_TEST(blocked_by(budget, full, start, 0, 2));
  budget.end(given, 10, start);
  BOOST_TEST(!blocked_by(budget, full, start, 0, 2));
}

BOOST_AUTO_TEST_CASE(says_which_limit_is_in_the_way_and_until_when) {
  origin_budget budget{{per_second(10, 1), per_second(1000, 1000), 0}, start};
  budget.begin(900, start);
  auto found = budget.in_the_way(50, 0, start);
  BOOST_REQUIRE(found);
  BOOST_TEST(found->what == "the rate limit is reached");
  BOOST_CHECK(found->until > start + 99ms && found->until < start + 101ms);
  found = budget.in_the_way(500, 0, start);
  BOOST_REQUIRE(found);
  BOOST_TEST(found->what == "the limit of bytes is reached");
  BOOST_CHECK(found->until > start + 399ms && found->until < start + 401ms);
}

BOOST_AUTO_TEST_CASE(a_value_that_nobody_weighed_counts_as_it_was_thought_to_be) {
  origin_budget budget{{{}, per_second(1000), 0}, start};
  budget.end(budget.begin(600, start), std::nullopt, start);
  origin_status status;
  budget.report(status, start);
  BOOST_TEST(status.byte_tokens == 400);
  BOOST_TEST(status.warming_bytes == 0u);
  budget.end(budget.begin(100, start), 250, start);
  budget.report(status, start);
  BOOST_TEST(status.byte_tokens == 150);
  BOOST_TEST(status.warming_bytes == 250u);
}

BOOST_AUTO_TEST_CASE(learns_from_values_how_large_the_next_will_be) {
  origin_budget budget{{{}, per_second(1000), 0}, start};
  budget.end(budget.begin(0, start), 500, start);
  budget.begin(0, start);
  origin_status status;
  budget.report(status, start);
  BOOST_TEST(status.byte_tokens == 0);
}

BOOST_AUTO_TEST_CASE(waits_as_long_as_the_origin_asks_and_a_shorter_wish_makes_it_no_shorter) {
  origin_budget budget{{}, start};
  BOOST_TEST(!budget.pause(start).has_value());
  budget.slow_down(10s, start);
  budget.slow_down(2s, start + 1s);
  BOOST_TEST(blocked_by(budget, "the origin asked to slow down", start + 9s));
  BOOST_TEST(!budget.in_the_way(0, 0, start + 10s).has_value());
}

BOOST_AUTO_TEST_CASE(changed_limits_hold_at_once) {
  origin_budget budget{{}, start};
  budget.change({per_second(1), per_second(10), 1}, start);
  budget.begin(10, start);
  BOOST_TEST(budget.in_the_way(0, 0, start).has_value());
  budget.change({}, start);
  BOOST_TEST(!budget.in_the_way(0, 0, start).has_value());
}

}  // namespace

BOOST_AUTO_TEST_SUITE_END()
