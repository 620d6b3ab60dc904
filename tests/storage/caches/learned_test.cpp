// The learned eviction: its parts, and what it does to hit ratios in worlds made to be hard.
#include "storage/caches/memory/learned.hpp"

#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <iostream>
#include <random>
#include <string>
#include <unordered_map>
#include <vector>

#include "storage/traces/read_trace.hpp"

BOOST_AUTO_TEST_SUITE(learned_eviction)

namespace {

using namespace stoker;
using slot = eviction_policy::slot;

// A cache of `capacity` keys around a policy, which takes slots and gives them back as a shard does.
class small_cache {
 public:
  small_cache(eviction kind, std::size_t capacity)
      : policy_(make_eviction_policy(kind)), entries_(capacity), capacity_(capacity) {
    for (std::size_t s = capacity; s-- > 0;) free_.push_back(static_cast<slot>(s));
  }

  bool access(std::uint64_t key) {
    const auto found = slots_.find(key);
    if (found == slots_.end()) {
      policy_->missed(hash_of(key));
      require_resident(policy_->likely_victim());
      insert(key, false);
      return false;
    }
    auto& e = entries_[found->second];
    used_ += e.unused ? 1 : 0;
    policy_->demanded(found->second, std::exchange(e.unused, false));
    return true;
  }

  void prefetch(std::uint64_t key, float probability = 0.5F) {
    if (slots_.contains(key)) return;
    insert(key, true, probability);
    ++prefetched_;
  }

  void invalidate(std::uint64_t key) {
    if (const auto found = slots_.find(key); found != slots_.end()) erase(found->second);
  }

  double precision() const { return static_cast<double>(used_) / static_cast<double>(prefetched_); }
  const std::vector<std::uint64_t>& evicted() const { return evicted_; }
  const eviction_policy& policy() const { return *policy_; }
  std::size_t size() const { return slots_.size(); }

 private:
  struct entry {
    std::uint64_t key = 0;
    bool unused = false;
  };

  static std::uint64_t hash_of(std::uint64_t key) {
    key = (key ^ (key >> 31)) * 0x7fb5d329728ea185U;
    return key ^ (key >> 29);
  }

  void require_resident(slot guess) const {
    if (guess == eviction_policy::no_slot) return;
    BOOST_REQUIRE_LT(guess, entries_.size());
    const auto found = slots_.find(entries_[guess].key);
    BOOST_REQUIRE(found != slots_.end() && found->second == guess);
  }

  void insert(std::uint64_t key, bool prefetched, float probability = 0) {
    if (slots_.size() == capacity_) {
      const slot victim = policy_->victim();
      BOOST_REQUIRE_LT(victim, entries_.size());
      BOOST_REQUIRE(slots_.contains(entries_[victim].key) && slots_[entries_[victim].key] == victim);
      evicted_.push_back(entries_[victim].key);
      erase(victim);
    }
    const slot s = free_.back();
    free_.pop_back();
    entries_[s] = {key, prefetched};
    slots_[key] = s;
    policy_->inserted(s, hash_of(key), prefetched, probability);
  }

  void erase(slot s) {
    policy_->erased(s);
    slots_.erase(entries_[s].key);
    free_.push_back(s);
  }

  std::unique_ptr<eviction_policy> policy_;
  std::vector<entry> entries_;
  std::unordered_map<std::uint64_t, slot> slots_;
  std::vector<slot> free_;
  std::vector<std::uint64_t> evicted_;
  std::size_t capacity_;
  std::size_t used_ = 0;
  std::size_t prefetched_ = 0;
};

// Hit ratio in points.
double replay(eviction kind, std::size_t capacity, const std::vector<std::uint64_t>& keys) {
  small_cache cache(kind, capacity);
  std::size_t hits = 0;
  for (const auto key : keys) hits += cache.access(key) ? 1 : 0;
  return 100.0 * static_cast<double>(hits) / static_cast<double>(keys.size());
}

// Keys 0 to `keys` - 1, the smaller the more popular: P(key < x) = (x / keys) ^ (1 / 4).
std::uint64_t popular_key(std::mt19937_64& random, std::uint64_t keys) {
  const double u = static_cast<double>(random() >> 11) / 9007199254740992.0;
  return static_cast<std::uint64_t>(u * u * u * u * static_cast<double>(keys));
}

std::vector<std::uint64_t> popular_keys(std::size_t accesses, std::uint64_t keys) {
  std::mt19937_64 random(1);
  std::vector<std::uint64_t> trace(accesses);
  for (auto& key : trace) key = popular_key(random, keys);
  return trace;
}

}  // namespace

