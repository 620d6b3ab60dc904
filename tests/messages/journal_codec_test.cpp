#include "messages/journal_codec.hpp"

#include <boost/test/unit_test.hpp>
#include <random>

#include "messages/books_codec.hpp"
#include "tests/messages/sample_candidate.hpp"

using namespace stoker;
using stoker::test::sample_candidate;

BOOST_AUTO_TEST_SUITE(journal_codec)

namespace {

journal_plan plan() {
  journal_plan made;
  made.run = 12;
  made.reason = "user";
  made.until = time_point{std::chrono::hours{5}};
  made.policy = memory_policy::priority;
  made.budget_bytes = 99;
  made.phases.push_back({42, 0, {sample_candidate("a"), sample_candidate(std::string("b\0\xff", 3))}});
  made.phases.push_back({42, 1, {}});
  made.phases.push_back({42, 2, {sample_candidate("c")}});
  return made;
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_plan_comes_back_as_it_was_but_for_empty_phases) {
  const auto back = decode_journal_plan(encode_journal(plan()));
  BOOST_REQUIRE(back);
  BOOST_TEST(back->run == 12u);
  BOOST_TEST(back->reason == "user");
  BOOST_CHECK(back->until == plan().until);
  BOOST_CHECK(back->policy == memory_policy::priority);
  BOOST_TEST(back->budget_bytes == 99u);
  BOOST_REQUIRE_EQUAL(back->phases.size(), 2u);
  BOOST_TEST(back->phases[0].items.size() == 2u);
  BOOST_TEST(back->phases[0].priority == 42);
  BOOST_TEST(back->phases[1].level == 2u);
  const auto& kept = back->phases[0].items[1];
  BOOST_TEST(kept.key == std::string("b\0\xff", 3));
  BOOST_TEST(kept.strategy == "popular+recent");
  BOOST_TEST(kept.probability == 0.25);
  BOOST_TEST(kept.cost_us == 7u);
  BOOST_TEST(kept.bytes == 100u);
  BOOST_TEST(kept.refresh);
  BOOST_CHECK(kept.ttl == std::chrono::seconds{9});
  BOOST_TEST(kept.tags == std::vector<std::string>{"red"}, boost::test_tools::per_element());
  BOOST_TEST(kept.dependencies == std::vector<std::string>{"other"}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(progress_is_a_bit_an_item) {
  const auto back = decode_journal_progress(encode_journal(journal_progress{7, std::string("\x05\x80", 2)}));
  BOOST_REQUIRE(back);
  BOOST_TEST(back->run == 7u);
  BOOST_TEST(back->is_settled(0));
  BOOST_TEST(!back->is_settled(1));
  BOOST_TEST(back->is_settled(2));
  BOOST_TEST(back->is_settled(15));
  BOOST_TEST(!back->is_settled(16));  // beyond what was written
}

BOOST_AUTO_TEST_CASE(damage_is_no_journal) {
  BOOST_TEST(!decode_journal_plan(""));
  BOOST_TEST(!decode_journal_progress("nonsense"));
  BOOST_TEST(!decode_journal_plan(encode_journal(journal_progress{1, "x"})));
  const auto whole = encode_journal(plan());
  for (std::size_t size = 0; size < whole.size(); ++size)
    BOOST_TEST(!decode_journal_plan(whole.substr(0, size)));
  std::mt19937 random{1};
  for (int i = 0; i < 20'000; ++i) {
    auto damaged = whole;
    for (auto flips = 1 + random() % 4; flips > 0; --flips)
      damaged[random() % damaged.size()] = static_cast<char>(random());
    if (const auto back = decode_journal_plan(damaged)) BOOST_REQUIRE_LE(back->phases.size(), 3u);
  }
}

BOOST_AUTO_TEST_CASE(books_come_back_as_they_were) {
  warmer_books books;
  books.next_run = 8;
  books.accounts.push_back({"popular", 10, 6, 3, 12, 9, 5, 4, 1, strategy_standing::proven, "it helps"});
  const auto whole = encode_books(books);
  const auto back = decode_books(whole);
  BOOST_REQUIRE(back);
  BOOST_TEST(back->next_run == 8u);
  BOOST_REQUIRE_EQUAL(back->accounts.size(), 1u);
  const auto& account = back->accounts[0];
  BOOST_TEST(account.strategy == "popular");
  BOOST_TEST(account.warmed == 10u);
  BOOST_TEST(account.loads == 12u);
  BOOST_TEST(account.control_hits == 1u);
  BOOST_CHECK(account.standing == strategy_standing::proven);
  BOOST_TEST(account.because == "it helps");
  for (std::size_t size = 0; size < whole.size(); ++size) BOOST_TEST(!decode_books(whole.substr(0, size)));
  books.accounts[0].control_hits = 5;  // of 4
  BOOST_TEST(!decode_books(encode_books(books)));
}

BOOST_AUTO_TEST_SUITE_END()
