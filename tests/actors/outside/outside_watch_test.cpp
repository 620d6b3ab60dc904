// What is known of a cache outside, look by look.
#include "actors/outside/outside_watch.hpp"

#include <boost/test/unit_test.hpp>

BOOST_AUTO_TEST_SUITE(outside_watch_test)

namespace {

using namespace stoker;

constexpr std::uint64_t no_limit = std::numeric_limits<std::uint64_t>::max();

outside_look answered(std::uint64_t used_bytes, std::uint64_t limit_bytes, std::uint64_t evictions = 0) {
  outside_look look;
  look.counts.used_bytes = used_bytes;
  look.counts.limit_bytes = limit_bytes;
  look.counts.evictions = evictions;
  return look;
}

outside_look failed(const std::string& trouble) {
  outside_look look;
  look.trouble = trouble;
  look.detail = "connection refused";
  return look;
}

time_point at(int second) {
  return time_point{std::chrono::seconds{second}};
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_cache_that_was_never_looked_at_has_no_known_limit) {
  const outside_watch watch{"pages"};
  BOOST_TEST(watch.status().head_room_bytes() == no_limit);
  BOOST_TEST(watch.status().utilisation() == 0);
  BOOST_TEST(!watch.status().reachable);
}

BOOST_AUTO_TEST_CASE(head_room_is_what_the_limit_leaves) {
  outside_watch watch{"pages"};
  watch.note(answered(300, 1000), at(1));
  BOOST_TEST(watch.status().head_room_bytes() == 700u);
  BOOST_TEST(watch.status().utilisation() == 0.3);
  watch.note(answered(1200, 1000), at(2));
  BOOST_TEST(watch.status().head_room_bytes() == 0u);
  watch.note(answered(1200, 0), at(3));
  BOOST_TEST(watch.status().head_room_bytes() == no_limit);
}

BOOST_AUTO_TEST_CASE(a_cache_that_evicts_is_full_below_its_limit_until_it_holds_less) {
  outside_watch watch{"pages"};
  watch.note(answered(900, 1000, 50), at(1));
  BOOST_TEST(watch.status().head_room_bytes() == 100u);  // those may be long ago
  watch.note(answered(900, 1000, 51), at(2));
  BOOST_TEST(watch.status().full);
  BOOST_TEST(watch.status().head_room_bytes() == 0u);
  watch.note(answered(890, 1000, 51), at(3));
  BOOST_TEST(watch.status().full);
  watch.note(answered(800, 1000, 51), at(4));
  BOOST_TEST(watch.status().head_room_bytes() == 200u);
}

BOOST_AUTO_TEST_CASE(a_cache_that_was_restarted_or_emptied_is_another_and_has_room) {
  outside_watch watch{"pages"};
  watch.note(answered(900, 1000, 50), at(1));
  watch.note(answered(900, 1000, 51), at(2));
  const auto before = watch.incarnation();
  auto restarted = answered(950, 1000, 70);
  restarted.restarted = true;
  watch.note(restarted, at(3));
  BOOST_TEST(watch.incarnation() == before + 1);
  BOOST_TEST(!watch.status().full);
  auto emptied = answered(0, 1000);
  emptied.emptied = true;
  watch.note(emptied, at(4));
  BOOST_TEST(watch.incarnation() == before + 2);
  BOOST_TEST(watch.status().restarts == 1u);
  BOOST_TEST(watch.status().emptied == 1u);
}

BOOST_AUTO_TEST_CASE(a_look_that_fails_is_counted_and_leaves_what_is_known) {
  outside_watch watch{"pages"};
  watch.note(answered(300, 1000), at(1));
  const auto before = watch.incarnation();
  watch.note(failed("unavailable"), at(2));
  auto status = watch.status();
  BOOST_TEST(!status.reachable);
  BOOST_TEST(status.trouble == "unavailable");
  BOOST_TEST(status.detail == "connection refused");
  BOOST_TEST(status.failed_looks == 1u);
  BOOST_TEST(status.head_room_bytes() == 700u);
  BOOST_TEST((status.answered_at == at(1)));
  watch.note(answered(300, 1000), at(3));
  status = watch.status();
  BOOST_TEST(status.reachable);
  BOOST_TEST(status.trouble.empty());
  BOOST_TEST(status.looks == 3u);
  BOOST_TEST(watch.incarnation() == before);  // the same process with the same content
}

BOOST_AUTO_TEST_CASE(a_cache_that_comes_up_after_its_engine_counts_as_one_that_lost_what_it_held) {
  outside_watch watch{"pages"};
  watch.note(failed("unavailable"), at(1));
  const auto before = watch.incarnation();
  watch.note(answered(0, 1000), at(2));
  BOOST_TEST(watch.incarnation() == before + 1);
  watch.note(answered(0, 1000), at(3));
  BOOST_TEST(watch.incarnation() == before + 1);
}

BOOST_AUTO_TEST_SUITE_END()
