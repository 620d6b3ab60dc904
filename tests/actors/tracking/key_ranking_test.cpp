// Rankings by kind of key, and what they tell beside their scores.
#include <boost/test/unit_test.hpp>
#include <random>

#include "actors/tracking/tracker_core.hpp"
#include "tests/actors/tracking/batches.hpp"

namespace stoker::test {

namespace key_ranking_suite {

using namespace std::chrono_literals;

constexpr time_point noon{std::chrono::hours{24 * 20000 + 12}};

struct ranked_world {
  ranked_world() { core.end_restore(); }

  ranked_keys top(top_request request) {
    request.cache = "pages";
    if (request.now == time_point{}) request.now = noon;
    return core.top(request);
  }
  std::string order(const top_request& request) {
    std::string keys;
    for (const auto& key : top(request).keys) keys += key.key + " ";
    return keys;
  }
  void describe(const std::string& key, std::vector<std::string> tags,
                std::vector<std::pair<std::string, double>> attributes = {}) {
    core.apply({"pages", key, std::move(tags), std::move(attributes)});
  }

  tracker_core core{0, 1, {}, 6h};
};

}  // namespace key_ranking_suite

BOOST_FIXTURE_TEST_SUITE(key_ranking_suite, ranked_world)

BOOST_AUTO_TEST_CASE(an_attribute_ranks_the_keys_that_have_it) {
  describe("a", {}, {{"complexity", 3}});
  describe("b", {"python"}, {{"complexity", 9}});
  describe("c", {"python"}, {{"size", 100}});
  describe("d", {"python"}, {{"complexity", 5}});
  BOOST_TEST(order({.by = ranking::attribute, .attribute = "complexity"}) == "b d a ");
  BOOST_TEST(order({.by = ranking::attribute, .attribute = "complexity", .at_least = 4}) == "b d ");
  BOOST_TEST(order({.by = ranking::attribute, .limit = 1, .tag = "python", .attribute = "complexity"}) ==
             "b ");
  BOOST_TEST(top({.by = ranking::attribute, .attribute = "complexity"}).keys.at(0).score == 9);
  BOOST_TEST(order({.by = ranking::attribute, .attribute = "colour"}) == "");
}

BOOST_AUTO_TEST_CASE(globs_select_keys) {
  core.apply(make_batch(noon, {"src/a.py", "src/b.cpp", "lock:1", "lock:2", "lock:2"}));
  BOOST_TEST(order({.match = {"lock:*"}}) == "lock:2 lock:1 ");
  BOOST_TEST(order({.match = {"*.py", "*.cpp"}}) == "src/a.py src/b.cpp ");
  BOOST_TEST(order({.match = {"nothing"}}) == "");
}

// More keys than the ring of latest accesses holds, in batches of all sizes; the answer for few keys is the
// beginning of that for all of them, which is found by looking at each.
BOOST_AUTO_TEST_CASE(the_most_recent_keys_are_those_that_a_look_at_all_of_them_finds) {
  tracker_core small{0, 1, {.max_keys = 24'000}, 6h};
  small.end_restore();
  std::mt19937_64 random{7};
  const auto answer = [&](const std::string& cache, std::uint32_t limit) {
    top_request request{.cache = cache, .by = ranking::recent, .limit = limit, .now = noon};
    return small.top(request).keys;
  };
  auto at = noon;
  for (int round = 0; round < 400; ++round) {
    at += random() % 8 == 0 ? -3s : 1s;  // clocks are put back, too
    const auto size = random() % 4 == 0 ? 1 + random() % 3000 : 1 + random() % 20;
    std::vector<std::string> keys;
    for (std::size_t i = 0; i < size; ++i) keys.push_back("k" + std::to_string(random() % 60'000));
    small.apply(make_batch(at, keys, round % 3 == 0 ? "other" : "pages"));
    for (const auto* cache : {"pages", "other"}) {
      const auto all = answer(cache, 1'000'000);
      const auto few = answer(cache, 30);
      BOOST_REQUIRE(few.size() == std::min<std::size_t>(30, all.size()));
      for (std::size_t i = 0; i < few.size(); ++i) BOOST_REQUIRE(few[i].key == all[i].key);
    }
  }
}

BOOST_AUTO_TEST_CASE(tags_are_told_when_they_are_asked_for) {
  describe("a", {"x", "y"});
  BOOST_TEST(top({}).keys.at(0).tags.empty());
  BOOST_TEST(top({.with_tags = true}).keys.at(0).tags.size() == 2u);
}

BOOST_AUTO_TEST_CASE(the_accesses_of_the_trends_window_are_told) {
  core.apply(make_batch(noon - 30h, {"a"}));
  core.apply(make_batch(noon - 2h, {"a", "a"}));
  core.apply(make_batch(noon, {"a", "a", "a"}));
  const auto key = top({.by = ranking::trending, .window = 24h}).keys.at(0);
  BOOST_TEST(key.window_accesses == 5u);
  BOOST_TEST(key.count == 6u);
  BOOST_TEST(top({.by = ranking::trending, .window = 1h}).keys.at(0).window_accesses == 3u);
}

BOOST_AUTO_TEST_CASE(the_same_hour_of_the_last_two_days_is_told) {
  core.apply(make_batch(noon - 47h, {"a"}));           // 13:00, two days ago
  core.apply(make_batch(noon - 23h, {"a", "a"}));      // 13:00, yesterday
  core.apply(make_batch(noon - 1h, {"a", "a", "a"}));  // 11:00
  const auto key = top({.by = ranking::hour_of_day, .hour = 13}).keys.at(0);
  BOOST_TEST(key.window_accesses == 3u);
  BOOST_TEST(key.score == 3);
  BOOST_TEST(top({.by = ranking::hour_of_day, .hour = 11}).keys.at(0).window_accesses == 3u);
}

BOOST_AUTO_TEST_CASE(rates_are_told_apart_months_after_the_last_access) {
  core.apply(make_batch(noon, {"hot", "hot", "hot", "cold"}));
  const auto ranked = top({.now = noon + 60 * 24h}).keys;
  BOOST_REQUIRE(ranked.size() == 2u);
  BOOST_TEST(ranked[0].key == "hot");
  BOOST_TEST(ranked[0].rate_per_hour > ranked[1].rate_per_hour);
  BOOST_TEST(ranked[1].rate_per_hour > 0);
}

BOOST_AUTO_TEST_CASE(kinds_of_a_subjects_keys_can_be_left_out) {
  access_batch batch = make_batch(noon, {"s", "f", "n"});
  batch.notes = {
      {0, "user", "session", {}, {}}, {1, "user", "forms", {}, {}}, {2, "user", "navigation", {}, {}}};
  core.apply(batch);
  const auto recent = [&](std::vector<std::string> kinds, std::vector<std::string> without) {
    std::string keys;
    for (const auto& key : core.subject({"pages", "user", kinds, 50, without}).keys) keys += key.key;
    return keys;
  };
  BOOST_TEST(recent({}, {}) == "nfs");
  BOOST_TEST(recent({}, {"forms"}) == "ns");
  BOOST_TEST(recent({"session", "forms"}, {"forms"}) == "s");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace stoker::test
