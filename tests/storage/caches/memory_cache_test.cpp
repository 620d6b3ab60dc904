// The embedded cache: the suite of the seam under each policy, and what is its own.
#include "storage/caches/memory/memory_cache.hpp"

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>
#include <set>
#include <stdexcept>

#include "tests/storage/caches/cache_suite.hpp"

BOOST_AUTO_TEST_SUITE(memory_cache_test)

namespace {

using namespace stoker;
using namespace stoker::cache_suite;

memory_cache_config bounded_by_entries(std::size_t entries, eviction policy = eviction::lru) {
  memory_cache_config config;
  config.capacity_entries = entries;
  config.policy = policy;
  config.shards = 1;
  config.ttl_jitter = 0;
  return config;
}

memory_cache_config bounded_by_bytes(std::size_t bytes, std::size_t shards = 1) {
  memory_cache_config config;
  config.capacity_bytes = bytes;
  config.shards = shards;
  config.ttl_jitter = 0;
  return config;
}

// What the exception says, or "<none>".
std::string refusal(const memory_cache_config& config) {
  try {
    memory_cache cache(config);
  } catch (const std::invalid_argument& error) {
    return error.what();
  }
  return "<none>";
}

std::set<std::string> resident_keys(const cache& c, const std::vector<std::string>& among) {
  std::set<std::string> found;
  for (const auto& key : among)
    if (c.contains(key, suite_start)) found.insert(key);
  return found;
}

std::vector<departure> departures_of(memory_cache& c) {
  std::vector<departure> out;
  c.take_departures(out);
  return out;
}

}  // namespace

BOOST_DATA_TEST_CASE(keeps_the_contract_of_the_seam_with_lru, boost::unit_test::data::make(checks()), check) {
  memory_cache cache(bounded_by_entries(1000, eviction::lru));
  check.run(cache);
}

BOOST_DATA_TEST_CASE(keeps_the_contract_of_the_seam_with_s3fifo, boost::unit_test::data::make(checks()),
                     check) {
  memory_cache cache(bounded_by_entries(1000, eviction::s3fifo));
  check.run(cache);
}

BOOST_DATA_TEST_CASE(keeps_the_contract_of_the_seam_sharded_and_bounded_by_bytes,
                     boost::unit_test::data::make(checks()), check) {
  memory_cache cache(bounded_by_bytes(4 << 20, 8));
  check.run(cache);
}

BOOST_AUTO_TEST_CASE(a_zero_capacity_is_refused_with_what_to_do) {
  BOOST_TEST(refusal({}) == "memory cache: the capacity is zero; set capacity_bytes or capacity_entries");
}

