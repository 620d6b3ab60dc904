#include "messages/plan_codec.hpp"

#include <boost/test/unit_test.hpp>
#include <random>

#include "tests/messages/sample_candidate.hpp"

using namespace stoker;
using stoker::test::sample_candidate;

BOOST_AUTO_TEST_SUITE(plan_codec)

namespace {

warm_plan plan() {
  warm_plan made;
  made.cache = "pages";
  made.made_at = time_point{std::chrono::hours{5}};
  made.phases.push_back({42, 0, {sample_candidate("a"), sample_candidate(std::string("b\0\xff", 3))}});
  made.phases.push_back({42, 2, {sample_candidate("c")}});
  made.left_out = {{sample_candidate("d"), left_out_reason::held_out},
                   {sample_candidate("e"), left_out_reason::too_deep}};
  made.budget_bytes = 1000;
  made.planned_bytes = 300;
  made.selected = 3;
  made.origin_calls = 3;
  made.expected_time = std::chrono::milliseconds{21};
  return made;
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_plan_comes_back_as_it_was) {
  const auto back = decode_plan(encode_plan(plan()));
  BOOST_REQUIRE(back);
  BOOST_TEST(back->cache == "pages");
  BOOST_CHECK(back->made_at == plan().made_at);
  BOOST_TEST(back->budget_bytes == 1000u);
  BOOST_TEST(back->planned_bytes == 300u);
  BOOST_TEST(back->selected == 3u);
  BOOST_TEST(back->origin_calls == 3u);
  BOOST_CHECK(back->expected_time == plan().expected_time);
  BOOST_REQUIRE_EQUAL(back->phases.size(), 2u);
  BOOST_TEST(back->phases[1].level == 2u);
  BOOST_TEST(back->phases[1].priority == 42);
  const auto& kept = back->phases[0].items.at(1);
  BOOST_TEST(kept.key == std::string("b\0\xff", 3));
  BOOST_TEST(kept.strategy == "popular+recent");
  BOOST_TEST(kept.refresh);
  BOOST_REQUIRE_EQUAL(back->left_out.size(), 2u);
  BOOST_TEST(back->left_out[0].item.key == "d");
  BOOST_CHECK(back->left_out[0].reason == left_out_reason::held_out);
  BOOST_CHECK(back->left_out[1].reason == left_out_reason::too_deep);
}

BOOST_AUTO_TEST_CASE(an_empty_plan_comes_back_empty) {
  const auto back = decode_plan(encode_plan({}));
  BOOST_REQUIRE(back);
  BOOST_TEST(back->phases.empty());
  BOOST_TEST(back->left_out.empty());
}

BOOST_AUTO_TEST_CASE(damage_is_no_plan) {
  BOOST_TEST(!decode_plan(""));
  BOOST_TEST(!decode_plan("nonsense"));
  const auto whole = encode_plan(plan());
  for (std::size_t size = 0; size < whole.size(); ++size) BOOST_TEST(!decode_plan(whole.substr(0, size)));
  std::mt19937 random{1};
  for (int i = 0; i < 20'000; ++i) {
    auto damaged = whole;
    for (auto flips = 1 + random() % 4; flips > 0; --flips)
      damaged[random() % damaged.size()] = static_cast<char>(random());
    if (const auto back = decode_plan(damaged)) BOOST_REQUIRE_LE(back->selected, 3u);
  }
}

BOOST_AUTO_TEST_SUITE_END()
