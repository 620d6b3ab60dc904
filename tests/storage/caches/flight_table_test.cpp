// Single flight: one load a key, whoever asks.
#include "storage/caches/flight_table.hpp"

#include <boost/test/unit_test.hpp>
#include <string>
#include <thread>
#include <vector>

BOOST_AUTO_TEST_SUITE(flight_table_test)

namespace {

using namespace stoker;
using leader = flight_table::leader;
using follower = flight_table::follower;
using full = flight_table::full;
using promised = flight_table::promised;

constexpr auto long_ago = flight_table::deadline::min();
constexpr auto patience = std::chrono::minutes(5);  // only a hanging test ever waits so long

}  // namespace

BOOST_AUTO_TEST_CASE(the_first_leads_and_the_others_follow) {
  flight_table flights;
  auto first = flights.join("k");
  BOOST_REQUIRE(std::holds_alternative<leader>(first));
  auto second = flights.join("k");
  BOOST_REQUIRE(std::holds_alternative<follower>(second));
  BOOST_TEST(std::holds_alternative<leader>(flights.join("other")));
  std::get<leader>(first).land(loaded("v"));
  const auto result = std::get<follower>(second).wait_until(long_ago);
  BOOST_REQUIRE(result.has_value());
  BOOST_TEST(result->bytes.view() == "v");
  BOOST_TEST(std::holds_alternative<leader>(flights.join("k")), "the flight has landed");
}

BOOST_AUTO_TEST_CASE(an_error_reaches_all_followers_too) {
  flight_table flights;
  auto first = flights.join("k");
  auto second = flights.join("k");
  load_result failed;
  failed.error = "origin on fire";
  std::get<leader>(first).land(failed);
  BOOST_TEST(std::get<follower>(second).wait_until(long_ago)->error == "origin on fire");
}

BOOST_AUTO_TEST_CASE(a_follower_gives_up_at_his_deadline) {
  flight_table flights;
  auto first = flights.join("k");
  auto second = flights.join("k");
  BOOST_TEST(!std::get<follower>(second).wait_until(long_ago).has_value());
  std::get<leader>(first).land(loaded("late"));
  BOOST_TEST(std::get<follower>(second).wait_until(long_ago).has_value());
}

BOOST_AUTO_TEST_CASE(a_leader_who_goes_away_lands_a_failure) {
  flight_table flights;
  auto first = std::make_optional(flights.join("k"));
  auto second = flights.join("k");
  first.reset();
  const auto result = std::get<follower>(second).wait_until(long_ago);
  BOOST_REQUIRE(result.has_value());
  BOOST_TEST((result->outcome == load_outcome::failed));
  BOOST_TEST(!result->error.empty());
  BOOST_TEST(flights.size() == 0u);
}

BOOST_AUTO_TEST_CASE(a_leader_may_be_moved) {
  flight_table flights;
  auto a = flights.try_lead("a");
  auto b = flights.try_lead("b");
  *a = std::move(*b);  // gives a's flight up
  BOOST_TEST(flights.size() == 1u);
  BOOST_TEST(flights.try_lead("a").has_value());
  BOOST_TEST(!flights.try_lead("b").has_value());
  a->land(loaded("v"));
  BOOST_TEST(flights.size() == 0u);
}

BOOST_AUTO_TEST_CASE(a_callback_gets_the_result_once) {
  flight_table flights;
  std::vector<std::string> got;
  const auto note = [&](const load_result& result) { got.emplace_back(result.bytes.view()); };
  auto first = flights.join("k", note);
  BOOST_REQUIRE(std::holds_alternative<leader>(first));
  BOOST_TEST(std::holds_alternative<promised>(flights.join("k", note)));
  BOOST_TEST(std::holds_alternative<promised>(flights.join("k", note)));
  BOOST_TEST(got.empty());
  std::get<leader>(first).land(loaded("v"));
  BOOST_TEST((got == std::vector<std::string>{"v", "v"}));
}

BOOST_AUTO_TEST_CASE(a_callback_may_join_again) {
  flight_table flights;
  bool led = false;
  auto first = flights.join("k");
  flights.join("k", [&](const load_result&) { led = flights.try_lead("k").has_value(); });
  std::get<leader>(first).land(loaded("v"));
  BOOST_TEST(led);
}

BOOST_AUTO_TEST_CASE(a_fence_parts_who_asked_before_from_who_asks_after) {
  flight_table flights;
  auto before = flights.join("k");
  auto waiting = flights.join("k");
  BOOST_TEST(!std::get<leader>(before).fenced());
  flights.fence("k");
  BOOST_TEST(std::get<leader>(before).fenced());
  auto after = flights.join("k");
  BOOST_REQUIRE(std::holds_alternative<leader>(after));
  std::get<leader>(before).land(loaded("old"));
  BOOST_TEST(std::get<follower>(waiting).wait_until(long_ago)->bytes.view() == "old");
  auto newcomer = flights.join("k");
  BOOST_REQUIRE(std::holds_alternative<follower>(newcomer));
  std::get<leader>(after).land(loaded("new"));
  BOOST_TEST(std::get<follower>(newcomer).wait_until(long_ago)->bytes.view() == "new");
}

BOOST_AUTO_TEST_CASE(a_fence_of_all_fences_each) {
  flight_table flights;
  auto a = flights.try_lead("a");
  auto b = flights.try_lead("b");
  flights.fence_all();
  BOOST_TEST(a->fenced());
  BOOST_TEST(b->fenced());
  BOOST_TEST(flights.size() == 2u);
}

BOOST_AUTO_TEST_CASE(flights_are_bounded_fenced_ones_included) {
  flight_table flights(2);
  auto a = flights.try_lead("a");
  auto b = flights.try_lead("b");
  flights.fence_all();
  BOOST_TEST(std::holds_alternative<full>(flights.join("c")));
  BOOST_TEST(std::holds_alternative<full>(flights.join("c", [](const load_result&) {})));
  BOOST_TEST(!flights.try_lead("c").has_value());
  a->land(loaded("v"));
  BOOST_TEST(flights.try_lead("c").has_value());
}

BOOST_AUTO_TEST_CASE(followers_are_bounded_and_make_room_when_they_leave) {
  flight_table flights;
  auto first = flights.join("k");
  std::vector<std::variant<leader, follower, full>> crowd;
  for (std::size_t i = 0; i < flight_table::max_followers; ++i) crowd.push_back(flights.join("k"));
  BOOST_TEST(std::holds_alternative<full>(flights.join("k")));
  BOOST_TEST(std::holds_alternative<full>(flights.join("k", [](const load_result&) {})));
  crowd.pop_back();
  BOOST_TEST(std::holds_alternative<follower>(flights.join("k")));
}

BOOST_AUTO_TEST_CASE(a_leader_may_outlive_the_table) {
  auto flights = std::make_optional<flight_table>();
  auto first = flights->join("k");
  auto second = flights->join("k");
  flights.reset();
  std::get<leader>(first).land(loaded("v"));
  BOOST_TEST(std::get<follower>(second).wait_until(long_ago).has_value());
}

BOOST_AUTO_TEST_CASE(a_waiting_thread_is_woken_by_the_landing) {
  flight_table flights;
  auto first = flights.join("k");
  std::string got;
  std::thread waiter([&, second = flights.join("k")] {
    const auto result = std::get<follower>(second).wait_until(std::chrono::steady_clock::now() + patience);
    got = result ? result->bytes.view() : "<timeout>";
  });
  std::get<leader>(first).land(loaded("v"));
  waiter.join();
  BOOST_TEST(got == "v");
}

BOOST_AUTO_TEST_SUITE_END()