BOOST_AUTO_TEST_CASE(logarithms_are_monotone_and_fit_a_byte) {
  BOOST_TEST(log2_eighths(0) == 0);
  BOOST_TEST(log2_eighths(1) == 0);
  BOOST_TEST(log2_eighths(2) == 8);
  BOOST_TEST(log2_eighths(3) == 12);
  BOOST_TEST(log2_eighths(1U << 20) == 160);
  BOOST_TEST(log2_eighths(0xffffffff) == 255);
  for (std::uint32_t x = 1; x < 100'000; ++x) BOOST_REQUIRE_LE(log2_eighths(x - 1), log2_eighths(x));
}

BOOST_AUTO_TEST_CASE(every_combination_of_facts_has_its_cells_inside_the_tables) {
  for (int age = 0; age < 256; age += 5)
    for (int gap = 0; gap < 256; gap += 5)
      for (int residence = 0; residence < 256; residence += 15)
        for (const bool unused : {false, true}) {
          const auto byte = [](int x) { return static_cast<std::uint8_t>(x); };
          const reuse_facts facts{byte(age), byte(gap), byte(255 - gap), byte(gap),
                                  byte(age), byte(gap), unused,          true};
          const auto cells = reuse_features::quantise(facts, residence_scale(residence));
          BOOST_REQUIRE_LT(cells[0], reuse_features::age_frequency_begin);
          BOOST_REQUIRE_GE(cells[1], reuse_features::age_frequency_begin);
          BOOST_REQUIRE_LT(cells[1], reuse_features::phase_begin);
          BOOST_REQUIRE_GE(cells[2], reuse_features::phase_begin);
          BOOST_REQUIRE_LT(cells[2], reuse_features::stay_begin);
          BOOST_REQUIRE_GE(cells[3], reuse_features::stay_begin);
          BOOST_REQUIRE_LT(cells[3], reuse_features::end);
        }
}

BOOST_AUTO_TEST_CASE(the_model_ranks_what_it_was_taught) {
  reuse_model model;
  reuse_facts fresh;
  fresh.age = 40;
  reuse_facts stale;
  stale.age = 80;
  const auto soon = reuse_features::quantise(stale, residence_scale(80));
  const auto never = reuse_features::quantise(fresh, residence_scale(80));
  BOOST_TEST(model.score(never) > model.score(soon));  // the belief of a cold model: recency
  for (int i = 0; i < 200; ++i) {
    model.learn(soon, 1);
    model.learn(never, 0);
  }
  BOOST_TEST(model.score(soon) > model.score(never) + 1);
}

BOOST_AUTO_TEST_CASE(a_lesson_is_answered_by_the_demand_of_its_key_alone_and_once) {
  pending_lessons lessons(4);
  lessons.ask(7, 100, {});
  lessons.ask(11, 101, {});  // the same chain
  lessons.ask(7, 102, {});
  std::vector<std::uint32_t> waited;
  const auto note = [&](const auto&, std::uint32_t accesses) { waited.push_back(accesses); };
  lessons.demanded(7, 110, note);
  lessons.demanded(7, 120, note);
  BOOST_TEST(waited == (std::vector<std::uint32_t>{8, 10}), boost::test_tools::per_element());
  int unanswered = 0;
  lessons.expire(111, 10, [&](const auto&) { ++unanswered; });
  BOOST_TEST(unanswered == 0);
  lessons.expire(112, 10, [&](const auto&) { ++unanswered; });
  BOOST_TEST(unanswered == 1);
}

BOOST_AUTO_TEST_CASE(a_full_ring_of_lessons_asks_no_more_until_it_grows_and_forgets_none) {
  pending_lessons lessons(4);
  for (std::uint32_t key = 0; key < 9; ++key) lessons.ask(key, 0, {});
  BOOST_TEST(lessons.full());
  lessons.grow();
  BOOST_TEST(!lessons.full());
  int answered = 0;
  for (std::uint32_t key = 0; key < 9; ++key)
    lessons.demanded(key, 5, [&](const auto&, std::uint32_t) { ++answered; });
  BOOST_TEST(answered == 4);
}

BOOST_AUTO_TEST_CASE(ghosts_are_found_once_and_the_oldest_of_a_set_gives_way) {
  ghost_table ghosts;
  BOOST_TEST(ghosts.take(1).frequency == 0);
  ghosts.reserve(4, 0);  // one set
  for (std::uint32_t key = 1; key <= 5; ++key) ghosts.put({key, key * 10, 1, 2, 3, false}, 100);
  BOOST_TEST(ghosts.take(1).frequency == 0);
  BOOST_TEST(ghosts.take(2).last == 20);
  BOOST_TEST(ghosts.take(2).frequency == 0);
  ghosts.reserve(100, 100);
  BOOST_TEST(ghosts.take(5).last == 50);
}

BOOST_AUTO_TEST_CASE(ghosts_take_no_more_room_than_was_reserved) {
  ghost_table ghosts;
  ghosts.reserve(17'292, 0);
  BOOST_TEST(ghosts.memory_bytes() == 17'292 * sizeof(ghost));
  ghosts.reserve(17'293, 0);
  BOOST_TEST(ghosts.memory_bytes() < 17'292 * sizeof(ghost) * 8 / 7);
}

BOOST_AUTO_TEST_CASE(the_same_calls_give_the_same_victims) {
  const auto keys = popular_keys(30'000, 5'000);
  small_cache one(eviction::learned, 300);
  small_cache two(eviction::learned, 300);
  for (const auto key : keys) one.access(key);
  for (const auto key : keys) two.access(key);
  BOOST_TEST(one.evicted().size() > 5'000);
  BOOST_TEST(one.evicted() == two.evicted());
}

BOOST_AUTO_TEST_CASE(a_cache_of_one_entry_keeps_the_last_key) {
  small_cache cache(eviction::learned, 1);
  for (std::uint64_t key = 0; key < 1'000; ++key) {
    BOOST_REQUIRE(!cache.access(key));
    BOOST_REQUIRE(cache.access(key));
  }
}

// small_cache requires of every victim that it is resident.
BOOST_AUTO_TEST_CASE(victims_are_resident_whatever_is_mixed) {
  for (const std::size_t capacity : {1, 2, 63, 64, 65, 2'000}) {
    std::mt19937_64 random(capacity);
    small_cache cache(eviction::learned, capacity);
    for (int i = 0; i < 30'000; ++i) {
      const auto key = popular_key(random, capacity * 5);
      switch (random() % 8) {
        case 0:
          cache.invalidate(key);
          break;
        case 1:
        case 2:
          cache.prefetch(key);
          break;
        default:
          cache.access(key);
      }
      if (i % 10'000 == 9'999)  // leaves few residents, far apart
        for (std::uint64_t k = 0; k < capacity * 5; ++k)
          if (random() % 50 != 0) cache.invalidate(k);
    }
    BOOST_TEST(cache.evicted().size() > 100);
  }
}

BOOST_AUTO_TEST_CASE(popular_keys_stay_when_scans_pass) {
  auto keys = popular_keys(100'000, 10'000);
  std::vector<std::uint64_t> trace;
  for (std::size_t i = 0; i < keys.size(); ++i) {
    trace.push_back(keys[i]);
    if (i % 10'000 != 0) continue;
    for (std::uint64_t k = 0; k < 5'000; ++k) trace.push_back(1'000'000 + i * 1'000 + k);
  }
  BOOST_TEST(replay(eviction::learned, 500, trace) > replay(eviction::lru, 500, trace) + 5);
}

BOOST_AUTO_TEST_CASE(part_of_a_loop_twice_the_size_of_the_cache_is_kept) {
  std::vector<std::uint64_t> loop(200'000);
  for (std::size_t i = 0; i < loop.size(); ++i) loop[i] = i % 1'000;
  BOOST_TEST(replay(eviction::lru, 500, loop) == 0);
  BOOST_TEST(replay(eviction::learned, 500, loop) > 35);  // the optimum is 50
}

BOOST_AUTO_TEST_CASE(little_is_lost_where_recency_is_all_there_is) {
  std::mt19937_64 random(3);
  std::vector<std::uint64_t> stack;
  std::vector<std::uint64_t> trace;
  for (std::uint64_t i = 0; i < 100'000; ++i) {
    std::uint64_t key = i;
    if (stack.size() > 1'000 && random() % 20 != 0) {
      const auto depth = popular_key(random, 1'000);
      key = *(stack.end() - 1 - static_cast<std::ptrdiff_t>(depth));
      stack.erase(stack.end() - 1 - static_cast<std::ptrdiff_t>(depth));
    }
    stack.push_back(key);
    trace.push_back(key);
  }
  BOOST_TEST(replay(eviction::learned, 300, trace) > replay(eviction::lru, 300, trace) - 1);
}

BOOST_AUTO_TEST_CASE(prefetches_that_nobody_uses_cost_little) {
  const auto keys = popular_keys(100'000, 10'000);
  small_cache cache(eviction::learned, 500);
  std::size_t hits = 0;
  for (std::size_t i = 0; i < keys.size(); ++i) {
    hits += cache.access(keys[i]) ? 1 : 0;
    cache.prefetch(1'000'000 + i);
  }
  const double hit_ratio = 100.0 * static_cast<double>(hits) / static_cast<double>(keys.size());
  BOOST_TEST(hit_ratio > replay(eviction::learned, 500, keys) - 2);
}

BOOST_AUTO_TEST_CASE(prefetches_that_are_right_stay_until_they_are_used) {
  const auto keys = popular_keys(100'000, 10'000);
  small_cache cache(eviction::learned, 500);
  for (std::size_t i = 0; i + 50 < keys.size(); ++i) {
    cache.access(keys[i]);
    cache.prefetch(keys[i + 50]);
  }
  BOOST_TEST(cache.precision() > 0.97);
}

BOOST_AUTO_TEST_CASE(memory_is_bounded_by_the_residents) {
  small_cache cache(eviction::learned, 10'000);
  std::uint64_t key = 0;
  while (key < 100'000) cache.access(key++);
  const auto bytes = cache.policy().metadata_bytes();
  while (key < 400'000) cache.access(key++);
  BOOST_TEST(cache.policy().metadata_bytes() == bytes);
  // Per resident 21 bytes, doubled by the growth of a vector at worst, and up to 8 ghosts of 12; 160 KB
  // fixed.
  BOOST_TEST(bytes < 10'000 * (2 * 21 + 8 * 12) + 160'000);
}

BOOST_AUTO_TEST_CASE(recorded_traces_gain_over_lru_and_s3fifo_and_none_loses) {
  const std::filesystem::path traces = std::filesystem::path(STOKER_SOURCE_DIR) / ".." / "shared" / "traces";
  if (!std::filesystem::exists(traces)) {
    std::cout << "skipped: no recorded traces beside the source tree\n";
    return;
  }
  double gain = 0;
  double s3fifo_gain = 0;
  for (const std::string name :
       {"cloudphysics.csv.zst", "arc_oltp.txt.zst", "c2k_web07.txt.zst", "lirs_sprite.txt.zst"}) {
    const auto recorded = read_trace(traces / name);
    const std::vector<std::uint64_t> keys(recorded.accesses.begin(), recorded.accesses.end());
    for (const std::size_t percent : {1, 5, 10}) {
      const auto capacity = recorded.keys.size() * percent / 100;
      const double lru = replay(eviction::lru, capacity, keys);
      const double learned = replay(eviction::learned, capacity, keys);
      BOOST_TEST_CONTEXT(name << " at " << percent << " %") {
        BOOST_TEST(learned > lru);
      }
      gain += (learned - lru) / 12;
      s3fifo_gain += (replay(eviction::s3fifo, capacity, keys) - lru) / 12;
    }
  }
  BOOST_TEST(gain > 3.7);
  BOOST_TEST(gain > s3fifo_gain + 0.8);
}

BOOST_AUTO_TEST_SUITE_END()
