// The tables a shard of the memory cache is made of: index, queues, ghosts, entries, tags, fences.
#include <boost/test/unit_test.hpp>
#include <map>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "messages/key.hpp"
#include "storage/caches/memory/entry_table.hpp"
#include "storage/caches/memory/fence_table.hpp"
#include "storage/caches/memory/footprint.hpp"
#include "storage/caches/memory/ghost_queue.hpp"
#include "storage/caches/memory/hash_index.hpp"
#include "storage/caches/memory/slot_lists.hpp"
#include "storage/caches/memory/tag_index.hpp"

BOOST_AUTO_TEST_SUITE(cache_tables_test)

namespace {

using namespace stoker;

std::uint32_t find(const hash_index& index, std::uint32_t tag, std::uint32_t slot) {
  return index.find(tag, [&](std::uint32_t s) { return s == slot; });
}

template <std::size_t N>
std::vector<std::uint32_t> drained(slot_lists<N>& lists, std::size_t queue) {
  std::vector<std::uint32_t> out;
  while (lists.size(queue) > 0) {
    out.push_back(lists.oldest(queue));
    lists.remove(queue, out.back());
  }
  return out;
}

std::set<std::uint32_t> take(tag_index& index, std::string_view tag,
                             std::map<std::uint32_t, std::uint32_t>& handles) {
  std::set<std::uint32_t> out;
  for (std::uint32_t s; (s = index.any_tagged(hash_key(tag))) != tag_index::none;) {
    out.insert(s);
    index.untag(handles.at(s));
    handles.erase(s);
  }
  return out;
}

}  // namespace

// Tags from a small range: long runs of collisions, which wrap around the table's end.
BOOST_AUTO_TEST_CASE(the_index_agrees_with_a_map_under_heavy_collisions) {
  std::mt19937 random(5);
  hash_index index;
  std::map<std::uint32_t, std::uint32_t> model;  // slot -> tag
  for (int i = 0; i < 50'000; ++i) {
    const std::uint32_t slot = random() % 300;
    if (const auto known = model.find(slot); known != model.end()) {
      index.erase(known->second, slot);
      model.erase(known);
    } else {
      const std::uint32_t tag = random() % 2 ? random() % 40 : 0xffffffff - random() % 40;
      index.insert(tag, slot);
      model[slot] = tag;
    }
    BOOST_REQUIRE_EQUAL(index.size(), model.size());
    if (i % 100) continue;
    for (std::uint32_t s = 0; s < 300; ++s) {
      const auto known = model.find(s);
      BOOST_REQUIRE_EQUAL(find(index, known == model.end() ? 7 : known->second, s),
                          known == model.end() ? hash_index::none : s);
    }
  }
}

BOOST_AUTO_TEST_CASE(a_cleared_index_is_empty_and_small) {
  hash_index index;
  const auto small = index.memory_bytes();
  for (std::uint32_t s = 0; s < 1000; ++s) index.insert(s * 77, s);
  BOOST_TEST(index.memory_bytes() > small);
  index.clear();
  BOOST_TEST(index.size() == 0u);
  BOOST_TEST(index.memory_bytes() == small);
  BOOST_TEST(find(index, 77, 1) == hash_index::none);
}

BOOST_AUTO_TEST_CASE(queues_keep_their_order_through_removals) {
  slot_lists<2> lists;
  for (const std::uint32_t s : {5u, 1u, 9u, 3u}) lists.push(0, s);
  lists.push(1, 7);
  lists.remove(0, 1);
  lists.remove(0, 3);
  lists.push(0, 1);
  BOOST_TEST(lists.newest(0) == 1u);
  BOOST_TEST((drained(lists, 0) == std::vector<std::uint32_t>{5, 9, 1}));
  BOOST_TEST((drained(lists, 1) == std::vector<std::uint32_t>{7}));
  BOOST_TEST(lists.oldest(0) == slot_lists<2>::none);
}

BOOST_AUTO_TEST_CASE(ghosts_are_forgotten_oldest_first) {
  ghost_queue ghosts;
  for (const std::uint32_t key : {1u, 2u, 3u}) ghosts.push(key, 3);
  ghosts.push(1, 3);  // the newest again
  ghosts.push(4, 3);
  BOOST_TEST(ghosts.size() == 3u);
  BOOST_TEST(!ghosts.remove(2));
  BOOST_TEST(ghosts.remove(1));
  BOOST_TEST(!ghosts.remove(1));
  BOOST_TEST(ghosts.remove(3));
  BOOST_TEST(ghosts.remove(4));
}

