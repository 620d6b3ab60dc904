#include "actors/prediction/shadow_prefetches.hpp"

#include <boost/test/unit_test.hpp>

#include "actors/prediction/source_ledger.hpp"

using namespace stoker;

BOOST_AUTO_TEST_SUITE(shadow_books)

BOOST_AUTO_TEST_CASE(a_miss_of_what_would_have_been_loaded_is_a_shadow_hit_once) {
  shadow_prefetches shadow(10);
  shadow.issue(7);
  BOOST_TEST(!shadow.demanded(8, true));
  BOOST_TEST(shadow.demanded(7, true));
  BOOST_TEST(!shadow.demanded(7, true));
  BOOST_TEST(shadow.hits() == 1u);
}

BOOST_AUTO_TEST_CASE(what_a_user_found_in_the_cache_needed_no_prefetch) {
  shadow_prefetches shadow(10);
  shadow.issue(7);
  BOOST_TEST(!shadow.demanded(7, false));
  BOOST_TEST(!shadow.demanded(7, true));
  BOOST_TEST(shadow.hits() == 0u);
}

BOOST_AUTO_TEST_CASE(it_expires_after_as_many_insertions_as_the_cache_holds) {
  shadow_prefetches shadow(3);
  shadow.issue(7);
  for (key_id key = 100; key < 102; ++key) shadow.demanded(key, true);
  BOOST_TEST(shadow.take_expired().empty());
  shadow.demanded(102, true);
  const std::vector<key_id> gone{7};
  BOOST_TEST(shadow.take_expired() == gone, boost::test_tools::per_element());
  BOOST_TEST(!shadow.demanded(7, true));
  BOOST_TEST(shadow.take_expired().empty());
}

BOOST_AUTO_TEST_CASE(one_issued_anew_lives_anew_and_the_books_stay_small) {
  shadow_prefetches shadow(3);
  shadow.issue(7);
  shadow.demanded(7, true);
  shadow.demanded(100, true);
  shadow.issue(7);
  shadow.demanded(101, true);
  shadow.demanded(102, true);
  BOOST_TEST(shadow.take_expired().empty());
  BOOST_TEST(shadow.demanded(7, true));
  for (key_id key = 0; key < 10'000; ++key) {
    shadow.issue(key);
    shadow.take_expired();
  }
  BOOST_TEST(shadow.waiting() <= 4u);
}

BOOST_AUTO_TEST_CASE(each_source_is_credited_with_what_its_proposals_came_to) {
  source_ledger ledger;
  BOOST_TEST(ledger.status().empty());
  ledger.issued(1, candidate_source::successor);
  ledger.issued(2, candidate_source::successor);
  ledger.issued(3, candidate_source::external);
  ledger.used(1);
  ledger.used(1);
  ledger.gone(2);
  ledger.used(2);
  ledger.used(99);
  const auto status = ledger.status();
  BOOST_TEST_REQUIRE(status.size() == 2u);
  BOOST_TEST(status[0].source == "successor");
  BOOST_TEST(status[0].proposed == 2u);
  BOOST_TEST(status[0].used == 1u);
  BOOST_TEST(status[1].source == "external");
  BOOST_TEST(status[1].used == 0u);
}

BOOST_AUTO_TEST_SUITE_END()
