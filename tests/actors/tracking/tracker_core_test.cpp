#include "actors/tracking/tracker_core.hpp"

#include <boost/test/unit_test.hpp>
#include <map>
#include <random>

#include "tests/actors/tracking/batches.hpp"

namespace stoker::test {
namespace tracker_core_test {

using namespace std::chrono_literals;

constexpr time_point noon{std::chrono::hours{24 * 20000 + 12}};

struct fixture {
  tracker_core make(tracker_limits limits = {}) {
    tracker_core core{0, 1, limits, 6h};
    core.end_restore();
    return core;
  }
  key_statistics key(const tracker_core& core, const std::string& name) { return core.key({"pages", name}); }
  top_request top(ranking by, time_point now, duration window = {}) {
    top_request request;
    request.cache = "pages";
    request.by = by;
    request.now = now;
    request.window = window;
    return request;
  }
};

std::vector<std::string> names(const ranked_keys& ranked) {
  std::vector<std::string> result;
  for (const auto& key : ranked.keys) result.push_back(key.key);
  return result;
}

}  // namespace tracker_core_test

BOOST_FIXTURE_TEST_SUITE(tracker_core_test, fixture)

BOOST_AUTO_TEST_CASE(counts_agree_with_a_plain_map_over_random_batches) {
  auto core = make();
  std::map<std::string, std::uint64_t> plain;
  std::mt19937 random{7};
  time_point now = noon;
  for (int i = 0; i < 200; ++i) {
    std::vector<std::string> keys;
    for (int n = 0; n < 100; ++n) keys.push_back("key " + std::to_string(random() % 3000));
    for (const auto& each : keys) ++plain[each];
    core.apply(make_batch(now += 7min, keys));
  }
  for (const auto& [name, count] : plain) BOOST_TEST(key(core, name).count == count);
  BOOST_TEST(core.status().keys == plain.size());
  BOOST_TEST(core.status().accesses == 20'000u);
}

BOOST_AUTO_TEST_CASE(two_shards_share_the_keys_without_overlap) {
  tracker_core even{0, 2, {}, 6h};
  tracker_core odd{1, 2, {}, 6h};
  std::vector<std::string> keys;
  for (int i = 0; i < 100; ++i) keys.push_back("key " + std::to_string(i));
  const auto batch = make_batch(noon, keys);
  even.apply(batch);
  odd.apply(batch);
  for (const auto& name : keys) BOOST_TEST(key(even, name).count + key(odd, name).count == 1u);
}

BOOST_AUTO_TEST_CASE(learns_interval_misses_size_and_cost) {
  auto core = make();
  for (int i = 0; i < 5; ++i) {
    access_batch batch = make_batch(noon + i * 10s, {"a"});
    batch.records[0].outcome = i == 0 ? access_outcome::miss : access_outcome::hit;
    batch.records[0].bytes = 500;
    batch.records[0].cost_us = i == 0 ? 800 : 0;
    core.apply(batch);
  }
  const auto known = key(core, "a");
  BOOST_TEST(known.misses == 1u);
  BOOST_TEST(known.bytes == 500u);
  BOOST_TEST(known.cost_us == 800u);
  BOOST_TEST(known.mean_interval_s == 10.0, boost::test_tools::tolerance(1e-5));
  BOOST_TEST(known.interval_variance_s2 < 1e-6);
  const auto frequency = core.frequency({"pages", "a", 1h, noon + 40s});
  BOOST_TEST(frequency.accesses == 5u);
  BOOST_TEST((frequency.next_access == noon + 50s));
}

BOOST_AUTO_TEST_CASE(keeps_the_last_fifty_access_times) {
  auto core = make();
  for (int i = 0; i < 80; ++i) core.apply(make_batch(noon + i * 1s, {"a"}));
  const auto times = key(core, "a").access_times;
  BOOST_REQUIRE(times.size() == 50u);
  BOOST_TEST((times.front() == noon + 30s));
  BOOST_TEST((times.back() == noon + 79s));
}

BOOST_AUTO_TEST_CASE(keys_of_one_stream_are_co_accessed_and_a_count_never_exceeds_the_accesses) {
  auto core = make();
  for (int i = 0; i < 10; ++i) {
    access_batch batch;
    batch.cache = "pages";
    batch.taken_at = noon + i * 1min;
    append(batch, "page", 1);
    append(batch, "other stream", 2);
    append(batch, "style", 1);
    core.apply(batch);
  }
  const auto page = key(core, "page");
  BOOST_REQUIRE(page.co_accessed.size() == 1u);
  BOOST_TEST(page.co_accessed[0].first == "style");
  BOOST_TEST(page.co_accessed[0].second == 10u);
  BOOST_TEST(key(core, "style").co_accessed[0].second == 10u);
}

BOOST_AUTO_TEST_CASE(co_access_that_the_host_tells_counts_at_once) {
  auto core = make();
  auto batch = make_batch(noon, {"a"});
  batch.notes.push_back({0, "", "", {"red"}, {"b"}});
  core.apply(batch);
  const auto known = key(core, "a");
  BOOST_REQUIRE(known.co_accessed.size() == 1u);
  BOOST_TEST(known.co_accessed[0].first == "b");
  BOOST_TEST(known.tags.size() == 1u);
}

BOOST_AUTO_TEST_CASE(ranks_popular_recent_trending_hour_and_due_keys) {
  auto core = make();
  for (int i = 0; i < 6; ++i) core.apply(make_batch(noon - 26h + i * 10min, {"old", "old", "old"}));
  for (int i = 0; i < 6; ++i) core.apply(make_batch(noon + i * 10min, {"new", "steady", "new"}));
  core.apply(make_batch(noon + 51min, {"latest"}));
  const auto now = noon + 52min;
  BOOST_TEST(names(core.top(top(ranking::popular, now))).front() == "new");
  BOOST_TEST(names(core.top(top(ranking::recent, now))).front() == "latest");
  const auto trending = names(core.top(top(ranking::trending, now, 24h)));
  BOOST_TEST(trending.front() == "new");
  BOOST_TEST(std::count(trending.begin(), trending.end(), "old") == 0);
  auto at_ten = top(ranking::hour_of_day, now);
  at_ten.hour = 10;
  const std::vector<std::string> only_old{"old"};
  BOOST_TEST(names(core.top(at_ten)) == only_old, boost::test_tools::per_element());
  const std::vector<std::string> due{"new", "steady"};
  BOOST_TEST(names(core.top(top(ranking::due, now, 15min))) == due, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(rankings_select_by_tag_and_attribute) {
  auto core = make();
  core.apply(make_batch(noon, {"a", "b", "c"}));
  core.apply(key_description{"pages", "a", {"cpp"}, {{"complexity", 10}}});
  core.apply(key_description{"pages", "b", {"cpp"}, {{"complexity", 2}}});
  auto request = top(ranking::popular, noon);
  request.tag = "cpp";
  BOOST_TEST(core.top(request).keys.size() == 2u);
  request.attribute = "complexity";
  request.at_least = 5;
  BOOST_REQUIRE(core.top(request).keys.size() == 1u);
  BOOST_TEST(core.top(request).keys[0].key == "a");
}

BOOST_AUTO_TEST_CASE(equal_scores_rank_by_key) {
  auto core = make();
  core.apply(make_batch(noon, {"c", "a", "b"}));
  const std::vector<std::string> sorted{"a", "b", "c"};
  BOOST_TEST(names(core.top(top(ranking::popular, noon))) == sorted, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_full_table_forgets_cold_keys_and_keeps_the_popular_ones) {
  auto core = make({.max_keys = 200, .hot_keys = 10, .max_subjects = 10, .keys_per_subject = 4});
  time_point now = noon;
  for (int i = 0; i < 2000; ++i) core.apply(make_batch(now += 10s, {"popular", "cold " + std::to_string(i)}));
  BOOST_TEST(core.status().keys == 200u);
  BOOST_TEST(core.status().evicted_keys == 1801u);
  BOOST_TEST(key(core, "popular").count == 2000u);
}

BOOST_AUTO_TEST_CASE(history_gives_back_what_it_was_given) {
  auto before = make();
  for (int i = 0; i < 30; ++i) before.apply(make_batch(noon - 30h + i * 1h, {"a", "b", "a"}));
  std::uint32_t from = 0;
  auto writes = before.take_changes(from, 100);
  BOOST_REQUIRE(writes.size() == 1u);
  tracker_core after{0, 1, {}, 6h};
  after.restore({"pages", writes[0].keys, "", true});
  after.restore({"pages", writes[0].keys, "", true});  // twice counts once
  after.end_restore();
  for (const auto& name : {"a", "b"}) {
    const auto old_key = key(before, name);
    const auto new_key = key(after, name);
    BOOST_TEST(new_key.count == old_key.count);
    BOOST_TEST((new_key.last_access == old_key.last_access));
    BOOST_TEST(new_key.rate_per_hour == old_key.rate_per_hour, boost::test_tools::tolerance(1e-6));
    BOOST_TEST(new_key.mean_interval_s == old_key.mean_interval_s, boost::test_tools::tolerance(1e-5));
    BOOST_TEST((new_key.recent_hours == old_key.recent_hours));
    BOOST_TEST((new_key.hour_of_day == old_key.hour_of_day));
    BOOST_TEST((new_key.access_times == old_key.access_times));
    BOOST_TEST((new_key.co_accessed == old_key.co_accessed));
  }
  BOOST_TEST(after.status().unwritten_keys == 0u);
}

BOOST_AUTO_TEST_CASE(subjects_recall_their_latest_keys_by_kind) {
  auto core = make();
  for (int i = 0; i < 3; ++i) {
    auto batch = make_batch(noon + i * 1min, {"form " + std::to_string(i)});
    batch.notes.push_back({0, "anna", i == 1 ? "navigation" : "forms", {}, {}});
    core.apply(batch);
  }
  const std::vector<std::string> forms{"form 2", "form 0"};
  BOOST_TEST(names(core.subject({"pages", "anna", {"forms"}, 10})) == forms,
             boost::test_tools::per_element());
  BOOST_TEST(core.subject({"pages", "anna", {}, 10}).keys.size() == 3u);
  BOOST_TEST(core.subject({"pages", "bert", {}, 10}).keys.empty());
}

BOOST_AUTO_TEST_CASE(a_forgotten_cache_leaves_nothing_and_touches_no_other) {
  auto core = make();
  core.apply(make_batch(noon, {"a", "b"}, "pages"));
  core.apply(make_batch(noon, {"a"}, "files"));
  core.forget("pages");
  BOOST_TEST(key(core, "a").count == 0u);
  BOOST_TEST(core.key({"files", "a"}).count == 1u);
  BOOST_TEST(core.status().keys == 1u);
  BOOST_TEST(core.status().unwritten_keys == 1u);
}

BOOST_AUTO_TEST_CASE(patterns_sum_up_a_cache) {
  auto core = make();
  core.apply(make_batch(noon, {"a", "b", "a"}));
  const auto patterns = core.patterns({"pages", noon, 10});
  BOOST_TEST(patterns.total_accesses == 3u);
  BOOST_TEST(patterns.unique_keys == 2u);
  BOOST_TEST(patterns.hour_of_day[12] == 3u);
  BOOST_TEST(patterns.top[0].key == "a");
}

BOOST_AUTO_TEST_CASE(a_key_takes_at_most_160_bytes_besides_its_own) {
  constexpr std::uint64_t many = 10 * 32'768;  // whole chunks
  auto core = make({.max_keys = many, .hot_keys = 0, .max_subjects = 0, .keys_per_subject = 0});
  // Accessed in a second hour, so that every key has its hour counts: the most that it can take.
  for (int round = 0; round < 2; ++round)
    for (std::uint64_t i = 0; i < many; i += 1024) {
      std::vector<std::string> keys;
      for (std::uint64_t n = i; n < i + 1024; ++n)
        keys.push_back("12345678" + std::to_string(10'000'000 + n));
      core.apply(make_batch(noon + round * 1h, keys));
    }
  BOOST_TEST(core.memory().keys / many <= 160u + 16u);
}

BOOST_AUTO_TEST_CASE(samples_count_for_popularity_and_teach_neither_intervals_nor_neighbours) {
  auto core = make();
  for (int round = 1; round <= 20; ++round) {
    access_batch batch;
    batch.cache = "pages";
    batch.taken_at = noon + round * 10s;
    append(batch, "a", 1, access_outcome::sampled);
    append(batch, "b", 1, access_outcome::sampled);
    core.apply(batch);
  }
  const auto known = key(core, "a");
  BOOST_TEST(known.count == 20u);
  BOOST_TEST(known.rate_per_hour > 0);
  BOOST_TEST(known.mean_interval_s == 0);
  BOOST_TEST(known.co_accessed.empty());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace stoker::test
