// Eviction policies: against naive models, and against figures that are known for recorded traces.
#include "storage/caches/memory/eviction.hpp"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <deque>
#include <filesystem>
#include <iostream>
#include <list>
#include <map>
#include <optional>
#include <random>
#include <set>
#include <stdexcept>
#include <vector>

#include "messages/key.hpp"
#include "storage/caches/memory/lru.hpp"
#include "storage/caches/memory/memory_cache.hpp"
#include "storage/caches/memory/prefetch_share.hpp"
#include "storage/caches/memory/s3fifo.hpp"
#include "storage/traces/read_trace.hpp"

BOOST_AUTO_TEST_SUITE(eviction_test)

namespace {

using namespace stoker;
using slot = eviction_policy::slot;

std::uint64_t hash_of(int key) {
  return hash_key(std::to_string(key));
}

// A cache of `capacity` keys around a policy: gives slots as the shard does, and tells what it evicted.
class driver {
 public:
  driver(std::unique_ptr<eviction_policy> policy, std::size_t capacity)
      : policy_(std::move(policy)), keys_(capacity) {
    for (std::size_t s = capacity; s-- > 0;) free_.push_back(static_cast<slot>(s));
  }

  // True: a hit.
  bool access(int key) {
    const auto found = slots_.find(key);
    if (found == slots_.end()) {
      policy_->missed(hash_of(key));
      insert(key, false);
      return false;
    }
    policy_->demanded(found->second, unused_.erase(key) > 0);
    return true;
  }

  void prefetch(int key) {
    if (slots_.contains(key)) return;
    insert(key, true);
    unused_.insert(key);
  }

  void invalidate(int key) {
    const auto found = slots_.find(key);
    if (found != slots_.end()) leave(found->second);
  }

  bool holds(int key) const { return slots_.contains(key); }
  std::set<int> keys() const {
    std::set<int> all;
    for (const auto& [key, s] : slots_) all.insert(key);
    return all;
  }

 private:
  void insert(int key, bool prefetched) {
    if (free_.empty()) leave(policy_->victim());
    const slot s = free_.back();
    free_.pop_back();
    keys_[s] = key;
    slots_[key] = s;
    policy_->inserted(s, hash_of(key), prefetched, 0.5F);
  }

  void leave(slot s) {
    policy_->erased(s);
    unused_.erase(keys_[s]);
    slots_.erase(keys_[s]);
    free_.push_back(s);
  }

  std::unique_ptr<eviction_policy> policy_;
  std::vector<int> keys_;
  std::map<int, slot> slots_;
  std::set<int> unused_;
  std::vector<slot> free_;
};

// S3-FIFO as algorithm 1 of the paper reads, with lists and linear searches.
class naive_s3fifo {
 public:
  explicit naive_s3fifo(std::size_t capacity) : capacity_(capacity) {}

  bool access(int key) {
    for (auto* queue : {&small_, &main_})
      for (item& i : *queue)
        if (i.key == key) {
          i.frequency = std::min(i.frequency + 1, 3);
          return true;
        }
    while (small_.size() + main_.size() >= capacity_) evict();
    const auto ghost = std::find(ghost_.begin(), ghost_.end(), key);
    if (ghost == ghost_.end()) {
      small_.push_front({key, 0});
    } else {
      ghost_.erase(ghost);
      main_.push_front({key, 0});
    }
    return false;
  }

  std::set<int> keys() const {
    std::set<int> all;
    for (const auto* queue : {&small_, &main_})
      for (const item& i : *queue) all.insert(i.key);
    return all;
  }

 private:
  struct item {
    int key;
    int frequency;
  };

  void evict() {
    const std::size_t residents = small_.size() + main_.size();
    const bool main_is_full = main_.size() > residents - residents / 10;
    if (main_is_full || !evict_small()) evict_main();
  }

  bool evict_small() {
    while (!small_.empty()) {
      const item last = small_.back();
      small_.pop_back();
      if (last.frequency < 2) {
        remember(last.key);
        return true;
      }
      main_.push_front({last.key, 0});
    }
    return false;
  }

  void evict_main() {
    for (;;) {
      const item last = main_.back();
      main_.pop_back();
      if (last.frequency == 0) return;
      main_.push_front({last.key, last.frequency - 1});
    }
  }

