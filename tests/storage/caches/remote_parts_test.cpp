// The pure parts of the back ends that speak to servers.
#include <boost/test/unit_test.hpp>

#include "storage/caches/remote/change_fence.hpp"
#include "storage/caches/remote/content_watch.hpp"
#include "storage/caches/remote/reconnect_backoff.hpp"

namespace stoker::test {

BOOST_AUTO_TEST_SUITE(remote_parts_test)

BOOST_AUTO_TEST_CASE(attempts_to_connect_come_later_and_later_up_to_a_bound) {
  reconnect_backoff backoff;
  reconnect_backoff::steady_time now{std::chrono::hours{1}};
  BOOST_TEST(backoff.may_try(now));
  duration before{};
  for (int attempt = 0; attempt < 12; ++attempt) {
    backoff.failed(now, 0.5);
    BOOST_TEST(!backoff.may_try(now));
    duration pause{};
    while (!backoff.may_try(now + pause)) pause += std::chrono::milliseconds{10};
    BOOST_TEST((pause >= before));
    BOOST_TEST((pause <= reconnect_backoff::longest_pause + std::chrono::milliseconds{10}));
    before = pause;
    now += pause;
  }
  BOOST_TEST((before >= reconnect_backoff::longest_pause));
  backoff.worked();
  BOOST_TEST(backoff.may_try(now));
}

BOOST_AUTO_TEST_CASE(clients_do_not_come_back_in_step) {
  const reconnect_backoff::steady_time now{std::chrono::hours{1}};
  reconnect_backoff early;
  reconnect_backoff late;
  early.failed(now, 0);
  late.failed(now, 0.999);
  const auto between = now + reconnect_backoff::first_pause;
  BOOST_TEST(early.may_try(between));
  BOOST_TEST(!late.may_try(between));
}

BOOST_AUTO_TEST_CASE(a_change_fences_its_own_key_from_tokens_before_it) {
  change_fence fence;
  const auto before = fence.generation();
  fence.changed("a");
  BOOST_TEST(fence.changed_since("a", before));
  BOOST_TEST(!fence.changed_since("b", before));
  BOOST_TEST(!fence.changed_since("a", fence.generation()));
  fence.all_changed();
  BOOST_TEST(fence.changed_since("b", before));
}

BOOST_AUTO_TEST_CASE(lost_content_is_noticed_by_process_flush_or_drop) {
  content_watch watch;
  BOOST_TEST(!watch.compare({"a", 7, 5000}).lost_content());
  BOOST_TEST(!watch.compare({"a", 7, 600}).lost_content());
  BOOST_TEST(watch.compare({"a", 8, 600}).emptied);
  BOOST_TEST(!watch.compare({"a", 8, 5000}).lost_content());
  BOOST_TEST(watch.compare({"a", 8, 499}).emptied);
  const auto restarted = watch.compare({"b", 0, 499});
  BOOST_TEST(restarted.restarted);
  BOOST_TEST(!restarted.emptied);
  BOOST_TEST(restarted.incarnation == 4u);
  BOOST_TEST(watch.unknown().incarnation == 4u);
}

BOOST_AUTO_TEST_CASE(entries_that_are_only_counted_late_as_gone_are_no_loss) {
  content_watch watch;
  watch.compare({"a", 0, 5000, false});
  BOOST_TEST(!watch.compare({"a", 0, 0, false}).lost_content());
}

BOOST_AUTO_TEST_CASE(counts_that_were_reset_are_no_flush) {
  content_watch watch;
  watch.compare({"a", 7, 10});
  BOOST_TEST(!watch.compare({"a", 0, 10}).lost_content());
  BOOST_TEST(watch.compare({"a", 1, 10}).emptied);
}

BOOST_AUTO_TEST_CASE(what_stoker_emptied_itself_is_not_lost) {
  content_watch watch;
  watch.compare({"a", 0, 5000});
  watch.own_flush();
  BOOST_TEST(!watch.compare({"a", 1, 0}).lost_content());
  watch.own_flush();
  BOOST_TEST(watch.compare({"a", 3, 0}).emptied);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace stoker::test