BOOST_AUTO_TEST_CASE(a_smaller_capacity_shrinks_the_ghosts) {
  ghost_queue ghosts;
  for (std::uint32_t key = 0; key < 100; ++key) ghosts.push(key, 100);
  ghosts.push(100, 10);
  BOOST_TEST(ghosts.size() == 10u);
  ghosts.push(101, 0);
  BOOST_TEST(ghosts.size() == 0u);
}

BOOST_AUTO_TEST_CASE(an_entry_keeps_keys_of_any_length) {
  entry_table entries;
  std::vector<std::pair<entry_table::slot, std::string>> held;
  for (std::size_t length : {0u, 1u, 47u, 48u, 49u, 5000u}) {
    const std::string key(length, static_cast<char>('a' + length % 26));
    held.emplace_back(entries.acquire(key), key);
  }
  for (const auto& [slot, key] : held) BOOST_TEST(entries[slot].key() == key);
  entries.release(held[5].first);
  BOOST_TEST(entries.acquire("next") == held[5].first);
  BOOST_TEST(entries.size() == 6u);
  entries.clear();
  BOOST_TEST(entries.size() == 0u);
  BOOST_TEST(entries.memory_bytes() == 0u);
}

BOOST_AUTO_TEST_CASE(tags_find_their_slots_and_forget_them) {
  tag_index index;
  std::map<std::uint32_t, std::uint32_t> handles;
  handles[1] = index.tag(1, {"red", "round"});
  handles[2] = index.tag(2, {"red", "red"});
  handles[3] = index.tag(3, {"round"});
  BOOST_TEST(index.tag(4, {}) == tag_index::none);
  BOOST_TEST((take(index, "red", handles) == std::set<std::uint32_t>{1, 2}));
  BOOST_TEST((take(index, "round", handles) == std::set<std::uint32_t>{3}));
  BOOST_TEST(index.any_tagged(hash_key("red")) == tag_index::none);
}

BOOST_AUTO_TEST_CASE(tags_reuse_their_memory) {
  tag_index index;
  std::size_t after_first = 0;
  for (int round = 0; round < 100; ++round) {
    std::vector<std::uint32_t> handles;
    for (std::uint32_t s = 0; s < 100; ++s)
      handles.push_back(index.tag(s, {"round " + std::to_string(round), "slot " + std::to_string(s)}));
    for (const auto handle : handles) index.untag(handle);
    if (round == 0) after_first = index.memory_bytes();
  }
  BOOST_TEST(index.memory_bytes() == after_first);
}

// Against every change ever made: a stale token never passes, and few good ones are refused.
BOOST_AUTO_TEST_CASE(a_fence_never_lets_a_stale_token_through) {
  std::mt19937 random(9);
  fence_table fences(16);
  std::map<std::uint64_t, std::uint64_t> changes;
  std::size_t refused = 0, good = 0;
  for (std::uint64_t generation = 1; generation <= 50'000; ++generation) {
    const std::uint64_t changed = hash_key(std::to_string(random() % 500));
    fences.changed(changed, generation);
    changes[changed] = generation;
    const std::uint64_t asked = hash_key(std::to_string(random() % 500));
    const std::uint64_t token = generation - std::min<std::uint64_t>(generation, random() % 30);
    const bool stale = changes.contains(asked) && changes[asked] > token;
    if (stale) BOOST_REQUIRE(fences.changed_since(asked, token));
    good += !stale;
    refused += !stale && fences.changed_since(asked, token);
  }
  BOOST_TEST(refused < good / 20);
}

BOOST_AUTO_TEST_CASE(a_fence_for_all_stands_for_every_hash) {
  fence_table fences(16);
  fences.changed(42, 1);
  fences.all_changed(2);
  BOOST_TEST(fences.changed_since(42, 1));
  BOOST_TEST(fences.changed_since(43, 1));
  BOOST_TEST(!fences.changed_since(42, 2));
  BOOST_TEST(!fences.changed_since(0, 2));
}

BOOST_AUTO_TEST_CASE(footprints_are_those_of_the_allocator) {
  BOOST_TEST(heap_bytes(std::size_t{0}) == 0u);
  BOOST_TEST(heap_bytes(std::size_t{1}) == 32u);
  BOOST_TEST(heap_bytes(std::size_t{24}) == 32u);
  BOOST_TEST(heap_bytes(std::size_t{25}) == 48u);
  BOOST_TEST(heap_bytes(std::size_t{1000}) == 1008u);
  BOOST_TEST(heap_bytes(std::size_t{200'000}) == 200'704u);
}

BOOST_AUTO_TEST_SUITE_END()
