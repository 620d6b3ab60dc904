#include "tests/storage/caches/remote_suite.hpp"

#include "tests/fixtures/eventually.hpp"

namespace stoker::remote_suite {

namespace {

constexpr duration hour = std::chrono::hours{1};
constexpr duration slack = std::chrono::seconds{30};     // that a slow machine may take for a check
constexpr duration late_tick = std::chrono::seconds{5};  // by which a busy server's own clock may be behind

bool about(duration found, duration expected) {
  return found <= expected + late_tick && found >= expected - slack;
}

std::vector<std::string> numbered(std::size_t count) {
  std::vector<std::string> keys;
  for (std::size_t i = 0; i < count; ++i) keys.push_back("key " + std::to_string(i));
  return keys;
}

void what_others_set_is_found_and_read(pair p) {
  BOOST_TEST(read(p.cache, "k") == "<miss>");
  BOOST_TEST((look(p.cache, "k").state == residency::absent));
  BOOST_TEST((put(p.others, "k", "one") == fill_result::stored));
  BOOST_TEST((look(p.cache, "k").state == residency::present));
  BOOST_TEST(read(p.cache, "k") == "one");
  BOOST_TEST(invalidate(p.others, "k") == 1u);
  BOOST_TEST(read(p.cache, "k") == "<miss>");
}

void a_fill_adds_only_what_is_absent(pair p) {
  put(p.others, "k", "live");
  BOOST_TEST((warm(p.cache, "k", "filled") == fill_result::present));
  BOOST_TEST(read(p.others, "k") == "live");
  BOOST_TEST((warm(p.cache, "new", "filled") == fill_result::stored));
  BOOST_TEST(read(p.others, "new") == "filled");
}

void a_live_set_wins_over_a_fill_under_way(pair p) {
  const auto token = p.cache.begin_fill("k");
  put(p.others, "k", "live");
  BOOST_TEST((fill(p.cache, "k", token, "stale").result == fill_result::present));
  BOOST_TEST(read(p.others, "k") == "live");
}

void keys_and_values_are_opaque_bytes(pair p) {
  using namespace std::string_view_literals;
  const std::string all_bytes("\0\r\n \xff\t\0x", 8);
  BOOST_TEST((warm(p.cache, "a\0b c"sv, all_bytes) == fill_result::stored));
  BOOST_TEST((warm(p.cache, "a"sv, "short") == fill_result::stored));
  BOOST_TEST((warm(p.cache, "line\r\nend", "") == fill_result::stored));
  BOOST_TEST(read(p.others, "a\0b c"sv) == all_bytes);
  BOOST_TEST(read(p.others, "a") == "short");
  BOOST_TEST(read(p.others, "line\r\nend") == "");
  const auto token = begin_refresh(p.cache, "a\0b c"sv);
  BOOST_TEST((refresh(p.cache, "a\0b c"sv, token, "new") == fill_result::stored));
  BOOST_TEST(invalidate(p.cache, "a\0b c"sv) == 1u);
}

void a_ttl_is_carried(pair p) {
  warm(p.cache, "hour", "v", hour);
  warm(p.cache, "for ever", "v");
  warm(p.cache, "long", "v", 1000 * hour);
  warm(p.cache, "shortest", "v", std::chrono::nanoseconds{1});
  BOOST_TEST(about(look(p.others, "hour").ttl_left, hour));
  BOOST_TEST((look(p.others, "for ever").ttl_left == duration::zero()));
  BOOST_TEST(about(look(p.others, "long").ttl_left, 1000 * hour));
  const auto shortest = look(p.others, "shortest");
  BOOST_TEST((shortest.state == residency::absent || shortest.ttl_left > duration::zero()));
  put(p.cache, "set", "v", hour);
  BOOST_TEST(about(look(p.others, "set").ttl_left, hour));
}

void a_fill_that_is_refused_leaves_the_ttl_alone(pair p) {
  put(p.others, "k", "live", hour);
  warm(p.cache, "k", "filled");
  BOOST_TEST(about(look(p.others, "k").ttl_left, hour));
}

void a_refresh_replaces_what_is_unchanged(pair p) {
  put(p.others, "k", "old");
  const auto token = begin_refresh(p.cache, "k");
  BOOST_TEST((refresh(p.cache, "k", token, "new") == fill_result::stored));
  BOOST_TEST(read(p.others, "k") == "new");
  BOOST_TEST((refresh(p.cache, "k", token, "late twin") == fill_result::fenced));
  BOOST_TEST(read(p.others, "k") == "new");
}

void a_refresh_keeps_the_ttl_or_brings_its_own(pair p) {
  put(p.others, "kept", "old", hour);
  put(p.others, "renewed", "old", hour);
  put(p.others, "for ever", "old");
  BOOST_TEST((refresh(p.cache, "kept", begin_refresh(p.cache, "kept"), "new") == fill_result::stored));
  BOOST_TEST((refresh(p.cache, "renewed", begin_refresh(p.cache, "renewed"), "new", 5 * hour) ==
              fill_result::stored));
  BOOST_TEST(
      (refresh(p.cache, "for ever", begin_refresh(p.cache, "for ever"), "new") == fill_result::stored));
  BOOST_TEST(about(look(p.others, "kept").ttl_left, hour));
  BOOST_TEST(about(look(p.others, "renewed").ttl_left, 5 * hour));
  BOOST_TEST((look(p.others, "for ever").ttl_left == duration::zero()));
}

void a_refresh_never_undoes_a_live_set_or_delete(pair p) {
  for (const char* key : {"set", "deleted", "set again"}) put(p.others, key, "old");
  const auto set = begin_refresh(p.cache, "set");
  const auto deleted = begin_refresh(p.cache, "deleted");
  const auto again = begin_refresh(p.cache, "set again");
  const auto absent = begin_refresh(p.cache, "absent");
  put(p.others, "set", "live");
  invalidate(p.others, "deleted");
  invalidate(p.others, "set again");
  put(p.others, "set again", "live");
  BOOST_TEST((refresh(p.cache, "set", set, "stale") == fill_result::fenced));
  BOOST_TEST((refresh(p.cache, "deleted", deleted, "stale") == fill_result::fenced));
  BOOST_TEST((refresh(p.cache, "set again", again, "stale") == fill_result::fenced));
  BOOST_TEST((refresh(p.cache, "absent", absent, "stale") == fill_result::fenced));
  BOOST_TEST(read(p.others, "set") == "live");
  BOOST_TEST(read(p.others, "deleted") == "<miss>");
  BOOST_TEST(read(p.others, "set again") == "live");
  BOOST_TEST(read(p.others, "absent") == "<miss>");
}

void own_changes_fence_fills_and_refreshes(pair p) {
  const auto absent = p.cache.begin_fill("absent");
  const auto other = p.cache.begin_fill("other");
  const auto set = p.cache.begin_fill("set");
  put(p.others, "refreshed", "old");
  const auto refreshed = begin_refresh(p.cache, "refreshed");
  invalidate(p.cache, "absent");
  put(p.cache, "set", "live");
  invalidate(p.others, "set");
  put(p.cache, "refreshed", "old");
  BOOST_TEST((fill(p.cache, "absent", absent, "stale").result == fill_result::fenced));
  BOOST_TEST((fill(p.cache, "set", set, "stale").result == fill_result::fenced));
  BOOST_TEST((refresh(p.cache, "refreshed", refreshed, "stale") == fill_result::fenced));
  BOOST_TEST((fill(p.cache, "other", other, "good").result == fill_result::stored));
  BOOST_TEST((warm(p.cache, "absent", "fresh") == fill_result::stored));
}

void clear_leaves_nothing_and_fences_every_fill(pair p) {
  const auto token = p.cache.begin_fill("k");
  for (const auto& key : numbered(3000)) put(p.others, key, "v");
  BOOST_TEST((p.cache.clear(soon()) == trouble::none));
  BOOST_TEST(read(p.others, "key 7") == "<miss>");
  BOOST_TEST(read(p.others, "key 2999") == "<miss>");
  BOOST_TEST((fill(p.cache, "k", token, "stale").result == fill_result::fenced));
  BOOST_TEST((warm(p.cache, "k", "fresh") == fill_result::stored));
}

void a_rollback_takes_only_what_nobody_used(pair p) {
  warm(p.cache, "unused", "v");
  warm(p.cache, "used", "v");
  read(p.others, "used");
  BOOST_TEST(roll_back(p.cache, "unused", {}).removed == 1u);
  BOOST_TEST(roll_back(p.cache, "used", hour).removed == 0u);
  BOOST_TEST(roll_back(p.cache, "absent", hour).removed == 0u);
  BOOST_TEST(read(p.others, "unused") == "<miss>");
  BOOST_TEST(read(p.others, "used") == "v");
}

void a_rollback_leaves_what_others_changed(pair p) {
  auto filled = entry("changed", "of the warmer");
  filled.token = p.cache.begin_fill("changed");
  filled.wants_version = true;
  const auto outcome = p.cache.fill(std::span{&filled, 1}, soon()).front();
  BOOST_TEST(outcome.version != 0u);
  const filled_entry known{"changed", {}, outcome.version};
  put(p.others, "changed", "of a user!!!!");
  const auto kept = p.cache.remove_unused(std::span{&known, 1}, soon());
  BOOST_TEST(kept.removed == 0u);
  BOOST_TEST(kept.unknown == 0u);
  BOOST_TEST_REQUIRE(kept.gone.size() == 1u);
  BOOST_TEST(!kept.gone.front());
  BOOST_TEST(read(p.others, "changed") == "of a user!!!!");
  invalidate(p.others, "changed");
  filled.token = p.cache.begin_fill("changed");
  const filled_entry again{"changed", {}, p.cache.fill(std::span{&filled, 1}, soon()).front().version};
  const auto removed = p.cache.remove_unused(std::span{&again, 1}, soon());
  BOOST_TEST(removed.removed == 1u);
  BOOST_TEST(removed.gone.front());
}

void the_warmer_never_counts_as_a_user(pair p) {
  p.cache.condition(soon());
  const auto before = p.cache.stats(soon());
  warm(p.cache, "k", "v");
  warm(p.cache, "k", "v");
  look(p.cache, "k");
  look(p.cache, "absent");
  refresh(p.cache, "k", begin_refresh(p.cache, "k"), "new");
  begin_refresh(p.cache, "absent");
  warm(p.cache, "rolled back", "v");
  roll_back(p.cache, "rolled back", {});
  roll_back(p.cache, "absent", hour);
  const auto warmed = p.cache.stats(soon());
  BOOST_TEST(warmed.hits == before.hits);
  BOOST_TEST(warmed.misses == before.misses);
  BOOST_TEST(warmed.stored == 3u);
  BOOST_TEST(warmed.present == 1u);
  read(p.cache, "k");
  read(p.cache, "absent");
  const auto used = p.cache.stats(soon());
  BOOST_TEST(used.hits == before.hits + 1);
  BOOST_TEST(used.misses == before.misses + 1);
}

void a_large_batch_is_answered_item_by_item(pair p) {
  const auto keys = numbered(20'000);
  const std::string bytes(100, 'v');
  for (std::size_t i = 0; i < keys.size(); i += 1000) put(p.others, keys[i], "live");
  invalidate(p.cache, keys[1]);
  std::vector<remote_entry> batch;
  for (const auto& key : keys) batch.push_back(entry(key, bytes, hour));
  for (auto& made : batch) made.token = p.cache.begin_fill(made.key);
  invalidate(p.cache, keys[2]);
  const auto outcomes = p.cache.fill(batch, soon());
  BOOST_REQUIRE(outcomes.size() == keys.size());
  std::uint64_t wrong = 0;
  for (std::size_t i = 0; i < keys.size(); ++i) {
    const auto expected = i % 1000 == 0 ? fill_result::present
                          : i == 2      ? fill_result::fenced
                                        : fill_result::stored;
    wrong += outcomes[i].result == expected ? 0 : 1;
  }
  BOOST_TEST(wrong == 0u);
  const std::vector<std::string_view> views{keys.begin(), keys.end()};
  const auto looks = p.others.contains(views, soon());
  for (std::size_t i = 0; i < keys.size(); ++i)
    wrong += (looks[i].state == residency::present) == (i != 2) ? 0 : 1;
  BOOST_TEST(wrong == 0u);
}

void large_values_travel_whole(pair p) {
  const std::string large(700'000, 'x');
  BOOST_TEST((warm(p.cache, "large", large) == fill_result::stored));
  BOOST_TEST((read(p.others, "large") == large));
}

void what_is_too_large_is_told_and_costs_nobody_else(pair p) {
  const auto able = p.cache.capabilities();
  const std::string long_key(able.max_key_bytes + 1, 'k');
  const std::string longest_key(able.max_key_bytes, 'k');
  std::vector<remote_entry> batch{entry("before", "v"), entry(long_key, "v"), entry(longest_key, "v"),
                                  entry("after", "v")};
  for (auto& made : batch) made.token = p.cache.begin_fill(made.key);
  const auto outcomes = p.cache.fill(batch, soon());
  BOOST_TEST((outcomes[0].result == fill_result::stored));
  BOOST_TEST((outcomes[1].result == fill_result::too_large));
  BOOST_TEST((outcomes[2].result == fill_result::stored));
  BOOST_TEST((outcomes[3].result == fill_result::stored));
  BOOST_TEST(read(p.others, longest_key) == "v");
  BOOST_TEST((look(p.cache, long_key).why == trouble::unsupported));
  BOOST_TEST(p.cache.stats(soon()).too_large == 1u);
}

void nothing_is_asked_for_an_empty_batch(pair p) {
  BOOST_TEST(p.cache.fill({}, soon()).empty());
  BOOST_TEST(p.cache.contains({}, soon()).empty());
  BOOST_TEST(p.cache.invalidate({}, soon()).removed == 0u);
}

void a_deadline_that_has_passed_is_told_for_each_item(pair p) {
  const auto keys = numbered(3);
  const std::vector<std::string_view> views{keys.begin(), keys.end()};
  look(p.cache, "k");
  for (const auto& found : p.cache.contains(views, deadline_clock::now() - hour)) {
    BOOST_TEST((found.state == residency::unknown));
    BOOST_TEST((found.why == trouble::timed_out));
  }
  BOOST_TEST(p.cache.stats(soon()).troubles[static_cast<std::size_t>(trouble::timed_out)] == 3u);
  BOOST_TEST((look(p.cache, "k").state == residency::absent));
}

void a_server_that_was_emptied_is_noticed(pair p) {
  for (const auto& key : numbered(2000)) put(p.others, key, "v");
  const auto full = p.cache.condition(soon());
  BOOST_TEST(!full.lost_content());
  // memcached counts what was flushed before until its own thread has come by.
  BOOST_TEST(test::eventually([&] { return p.cache.condition(soon()).entries == 2000u; }));
  p.others.clear(soon());
  const auto emptied = p.cache.condition(soon());
  BOOST_TEST(emptied.emptied);
  BOOST_TEST(!emptied.restarted);
  BOOST_TEST(emptied.incarnation == full.incarnation + 1);
  BOOST_TEST(!p.cache.condition(soon()).emptied);
  p.cache.clear(soon());
  const auto own = p.cache.condition(soon());
  BOOST_TEST(!own.emptied);
  BOOST_TEST(own.incarnation == emptied.incarnation);
}

void memory_is_told_against_its_limit(pair p) {
  warm(p.cache, "k", std::string(100'000, 'v'));
  const auto memory = p.cache.memory(soon());
  BOOST_TEST((memory.why == trouble::none));
  BOOST_TEST(memory.used_bytes >= 100'000u);
  BOOST_TEST(memory.limit_bytes > memory.used_bytes);
  BOOST_TEST(memory.head_room_bytes() == memory.limit_bytes - memory.used_bytes);
}

#define STOKER_CHECK(name) \
  check {                  \
#name, name            \
  }

}  // namespace

std::vector<check> checks() {
  return {
      STOKER_CHECK(what_others_set_is_found_and_read),
      STOKER_CHECK(a_fill_adds_only_what_is_absent),
      STOKER_CHECK(a_live_set_wins_over_a_fill_under_way),
      STOKER_CHECK(keys_and_values_are_opaque_bytes),
      STOKER_CHECK(a_ttl_is_carried),
      STOKER_CHECK(a_fill_that_is_refused_leaves_the_ttl_alone),
      STOKER_CHECK(a_refresh_replaces_what_is_unchanged),
      STOKER_CHECK(a_refresh_keeps_the_ttl_or_brings_its_own),
      STOKER_CHECK(a_refresh_never_undoes_a_live_set_or_delete),
      STOKER_CHECK(own_changes_fence_fills_and_refreshes),
      STOKER_CHECK(clear_leaves_nothing_and_fences_every_fill),
      STOKER_CHECK(a_rollback_takes_only_what_nobody_used),
      STOKER_CHECK(a_rollback_leaves_what_others_changed),
      STOKER_CHECK(the_warmer_never_counts_as_a_user),
      STOKER_CHECK(a_large_batch_is_answered_item_by_item),
      STOKER_CHECK(large_values_travel_whole),
      STOKER_CHECK(what_is_too_large_is_told_and_costs_nobody_else),
      STOKER_CHECK(nothing_is_asked_for_an_empty_batch),
      STOKER_CHECK(a_deadline_that_has_passed_is_told_for_each_item),
      STOKER_CHECK(a_server_that_was_emptied_is_noticed),
      STOKER_CHECK(memory_is_told_against_its_limit),
  };
}

#undef STOKER_CHECK

}  // namespace stoker::remote_suite
