#include "actors/warming/screening.hpp"

#include <boost/test/unit_test.hpp>

#include "messages/error.hpp"

BOOST_AUTO_TEST_SUITE(screening_suite)

namespace {

using namespace stoker;
using namespace std::chrono_literals;

const time_point today{24h * 20'000};

screening screening_by(std::vector<std::string> include, std::vector<std::string> exclude) {
  screening_settings settings;
  settings.rules = {std::move(include), std::move(exclude)};
  return {"pages", settings};
}

screening holding_out(double share, const std::string& cache = "pages") {
  screening_settings settings;
  settings.hold_out_share = share;
  screening made{cache, settings};
  made.proposed(settings.least_candidates);
  return made;
}

std::string key(int number) {
  return "/item/" + std::to_string(number);
}

BOOST_AUTO_TEST_CASE(rules_can_be_replaced_while_they_are_used) {
  const auto rules = std::make_shared<live_key_rules>(key_rules{{}, {"lock:*"}});
  screening_settings settings;
  settings.live_rules = rules;
  const screening screened{"pages", settings};
  BOOST_TEST(screened.excluded("lock:1"));
  rules->set({{"page:*"}, {}});
  BOOST_TEST(screened.excluded("lock:1"));
  BOOST_TEST(!screened.excluded("page:1"));
}

BOOST_AUTO_TEST_CASE(exclude_wins_over_include) {
  const auto rules = screening_by({"page:*", "lock:*"}, {"lock:*"});
  BOOST_TEST(!rules.excluded("page:1"));
  BOOST_TEST(rules.excluded("lock:1"));
  BOOST_TEST(rules.excluded("other"));
  BOOST_TEST(!screening_by({}, {}).excluded("anything"));
}

BOOST_AUTO_TEST_CASE(rules_that_are_none_are_refused) {
  for (const char* bad : {"", "[a-z", "x\\", "[]"}) BOOST_CHECK_THROW(validate(key_rules{{}, {bad}}), error);
  BOOST_CHECK_THROW(validate(key_rules{std::vector<std::string>(1001, "*"), {}}), error);
  BOOST_CHECK_NO_THROW(validate(key_rules{{"*", "\\["}, {"lock:*"}}));
  screening_settings settings;
  settings.hold_out_share = 0.6;
  BOOST_CHECK_THROW(validate(settings), error);
  settings.hold_out_share = 0.02;
  settings.epoch = {};
  BOOST_CHECK_THROW(validate(settings), error);
}

BOOST_AUTO_TEST_CASE(two_per_cent_are_held_out_and_as_many_are_in_the_trickle) {
  const auto tested = holding_out(0.02);
  int held = 0;
  int trickle = 0;
  for (int i = 0; i < 100'000; ++i) {
    held += tested.held_out(key(i), today);
    trickle += tested.in_trickle(key(i), today);
    BOOST_REQUIRE(!(tested.held_out(key(i), today) && tested.in_trickle(key(i), today)));
  }
  BOOST_TEST(held > 1850);
  BOOST_TEST(held < 2150);
  BOOST_TEST(trickle > 1850);
  BOOST_TEST(trickle < 2150);
}

BOOST_AUTO_TEST_CASE(the_control_group_is_one_set_for_an_epoch_and_another_one_after_it) {
  const auto tested = holding_out(0.02);
  const auto other_cache = holding_out(0.02, "users");
  int both_epochs = 0;
  int both_caches = 0;
  int held = 0;
  for (int i = 0; i < 100'000; ++i) {
    if (!tested.held_out(key(i), today)) continue;
    ++held;
    BOOST_REQUIRE(tested.held_out(key(i), today + 23h));
    both_epochs += tested.held_out(key(i), today + 24h);
    both_caches += other_cache.held_out(key(i), today);
  }
  BOOST_TEST(both_epochs < held / 10);
  BOOST_TEST(both_caches < held / 10);
}

BOOST_AUTO_TEST_CASE(nothing_is_held_out_at_a_share_of_0) {
  const auto tested = holding_out(0);
  for (int i = 0; i < 10'000; ++i) BOOST_REQUIRE(!tested.held_out(key(i), today));
}

BOOST_AUTO_TEST_CASE(where_few_are_proposed_at_a_time_nothing_is_held_out) {
  screening_settings settings;
  settings.hold_out_share = 0.5;
  screening tested{"pages", settings};
  const auto held = [&] {
    int count = 0;
    for (int i = 0; i < 100; ++i) count += tested.held_out(key(i), today);
    return count;
  };
  tested.proposed(499);
  BOOST_TEST(held() == 0);
  tested.proposed(500);
  BOOST_TEST(held() > 30);
  tested.proposed(1);  // one set for all: what has begun goes on
  BOOST_TEST(held() > 30);
}

BOOST_AUTO_TEST_CASE(what_one_exempt_strategy_asks_for_is_exempt) {
  const auto tested = holding_out(0.02);
  candidate item;
  item.strategy = "popular";
  BOOST_TEST(!tested.exempt(item));
  item.strategy = "popular+tasks";
  BOOST_TEST(tested.exempt(item));
}

}  // namespace

BOOST_AUTO_TEST_SUITE_END()