BOOST_AUTO_TEST_CASE(a_configuration_that_makes_no_sense_is_refused_by_name) {
  auto both = bounded_by_entries(10);
  both.capacity_bytes = 1 << 20;
  BOOST_TEST(refusal(both).find("both set") != std::string::npos);
  auto shards = bounded_by_entries(10);
  shards.shards = 3;
  BOOST_TEST(refusal(shards).find("shards is 3") != std::string::npos);
  BOOST_TEST(refusal(bounded_by_bytes(1000)).find("at least 16384") != std::string::npos);
  shards.shards = 16;
  BOOST_TEST(refusal(shards).find("use fewer shards") != std::string::npos);
  auto jitter = bounded_by_entries(10);
  jitter.ttl_jitter = 1;
  BOOST_TEST(refusal(jitter).find("ttl_jitter") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_small_cache_has_one_shard_and_a_large_one_more) {
  memory_cache_config config;
  config.capacity_entries = 5000;
  BOOST_TEST(memory_cache(config).shard_count() == 1u);
  config.capacity_entries = 1'000'000;
  BOOST_TEST(memory_cache(config).shard_count() >= 16u);
}

BOOST_AUTO_TEST_CASE(holds_exactly_as_many_entries_as_it_may) {
  memory_cache cache(bounded_by_entries(100));
  for (int i = 0; i < 1000; ++i) {
    put(cache, std::to_string(i), "v");
    BOOST_REQUIRE_EQUAL(cache.stats().entries, std::min(i + 1, 100));
  }
  BOOST_TEST(cache.stats().evictions == 900u);
}

BOOST_AUTO_TEST_CASE(never_holds_more_bytes_than_it_may) {
  memory_cache cache(bounded_by_bytes(256 * 1024));
  for (int i = 0; i < 5000; ++i) {
    put(cache, "key:" + std::to_string(i), std::string(static_cast<std::size_t>(i * 37 % 2000), 'v'));
    BOOST_REQUIRE_LE(cache.stats().bytes, 256u * 1024u);
  }
  BOOST_TEST(cache.stats().bytes > 256u * 1024u * 9 / 10);
  BOOST_TEST(cache.stats().evictions > 0u);
}

BOOST_AUTO_TEST_CASE(a_value_larger_than_the_cache_is_too_large_and_evicts_nothing) {
  memory_cache cache(bounded_by_bytes(64 * 1024));
  put(cache, "small", "v");
  BOOST_TEST((put(cache, "large", std::string(64 * 1024, 'v')) == fill_result::too_large));
  BOOST_TEST((warm(cache, "large", std::string(64 * 1024, 'v')) == fill_result::too_large));
  BOOST_TEST(read(cache, "large") == "<miss>");
  BOOST_TEST(read(cache, "small") == "v");
}

BOOST_AUTO_TEST_CASE(a_live_set_that_cannot_be_kept_takes_the_old_value_with_it) {
  memory_cache cache(bounded_by_bytes(64 * 1024));
  put(cache, "too large", "old");
  put(cache, "too tagged", "old");
  put(cache, "too large", std::string(64 * 1024, 'v'));
  const auto refused =
      put(cache, "too tagged", "v", tagged(std::vector<std::string>(memory_cache::max_tags + 1, "t")));
  BOOST_TEST((refused == fill_result::refused));
  BOOST_TEST(read(cache, "too large") == "<miss>");
  BOOST_TEST(read(cache, "too tagged") == "<miss>");
}

BOOST_AUTO_TEST_CASE(a_larger_new_value_makes_room_for_itself) {
  memory_cache cache(bounded_by_bytes(64 * 1024));
  for (int i = 0; i < 100; ++i) put(cache, std::to_string(i), std::string(300, 'v'));
  for (int i = 50; i < 100; ++i) put(cache, std::to_string(i), std::string(900, 'w'));
  BOOST_TEST(cache.stats().bytes <= 64u * 1024u);
  BOOST_TEST(read(cache, "99") == std::string(900, 'w'));
}

BOOST_AUTO_TEST_CASE(sweeping_gives_back_what_expired) {
  memory_cache cache(bounded_by_bytes(4 << 20, 4));
  for (int i = 0; i < 1000; ++i) put(cache, std::to_string(i), "v", living((i % 2 + 1) * second));
  cache.sweep(suite_start + second);
  BOOST_TEST(cache.stats().entries == 500u);
  BOOST_TEST(cache.stats().expirations == 500u);
}

BOOST_AUTO_TEST_CASE(storing_sweeps_up_what_expired_bit_by_bit) {
  memory_cache cache(bounded_by_entries(1000));
  for (int i = 0; i < 400; ++i) put(cache, "old" + std::to_string(i), "v", living(second));
  for (int i = 0; i < 200; ++i) put(cache, "new" + std::to_string(i), "v", {}, suite_start + 2 * second);
  BOOST_TEST(cache.stats().entries == 200u);
  BOOST_TEST(cache.stats().expirations == 400u);
}

BOOST_AUTO_TEST_CASE(jitter_shortens_ttls_by_key_and_never_lengthens_them) {
  auto config = bounded_by_entries(1000);
  config.ttl_jitter = 0.1;
  memory_cache cache(config);
  for (int i = 0; i < 1000; ++i) put(cache, std::to_string(i), "v", living(1000 * second));
  const auto alive_at = [&](int seconds) {
    std::size_t alive = 0;
    for (int i = 0; i < 1000; ++i) alive += cache.contains(std::to_string(i), suite_start + seconds * second);
    return alive;
  };
  BOOST_TEST(alive_at(899) == 1000u);
  BOOST_TEST(alive_at(950) > 400u);
  BOOST_TEST(alive_at(950) < 600u);
  BOOST_TEST(alive_at(1000) == 0u);
}

BOOST_AUTO_TEST_CASE(tags_take_no_memory_until_there_are_some) {
  memory_cache cache(bounded_by_entries(1000));
  put(cache, "a", "v");
  const auto without = cache.stats().bytes;
  put(cache, "a", "v", tagged({"t"}));
  BOOST_TEST(cache.stats().bytes > without);
  cache.clear();
  put(cache, "a", "v");
  BOOST_TEST(cache.stats().bytes == without);
}

BOOST_AUTO_TEST_CASE(fences_take_no_memory_until_something_is_filled) {
  memory_cache cache(bounded_by_entries(1000));
  put(cache, "a", "v");
  const auto without = cache.stats().bytes;
  cache.begin_fill("b");
  BOOST_TEST(cache.stats().bytes > without);
}

BOOST_AUTO_TEST_CASE(many_changes_of_other_keys_refuse_hardly_any_fill) {
  memory_cache cache(bounded_by_entries(100'000));
  std::size_t refused = 0;
  for (int i = 0; i < 2000; ++i) {
    const std::string key = "filled" + std::to_string(i);
    const fill_token token = cache.begin_fill(key);
    for (int j = 0; j < 300; ++j) put(cache, std::to_string(i * 300 + j), "v");
    refused += fill(cache, key, token, "v") == fill_result::fenced;
  }
  BOOST_TEST(refused <= 4u);
}

// A cache of 100 with 50 demanded and 50 unused prefetched entries: five times the prefetched share.
BOOST_AUTO_TEST_CASE(unused_prefetched_entries_are_the_first_to_go) {
  for (const eviction policy : {eviction::lru, eviction::s3fifo}) {
    memory_cache cache(bounded_by_entries(100, policy));
    for (int i = 0; i < 50; ++i) put(cache, "demanded" + std::to_string(i), "v");
    for (int i = 0; i < 50; ++i) warm(cache, "guessed" + std::to_string(i), "v");
    for (int i = 0; i < 40; ++i) put(cache, "new" + std::to_string(i), "v");
    BOOST_TEST(cache.stats().prefetched_wasted == 40u);
    BOOST_TEST(cache.contains("demanded0", suite_start));
    BOOST_TEST(!cache.contains("guessed39", suite_start));
    BOOST_TEST(cache.contains("guessed40", suite_start));
  }
}

BOOST_AUTO_TEST_CASE(a_fresh_prefetched_entry_outlives_the_next_insertions) {
  for (const eviction policy : {eviction::lru, eviction::s3fifo}) {
    memory_cache cache(bounded_by_entries(10, policy));
    for (int i = 0; i < 10; ++i) put(cache, std::to_string(i), "v");
    warm(cache, "guessed", "v");
    for (int i = 10; i < 18; ++i) put(cache, std::to_string(i), "v");
    BOOST_TEST(cache.contains("guessed", suite_start));
    for (int i = 18; i < 40; ++i) put(cache, std::to_string(i), "v");
    BOOST_TEST(!cache.contains("guessed", suite_start), "protected for longer than a turnover of the cache");
  }
}

BOOST_AUTO_TEST_CASE(a_used_prefetched_entry_is_like_any_other) {
  memory_cache cache(bounded_by_entries(4));
  warm(cache, "guessed", "v");
  for (const char* key : {"a", "b", "c"}) put(cache, key, "v");
  read(cache, "guessed");
  put(cache, "d", "v");
  BOOST_TEST((resident_keys(cache, {"guessed", "a", "b", "c", "d"}) ==
              std::set<std::string>{"guessed", "b", "c", "d"}));
}

BOOST_AUTO_TEST_CASE(with_the_switch_off_lru_takes_a_prefetched_entry_for_an_ordinary_one) {
  auto config = bounded_by_entries(10);
  config.prefetched_first_to_go = false;
  memory_cache cache(config);
  for (int i = 0; i < 5; ++i) put(cache, std::to_string(i), "v");
  for (int i = 0; i < 5; ++i) warm(cache, "guessed" + std::to_string(i), "v");
  for (int i = 5; i < 10; ++i) put(cache, std::to_string(i), "v");
  BOOST_TEST(cache.stats().entries_unused == 5u);
  BOOST_TEST(!cache.contains("4", suite_start));
}

BOOST_AUTO_TEST_CASE(departures_tell_how_each_prefetch_ended_in_order) {
  memory_cache cache(bounded_by_entries(3));
  for (const char* key : {"used", "expired", "removed"})
    fill(cache, key, cache.begin_fill(key), "v", filled_by::warmer, living(10 * second));
  read(cache, "used");
  cache.invalidate("removed");
  read(cache, "expired", suite_start + 10 * second);
  put(cache, "used", "v");
  warm(cache, "overwritten", "v");
  put(cache, "overwritten", "v");
  put(cache, "not prefetched", "v");
  cache.invalidate("not prefetched");
  const auto left = departures_of(cache);
  BOOST_REQUIRE_EQUAL(left.size(), 3u);
  BOOST_TEST(left[0].key_hash == hash_key("removed"));
  BOOST_TEST((left[0].reason == departure_reason::removed));
  BOOST_TEST((left[1].reason == departure_reason::expired));
  BOOST_TEST(!left[1].used);
  BOOST_TEST((left[2].reason == departure_reason::replaced));
  BOOST_TEST(departures_of(cache).empty());
}

BOOST_AUTO_TEST_CASE(a_used_prefetch_departs_as_used) {
  memory_cache cache(bounded_by_entries(3));
  warm(cache, "used", "v");
  read(cache, "used");
  for (const char* key : {"a", "b", "c"}) put(cache, key, "v");
  const auto left = departures_of(cache);
  BOOST_REQUIRE_EQUAL(left.size(), 1u);
  BOOST_TEST(left[0].used);
  BOOST_TEST((left[0].reason == departure_reason::evicted));
  BOOST_TEST(cache.stats().prefetched_wasted == 0u);
}

BOOST_AUTO_TEST_CASE(departures_that_nobody_takes_are_dropped_and_counted) {
  auto config = bounded_by_entries(1000);
  config.departures = 10;
  memory_cache cache(config);
  for (int i = 0; i < 30; ++i) warm(cache, std::to_string(i), "v");
  cache.clear();
  std::vector<departure> out;
  BOOST_TEST(cache.take_departures(out) == 20u);
  BOOST_TEST(out.size() == 10u);
  BOOST_TEST(cache.take_departures(out) == 0u);
}

BOOST_AUTO_TEST_CASE(a_listing_shows_every_live_entry_once) {
  memory_cache cache(bounded_by_bytes(4 << 20, 8));
  std::set<std::string> expected;
  for (int i = 0; i < 2000; ++i) {
    const std::string key = "key" + std::to_string(i);
    put(cache, key, std::string(static_cast<std::size_t>(i % 10), 'v'),
        i % 2 ? living(100 * second) : entry_options{});
    if (i % 4 != 1) expected.insert(key);
  }
  for (int i = 1; i < 2000; i += 4) cache.invalidate("key" + std::to_string(i));
  std::vector<entry_info> listed;
  memory_cache::listing at;
  while (cache.list(at, suite_start + 40 * second, listed)) {
  }
  std::set<std::string> keys;
  for (const auto& entry : listed) keys.insert(entry.key);
  BOOST_TEST(listed.size() == expected.size());
  BOOST_TEST((keys == expected));
}

BOOST_AUTO_TEST_CASE(a_listing_tells_size_ttl_cost_and_who_filled) {
  memory_cache cache(bounded_by_entries(10));
  auto options = living(100 * second);
  options.cost_us = 1234;
  warm(cache, "k", "12345", options);
  std::vector<entry_info> listed;
  memory_cache::listing at;
  cache.list(at, suite_start + 40 * second, listed);
  BOOST_REQUIRE_EQUAL(listed.size(), 1u);
  BOOST_TEST(listed[0].size == 5u);
  BOOST_TEST((listed[0].ttl_left == 60 * second));
  BOOST_TEST(listed[0].cost_us == 1234u);
  BOOST_TEST((listed[0].by == filled_by::warmer));
}

BOOST_AUTO_TEST_CASE(a_hash_given_with_the_key_finds_the_same_entry) {
  memory_cache cache(bounded_by_bytes(4 << 20, 8));
  const fill_token token = cache.begin_fill("k", hash_key("k"));
  BOOST_TEST((cache.fill("k", hash_key("k"), token, value("v"), {}, filled_by::user, suite_start) ==
              fill_result::stored));
  BOOST_TEST(cache.get("k", hash_key("k"), suite_start).bytes.view() == "v");
  BOOST_TEST(cache.get("k", suite_start).bytes.view() == "v");
  cache.invalidate("k");
  BOOST_TEST((cache.fill("k", hash_key("k"), token, value("v"), {}, filled_by::user, suite_start) ==
              fill_result::fenced));
}

BOOST_AUTO_TEST_CASE(a_get_that_fills_is_a_get_and_a_fill) {
  for (const eviction policy : {eviction::lru, eviction::s3fifo, eviction::learned}) {
    memory_cache one(bounded_by_entries(20, policy));
    memory_cache two(bounded_by_entries(20, policy));
    for (int i = 0; i < 2'000; ++i) {
      const std::string key = std::to_string(i * i % 97 % 60);
      const auto found = one.get_or_fill(key, hash_key(key), value(key), {}, suite_start);
      BOOST_REQUIRE((found.outcome == two.get(key, suite_start).outcome));
      BOOST_REQUIRE_EQUAL(static_cast<bool>(found.bytes), found.outcome != lookup::miss);
      fill(two, key, two.begin_fill(key), key, filled_by::user);
    }
    BOOST_TEST(one.stats().hits == two.stats().hits);
    BOOST_TEST(one.stats().evictions == two.stats().evictions);
  }
}

BOOST_AUTO_TEST_CASE(a_get_that_fills_stores_nothing_that_is_refused) {
  memory_cache cache(bounded_by_bytes(1 << 20));
  const std::string long_key(max_key_bytes + 1, 'k');
  cache.get_or_fill(long_key, hash_key(long_key), value("v"), {}, suite_start);
  cache.get_or_fill("large", hash_key("large"), value(std::string(2 << 20, 'v')), {}, suite_start);
  BOOST_TEST(cache.stats().entries == 0);
  BOOST_TEST(cache.stats().misses == 2);
}

BOOST_AUTO_TEST_CASE(a_miss_after_a_full_cache_was_cleared_touches_nothing_that_is_gone) {
  for (const eviction policy : {eviction::lru, eviction::s3fifo, eviction::learned}) {
    memory_cache cache(bounded_by_entries(10, policy));
    for (int i = 0; i < 50; ++i) put(cache, std::to_string(i), "v");
    cache.clear();
    BOOST_TEST((cache.get("k", suite_start).outcome == lookup::miss));
  }
}

BOOST_AUTO_TEST_CASE(two_keys_with_one_hash_stay_two_entries) {
  discarded_values gone;
  shard_limits limits;
  limits.entries = 10;
  cache_shard shard(limits, make_eviction_policy(eviction::lru));
  shard.put({"a", 42}, value("of a"), {}, suite_start, gone);
  shard.put({"b", 42}, value("of b"), {}, suite_start, gone);
  BOOST_TEST(shard.get({"a", 42}, suite_start, gone).bytes.view() == "of a");
  BOOST_TEST(shard.get({"b", 42}, suite_start, gone).bytes.view() == "of b");
  BOOST_TEST(shard.invalidate({"a", 42}, gone));
  BOOST_TEST(shard.get({"b", 42}, suite_start, gone).bytes.view() == "of b");
}

BOOST_AUTO_TEST_SUITE_END()
