// What every back end of the cache seam must do: one list of checks, run by each back end's own test file.
//
// A check gets an empty cache with room for at least a few hundred small entries, a TTL jitter of 0, and
// decides by capabilities() what it may ask for. Time is simulated: it starts at suite_start and moves only
// as the checks say.
#pragma once

#include <boost/test/unit_test.hpp>
#include <ostream>
#include <string>
#include <vector>

#include "messages/key.hpp"
#include "storage/caches/cache.hpp"

namespace stoker::cache_suite {

inline constexpr time_point suite_start{std::chrono::hours(500'000)};
inline constexpr duration second = std::chrono::seconds(1);

// The bytes under `key`, or "<miss>".
inline std::string read(cache& c, std::string_view key, time_point now = suite_start) {
  const lookup_result found = c.get(key, now);
  return found.outcome == lookup::miss ? "<miss>" : std::string(found.bytes.view());
}

inline fill_result put(cache& c, std::string_view key, std::string_view bytes,
                       const entry_options& options = {}, time_point now = suite_start) {
  return c.put(key, value(bytes), options, now);
}

inline fill_result fill(cache& c, std::string_view key, fill_token token, std::string_view bytes,
                        filled_by by = filled_by::warmer, const entry_options& options = {},
                        time_point now = suite_start) {
  return c.fill(key, token, value(bytes), options, by, now);
}

inline fill_result warm(cache& c, std::string_view key, std::string_view bytes,
                        const entry_options& options = {}) {
  return fill(c, key, c.begin_fill(key), bytes, filled_by::warmer, options);
}

inline fill_result refresh(cache& c, std::string_view key, fill_token token, std::string_view bytes,
                           const entry_options& options = {}, time_point now = suite_start) {
  return c.refresh(key, token, value(bytes), options, now);
}

inline entry_options tagged(std::vector<std::string> tags) {
  entry_options options;
  options.tags = std::move(tags);
  return options;
}

inline entry_options living(duration ttl) {
  entry_options options;
  options.ttl = ttl;
  return options;
}

inline void a_value_put_is_read_back(cache& c) {
  BOOST_TEST(read(c, "k") == "<miss>");
  BOOST_TEST((put(c, "k", "one") == fill_result::stored));
  BOOST_TEST(read(c, "k") == "one");
  BOOST_TEST(c.contains("k", suite_start));
  BOOST_TEST(!c.contains("other", suite_start));
}

inline void keys_and_values_are_opaque_bytes(cache& c) {
  using namespace std::string_view_literals;
  const std::string all_bytes("\0\r\n \xff\t\0x", 8);
  put(c, "a\0b"sv, all_bytes);
  put(c, "a"sv, "short");
  put(c, "", "empty key");
  put(c, "empty value", "");
  BOOST_TEST(read(c, "a\0b"sv) == all_bytes);
  BOOST_TEST(read(c, "a") == "short");
  BOOST_TEST(read(c, "") == "empty key");
  BOOST_TEST(read(c, "empty value") == "");
}

inline void a_later_put_wins(cache& c) {
  put(c, "k", "one");
  put(c, "k", "a longer second");
  BOOST_TEST(read(c, "k") == "a longer second");
  BOOST_TEST(c.stats().entries == 1u);
}

inline void a_value_outlives_its_entry(cache& c) {
  put(c, "k", "kept");
  const lookup_result held = c.get("k", suite_start);
  c.invalidate("k");
  BOOST_TEST(held.bytes.view() == "kept");
}

inline void a_fill_adds_only_what_is_absent(cache& c) {
  put(c, "k", "live");
  BOOST_TEST((warm(c, "k", "filled") == fill_result::present));
  BOOST_TEST(read(c, "k") == "live");
  BOOST_TEST((warm(c, "new", "filled") == fill_result::stored));
  BOOST_TEST(read(c, "new") == "filled");
}

inline void the_first_demand_of_a_prefetched_entry_is_its_first_use(cache& c) {
  warm(c, "k", "v");
  BOOST_TEST((c.get("k", suite_start).outcome == lookup::first_use));
  BOOST_TEST((c.get("k", suite_start).outcome == lookup::hit));
  fill(c, "demanded", c.begin_fill("demanded"), "v", filled_by::user);
  BOOST_TEST((c.get("demanded", suite_start).outcome == lookup::hit));
  const cache_stats stats = c.stats();
  BOOST_TEST(stats.prefetches == 1u);
  BOOST_TEST(stats.first_uses == 1u);
  BOOST_TEST(stats.hits == 3u);
}

inline void a_second_look_counts_nothing(cache& c) {
  BOOST_TEST((c.get_again("k", suite_start).outcome == lookup::miss));
  warm(c, "k", "v");
  const lookup_result found = c.get_again("k", suite_start);
  BOOST_TEST((found.outcome == lookup::first_use));
  BOOST_TEST(found.bytes.view() == "v");
  BOOST_TEST((c.get_again("k", suite_start).outcome == lookup::hit));
  const cache_stats stats = c.stats();
  BOOST_TEST(stats.hits == 0u);
  BOOST_TEST(stats.misses == 0u);
  BOOST_TEST(stats.first_uses == 1u);
  BOOST_TEST(stats.entries_unused == 0u);
}

inline void the_warmer_never_counts_as_a_user(cache& c) {
  for (int i = 0; i < 10; ++i) warm(c, "k" + std::to_string(i), "v");
  warm(c, "k0", "again");
  c.contains("k1", suite_start);
  c.contains("absent", suite_start);
  refresh(c, "k3", c.begin_fill("k3"), "newer");
  const cache_stats stats = c.stats();
  BOOST_TEST(stats.hits == 0u);
  BOOST_TEST(stats.misses == 0u);
  BOOST_TEST(stats.prefetches == 10u);
  BOOST_TEST(stats.entries_unused == 10u);
}

inline void a_prefetch_that_goes_unused_is_wasted(cache& c) {
  for (const char* key : {"used", "invalidated", "overwritten", "rolled back", "waiting"}) warm(c, key, "v");
  read(c, "used");
  c.invalidate("used");
  c.invalidate("invalidated");
  put(c, "overwritten", "live");
  c.remove_unused("rolled back");
  const cache_stats stats = c.stats();
  BOOST_TEST(stats.prefetches == 5u);
  BOOST_TEST(stats.first_uses == 1u);
  BOOST_TEST(stats.prefetched_wasted == 3u);
  BOOST_TEST(stats.entries_unused == 1u);
  BOOST_TEST((c.get("overwritten", suite_start).outcome == lookup::hit));
}

inline void an_invalidated_key_is_gone(cache& c) {
  put(c, "k", "v");
  BOOST_TEST(c.invalidate("k"));
  BOOST_TEST(!c.invalidate("k"));
  BOOST_TEST(read(c, "k") == "<miss>");
}

inline void clear_leaves_nothing(cache& c) {
  for (int i = 0; i < 100; ++i) put(c, std::to_string(i), "v");
  c.clear();
  BOOST_TEST(c.stats().entries == 0u);
  BOOST_TEST(read(c, "7") == "<miss>");
  BOOST_TEST((put(c, "7", "again") == fill_result::stored));
  BOOST_TEST(read(c, "7") == "again");
}

inline void rollback_takes_only_what_nobody_used(cache& c) {
  warm(c, "unused", "v");
  warm(c, "used", "v");
  put(c, "live", "v");
  read(c, "used");
  BOOST_TEST(c.remove_unused("unused"));
  BOOST_TEST(!c.remove_unused("used"));
  BOOST_TEST(!c.remove_unused("live"));
  BOOST_TEST(!c.remove_unused("absent"));
  BOOST_TEST(read(c, "used") == "v");
  BOOST_TEST(read(c, "live") == "v");
}

inline void an_expired_entry_is_a_miss_at_once(cache& c) {
  if (!c.capabilities().ttl) return;
  put(c, "k", "v", living(10 * second));
  put(c, "for ever", "v");
  BOOST_TEST(read(c, "k", suite_start + 9 * second) == "v");
  BOOST_TEST(!c.contains("k", suite_start + 10 * second));
  BOOST_TEST(read(c, "k", suite_start + 10 * second) == "<miss>");
  BOOST_TEST(read(c, "for ever", suite_start + 1'000'000 * second) == "v");
}

inline void a_new_value_brings_a_new_ttl(cache& c) {
  if (!c.capabilities().ttl) return;
  put(c, "k", "v", living(10 * second));
  put(c, "k", "w", living(30 * second));
  BOOST_TEST(read(c, "k", suite_start + 20 * second) == "w");
  put(c, "k", "x", {}, suite_start + 20 * second);
  BOOST_TEST(read(c, "k", suite_start + 500 * second) == "x");
}

inline void an_expired_entry_makes_room_for_a_fill(cache& c) {
  if (!c.capabilities().ttl) return;
  put(c, "k", "old", living(10 * second));
  const time_point later = suite_start + 11 * second;
  BOOST_TEST((fill(c, "k", c.begin_fill("k"), "new", filled_by::user, {}, later) == fill_result::stored));
  BOOST_TEST(read(c, "k", later) == "new");
}

inline void a_tag_takes_all_that_carry_it(cache& c) {
  if (!c.capabilities().tags) return;
  put(c, "a", "v", tagged({"red", "round"}));
  put(c, "b", "v", tagged({"red"}));
  put(c, "c", "v", tagged({"round"}));
  put(c, "d", "v");
  BOOST_TEST(c.invalidate_tags({"red"}) == 2u);
  BOOST_TEST(read(c, "a") == "<miss>");
  BOOST_TEST(read(c, "b") == "<miss>");
  BOOST_TEST(read(c, "c") == "v");
  BOOST_TEST(c.invalidate_tags({"red", "round", "unknown"}) == 1u);
  BOOST_TEST(read(c, "d") == "v");
}

inline void a_new_value_brings_new_tags(cache& c) {
  if (!c.capabilities().tags) return;
  put(c, "k", "v", tagged({"old"}));
  put(c, "k", "w", tagged({"new"}));
  BOOST_TEST(c.invalidate_tags({"old"}) == 0u);
  BOOST_TEST(c.invalidate_tags({"new"}) == 1u);
  BOOST_TEST(c.invalidate_tags({"new"}) == 0u);
}

inline void a_live_set_fences_a_fill(cache& c) {
  if (c.capabilities().live_set == fence::none) return;
  const fill_token token = c.begin_fill("k");
  put(c, "k", "live");
  BOOST_TEST((fill(c, "k", token, "stale") != fill_result::stored));
  BOOST_TEST(read(c, "k") == "live");
}

inline void a_live_set_that_left_again_still_fences_a_fill(cache& c) {
  if (c.capabilities().live_set != fence::generation || !c.capabilities().ttl) return;
  const fill_token token = c.begin_fill("k");
  put(c, "k", "live", living(second));
  const time_point later = suite_start + 5 * second;
  BOOST_TEST(read(c, "k", later) == "<miss>");
  BOOST_TEST((fill(c, "k", token, "stale", filled_by::user, {}, later) == fill_result::fenced));
  BOOST_TEST(read(c, "k", later) == "<miss>");
}

inline void a_live_delete_fences_a_fill(cache& c) {
  if (c.capabilities().live_delete != fence::generation) return;
  const fill_token resident = c.begin_fill("k");
  put(c, "k", "v");
  c.invalidate("k");
  const fill_token absent = c.begin_fill("never there");
  c.invalidate("never there");
  BOOST_TEST((fill(c, "k", resident, "stale") == fill_result::fenced));
  BOOST_TEST((fill(c, "never there", absent, "stale") == fill_result::fenced));
  BOOST_TEST((warm(c, "k", "fresh") == fill_result::stored));
}

inline void clear_fences_every_fill(cache& c) {
  if (c.capabilities().live_delete != fence::generation) return;
  const fill_token token = c.begin_fill("k");
  c.clear();
  BOOST_TEST((fill(c, "k", token, "stale") == fill_result::fenced));
}

inline void a_tag_fences_a_fill_that_will_carry_it(cache& c) {
  if (c.capabilities().live_delete != fence::generation || !c.capabilities().tags) return;
  const fill_token token = c.begin_fill("k");
  c.invalidate_tags({"red"});
  BOOST_TEST((fill(c, "k", token, "stale", filled_by::user, tagged({"blue", "red"})) == fill_result::fenced));
  BOOST_TEST((fill(c, "k", token, "fine", filled_by::user, tagged({"blue"})) == fill_result::stored));
}

inline void a_fence_stands_for_its_own_key_alone(cache& c) {
  const fill_token token = c.begin_fill("k");
  put(c, "other", "v");
  c.invalidate("other");
  BOOST_TEST((fill(c, "k", token, "good") == fill_result::stored));
}

inline void a_refresh_replaces_what_is_unchanged(cache& c) {
  if (c.capabilities().refresh == fence::none) return;
  put(c, "k", "old");
  const fill_token token = c.begin_fill("k");
  BOOST_TEST((refresh(c, "k", token, "new") == fill_result::stored));
  BOOST_TEST(read(c, "k") == "new");
  BOOST_TEST((refresh(c, "k", token, "late twin") == fill_result::fenced));
  BOOST_TEST(read(c, "k") == "new");
}

inline void a_refresh_without_tags_keeps_those_of_the_entry(cache& c) {
  if (c.capabilities().refresh == fence::none || !c.capabilities().tags) return;
  put(c, "k", "old", {.tags = {"news"}});
  BOOST_TEST((refresh(c, "k", c.begin_fill("k"), "new") == fill_result::stored));
  BOOST_TEST((refresh(c, "k", c.begin_fill("k"), "newer") == fill_result::stored));
  BOOST_TEST(c.invalidate_tags({"news"}) == 1u);
  put(c, "k", "old", {.tags = {"news"}});
  BOOST_TEST((refresh(c, "k", c.begin_fill("k"), "new", {.tags = {"sport"}}) == fill_result::stored));
  BOOST_TEST(c.invalidate_tags({"news"}) == 0u);
  BOOST_TEST(c.invalidate_tags({"sport"}) == 1u);
}

inline void a_refresh_never_undoes_a_live_set_or_delete(cache& c) {
  if (c.capabilities().refresh == fence::none) return;
  put(c, "set", "old");
  put(c, "deleted", "old");
  const fill_token set = c.begin_fill("set");
  const fill_token deleted = c.begin_fill("deleted");
  put(c, "set", "live");
  c.invalidate("deleted");
  BOOST_TEST((refresh(c, "set", set, "stale") == fill_result::fenced));
  BOOST_TEST((refresh(c, "deleted", deleted, "stale") == fill_result::fenced));
  BOOST_TEST(read(c, "set") == "live");
  BOOST_TEST(read(c, "deleted") == "<miss>");
}

inline void a_refresh_leaves_a_prefetched_entry_unused(cache& c) {
  if (c.capabilities().refresh == fence::none) return;
  warm(c, "k", "old");
  refresh(c, "k", c.begin_fill("k"), "new");
  BOOST_TEST(c.stats().entries_unused == 1u);
  BOOST_TEST((c.get("k", suite_start).outcome == lookup::first_use));
}

inline void a_key_that_is_too_long_is_refused(cache& c) {
  const std::string mebibyte(1 << 20, 'k');
  BOOST_TEST((put(c, mebibyte, "v") == fill_result::refused));
  BOOST_TEST((warm(c, mebibyte, "v") == fill_result::refused));
  BOOST_TEST((refresh(c, mebibyte, c.begin_fill(mebibyte), "v") == fill_result::refused));
  BOOST_TEST(read(c, mebibyte) == "<miss>");
  const std::string longest(max_key_bytes, 'k');
  BOOST_TEST((put(c, longest, "v") == fill_result::stored));
  BOOST_TEST(read(c, longest) == "v");
}

struct check {
  const char* name;
  void (*run)(cache&);
};

inline std::ostream& operator<<(std::ostream& out, const check& c) {
  return out << c.name;
}

#define STOKER_CHECK(name) \
  check {                  \
#name, name            \
  }

inline std::vector<check> checks() {
  return {
      STOKER_CHECK(a_value_put_is_read_back),
      STOKER_CHECK(keys_and_values_are_opaque_bytes),
      STOKER_CHECK(a_later_put_wins),
      STOKER_CHECK(a_value_outlives_its_entry),
      STOKER_CHECK(a_fill_adds_only_what_is_absent),
      STOKER_CHECK(the_first_demand_of_a_prefetched_entry_is_its_first_use),
      STOKER_CHECK(a_second_look_counts_nothing),
      STOKER_CHECK(the_warmer_never_counts_as_a_user),
      STOKER_CHECK(a_prefetch_that_goes_unused_is_wasted),
      STOKER_CHECK(an_invalidated_key_is_gone),
      STOKER_CHECK(clear_leaves_nothing),
      STOKER_CHECK(rollback_takes_only_what_nobody_used),
      STOKER_CHECK(an_expired_entry_is_a_miss_at_once),
      STOKER_CHECK(a_new_value_brings_a_new_ttl),
      STOKER_CHECK(an_expired_entry_makes_room_for_a_fill),
      STOKER_CHECK(a_tag_takes_all_that_carry_it),
      STOKER_CHECK(a_new_value_brings_new_tags),
      STOKER_CHECK(a_live_set_fences_a_fill),
      STOKER_CHECK(a_live_set_that_left_again_still_fences_a_fill),
      STOKER_CHECK(a_live_delete_fences_a_fill),
      STOKER_CHECK(clear_fences_every_fill),
      STOKER_CHECK(a_tag_fences_a_fill_that_will_carry_it),
      STOKER_CHECK(a_fence_stands_for_its_own_key_alone),
      STOKER_CHECK(a_refresh_replaces_what_is_unchanged),
      STOKER_CHECK(a_refresh_without_tags_keeps_those_of_the_entry),
      STOKER_CHECK(a_refresh_never_undoes_a_live_set_or_delete),
      STOKER_CHECK(a_refresh_leaves_a_prefetched_entry_unused),
      STOKER_CHECK(a_key_that_is_too_long_is_refused),
  };
}

#undef STOKER_CHECK

}  // namespace stoker::cache_suite