  void remember(int key) {
    const std::size_t left = small_.size() + main_.size();
    ghost_.push_front(key);
    while (ghost_.size() > left - left / 10) ghost_.pop_back();
  }

  std::size_t capacity_;
  std::list<item> small_, main_;
  std::deque<int> ghost_;
};

// Keys with some favourites, so that hits, second chances and ghosts all occur.
int draw(std::mt19937& random) {
  const int spread = 1 << (random() % 11);
  return static_cast<int>(random() % static_cast<unsigned>(spread));
}

std::optional<trace> recorded(const std::string& name) {
  const std::filesystem::path file = std::filesystem::path(STOKER_SOURCE_DIR "/../shared/traces") / name;
  if (std::filesystem::exists(file)) return read_trace(file);
  std::cout << "skipped: the trace " << name << " is not here\n";
  return std::nullopt;
}

// Hit ratio in per cent of a cache of `entries` that loads what it misses.
double replayed(const trace& t, eviction policy, std::size_t entries) {
  memory_cache_config config;
  config.capacity_entries = entries;
  config.policy = policy;
  config.shards = 1;
  memory_cache cache(config);
  std::vector<std::uint64_t> hashes;
  for (const auto& key : t.keys) hashes.push_back(hash_key(key));
  const value bytes("v");
  for (const auto id : t.accesses)
    if (cache.get(t.keys[id], hashes[id], {}).outcome == lookup::miss)
      cache.fill(t.keys[id], cache.begin_fill(t.keys[id]), bytes, {}, filled_by::user, {});
  return 100.0 * static_cast<double>(cache.stats().hits) / static_cast<double>(t.accesses.size());
}

std::size_t percent_of_keys(const trace& t, std::size_t percent) {
  return std::max<std::size_t>(1, t.keys.size() * percent / 100);
}

}  // namespace

BOOST_AUTO_TEST_CASE(lru_evicts_what_was_demanded_longest_ago) {
  driver cache(std::make_unique<lru>(true), 3);
  for (const int key : {1, 2, 3, 1}) cache.access(key);
  cache.access(4);
  BOOST_TEST((cache.keys() == std::set<int>{1, 3, 4}));
  cache.access(5);
  BOOST_TEST((cache.keys() == std::set<int>{1, 4, 5}));
}

BOOST_AUTO_TEST_CASE(lru_agrees_with_a_list_on_random_accesses) {
  std::mt19937 random(1);
  driver cache(std::make_unique<lru>(true), 50);
  std::list<int> order;
  for (int i = 0; i < 20'000; ++i) {
    const int key = draw(random);
    const bool expected = std::find(order.begin(), order.end(), key) != order.end();
    order.remove(key);
    if (random() % 20 == 0) {
      cache.invalidate(key);
      continue;
    }
    order.push_front(key);
    if (order.size() > 50) order.pop_back();
    BOOST_REQUIRE_EQUAL(cache.access(key), expected);
  }
  BOOST_TEST((cache.keys() == std::set<int>(order.begin(), order.end())));
}

BOOST_AUTO_TEST_CASE(s3fifo_agrees_with_the_paper_on_random_accesses) {
  for (const std::size_t capacity : {1u, 2u, 9u, 10u, 64u, 300u}) {
    std::mt19937 random(static_cast<unsigned>(capacity));
    driver cache(std::make_unique<s3fifo>(), capacity);
    naive_s3fifo model(capacity);
    for (int i = 0; i < 20'000; ++i) {
      const int key = draw(random);
      BOOST_REQUIRE_EQUAL(cache.access(key), model.access(key));
    }
    BOOST_TEST((cache.keys() == model.keys()));
  }
}

BOOST_AUTO_TEST_CASE(s3fifo_holds_a_scan_off) {
  driver cache(std::make_unique<s3fifo>(), 100);
  for (int round = 0; round < 3; ++round)
    for (int key = 0; key < 50; ++key) cache.access(key);
  for (int key = 1000; key < 2000; ++key) cache.access(key);
  for (int key = 0; key < 50; ++key) BOOST_TEST(cache.holds(key));
}

