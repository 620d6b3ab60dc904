// What a cache outside is believed to hold.
#include "actors/prediction/believed_content.hpp"

#include <boost/test/unit_test.hpp>

BOOST_AUTO_TEST_SUITE(believed_content_test)

namespace {

using namespace stoker;
using namespace std::chrono_literals;

time_point at(duration span) {
  return time_point{} + span;
}

}  // namespace

BOOST_AUTO_TEST_CASE(the_first_hit_on_a_prefetch_is_its_first_use) {
  believed_content content{10, 0s};
  content.arrived(1, at(0s));
  BOOST_TEST(content.demanded(1, true, at(1s)).first);
  BOOST_TEST(!content.demanded(1, true, at(2s)).first);
  BOOST_TEST(!content.demanded(2, true, at(2s)).first);  // somebody else put it there
  BOOST_TEST(content.take_departures(at(3s)).empty());
}

BOOST_AUTO_TEST_CASE(a_miss_tells_that_the_entry_had_left) {
  believed_content content{10, 0s};
  content.arrived(1, at(0s));
  auto use = content.demanded(1, false, at(1s));
  BOOST_TEST(use.had_left);
  BOOST_TEST(use.left_unused);
  BOOST_TEST(!use.first);
  use = content.demanded(1, false, at(2s));
  BOOST_TEST(use.had_left);
  BOOST_TEST(!use.left_unused);
  BOOST_TEST(!content.demanded(3, false, at(2s)).had_left);
}

BOOST_AUTO_TEST_CASE(an_entry_leaves_when_its_lifetime_is_over_however_often_it_is_used) {
  believed_content content{10, 60s};
  content.arrived(1, at(0s));
  content.demanded(2, false, at(1s));
  content.demanded(2, true, at(59s));
  BOOST_TEST(content.take_departures(at(59s)).empty());
  const auto first = content.take_departures(at(60s));
  BOOST_TEST_REQUIRE(first.size() == 1u);
  BOOST_TEST(first.front().hash == 1u);
  BOOST_TEST(!first.front().used);
  const auto second = content.take_departures(at(61s));
  BOOST_TEST_REQUIRE(second.size() == 1u);
  BOOST_TEST(second.front().hash == 2u);
  BOOST_TEST(second.front().used);
  BOOST_TEST(content.size() == 0u);
}

BOOST_AUTO_TEST_CASE(an_entry_that_was_filled_anew_lives_as_long_again) {
  believed_content content{10, 60s};
  content.demanded(1, false, at(0s));
  content.demanded(1, false, at(50s));
  BOOST_TEST(content.take_departures(at(70s)).empty());
  BOOST_TEST(content.take_departures(at(110s)).size() == 1u);
}

BOOST_AUTO_TEST_CASE(beyond_the_capacity_the_least_recently_used_leave) {
  believed_content content{3, 0s};
  for (std::uint64_t hash = 1; hash <= 3; ++hash) content.demanded(hash, false, at(0s));
  content.demanded(1, true, at(1s));
  content.arrived(4, at(1s));
  content.arrived(5, at(1s));
  const auto left = content.take_departures(at(1s));
  BOOST_TEST_REQUIRE(left.size() == 2u);
  BOOST_TEST(left[0].hash == 2u);
  BOOST_TEST(left[1].hash == 3u);
  content.holds(1);
  BOOST_TEST(content.take_departures(at(1s)).size() == 2u);
}

BOOST_AUTO_TEST_CASE(a_few_hot_keys_take_no_more_room_than_they_need) {
  believed_content content{3, 0s};
  for (int i = 0; i < 1'000'000; ++i) {
    content.demanded(static_cast<std::uint64_t>(i % 3), true, at(0s));
    if (i % 256 == 0) content.take_departures(at(0s));
  }
  BOOST_TEST(content.size() == 3u);
  BOOST_TEST(content.take_departures(at(0s)).empty());
}

BOOST_AUTO_TEST_CASE(nothing_is_believed_of_a_cache_that_was_emptied) {
  believed_content content{3, 60s};
  content.arrived(1, at(0s));
  content.cleared();
  BOOST_TEST(content.size() == 0u);
  BOOST_TEST(!content.demanded(1, false, at(1s)).had_left);
  BOOST_TEST(content.take_departures(at(1s)).empty());
}

BOOST_AUTO_TEST_SUITE_END()