BOOST_AUTO_TEST_CASE(s3fifo_admits_a_key_that_came_back_soon_to_the_main_queue) {
  driver cache(std::make_unique<s3fifo>(), 20);
  for (int key = 0; key < 21; ++key) cache.access(key);
  BOOST_TEST(!cache.holds(0));
  cache.access(0);
  for (int key = 100; key < 140; ++key) cache.access(key);
  BOOST_TEST(cache.holds(0));
}

BOOST_AUTO_TEST_CASE(an_invalidated_key_leaves_no_ghost) {
  driver cache(std::make_unique<s3fifo>(), 20);
  for (int key = 0; key < 20; ++key) cache.access(key);
  cache.invalidate(0);
  cache.access(0);
  for (int key = 100; key < 140; ++key) cache.access(key);
  BOOST_TEST(!cache.holds(0));
}

BOOST_AUTO_TEST_CASE(every_policy_lets_random_work_end_with_what_it_holds) {
  for (const eviction kind : {eviction::lru, eviction::s3fifo, eviction::learned}) {
    std::mt19937 random(3);
    driver cache(make_eviction_policy(kind), 40);
    for (int i = 0; i < 20'000; ++i) {
      const int key = draw(random);
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
          BOOST_REQUIRE(cache.holds(key));
      }
      BOOST_REQUIRE_LE(cache.keys().size(), 40u);
    }
  }
}

BOOST_AUTO_TEST_CASE(prefetched_entries_are_safe_within_their_share_for_one_turnover) {
  BOOST_TEST(!prefetched_goes_first(0, 100, 1000));
  BOOST_TEST(!prefetched_goes_first(10, 100, 100));
  BOOST_TEST(prefetched_goes_first(11, 100, 0));
  BOOST_TEST(prefetched_goes_first(1, 100, 101));
  BOOST_TEST(!prefetched_goes_first(1, 5, 1));
}

BOOST_AUTO_TEST_CASE(what_a_policy_remembers_grows_with_its_entries_and_is_counted) {
  for (const eviction kind : {eviction::lru, eviction::s3fifo, eviction::learned}) {
    const auto policy = make_eviction_policy(kind);
    const std::size_t empty = policy->metadata_bytes();
    for (slot s = 0; s < 10'000; ++s) policy->inserted(s, hash_of(static_cast<int>(s)), false, 0);
    BOOST_TEST(policy->metadata_bytes() >= empty + 10'000 * 8);
  }
}

BOOST_AUTO_TEST_CASE(an_unknown_policy_is_refused) {
  BOOST_CHECK_THROW(make_eviction_policy(static_cast<eviction>(99)), std::invalid_argument);
}

// Known: libCacheSim's LRU on this trace.
BOOST_AUTO_TEST_CASE(lru_meets_the_known_hit_ratio_of_a_database_trace) {
  const auto t = recorded("arc_oltp.txt.zst");
  if (!t) return;
  BOOST_TEST(std::abs(replayed(*t, eviction::lru, 1000) - 32.83) < 0.005);
}

// Known: libCacheSim's S3-FIFO, at 1, 5 and 10 % of the keys.
BOOST_AUTO_TEST_CASE(s3fifo_meets_the_known_hit_ratios_of_recorded_traces) {
  struct known {
    const char* name;
    std::size_t percent;
    double hit_percent;
  };
  const known figures[] = {{"arc_oltp.txt.zst", 1, 46.46},    {"arc_oltp.txt.zst", 5, 62.11},
                           {"arc_oltp.txt.zst", 10, 67.78},   {"c2k_web07.txt.zst", 1, 43.80},
                           {"c2k_web07.txt.zst", 5, 54.22},   {"c2k_web07.txt.zst", 10, 58.13},
                           {"lirs_sprite.txt.zst", 1, 21.50}, {"lirs_sprite.txt.zst", 5, 67.27},
                           {"cloudphysics.csv.zst", 5, 19.75}};
  for (const known& figure : figures) {
    const auto t = recorded(figure.name);
    if (!t) return;
    const double hit_percent = replayed(*t, eviction::s3fifo, percent_of_keys(*t, figure.percent));
    BOOST_TEST(std::abs(hit_percent - figure.hit_percent) < 0.5,
               figure.name << " at " << figure.percent << " %: " << hit_percent);
  }
}

BOOST_AUTO_TEST_SUITE_END()
