// The memory cache and the flight table under many threads: for a thread sanitizer to judge, and for what
// must hold however the threads interleave. Without any actor.
#include <atomic>
#include <boost/test/unit_test.hpp>
#include <functional>
#include <mutex>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "storage/caches/flight_table.hpp"
#include "storage/caches/memory/memory_cache.hpp"

BOOST_AUTO_TEST_SUITE(cache_threads_test)

namespace {

using namespace stoker;

constexpr int threads = 4;
constexpr int steps_per_thread = 20'000;
constexpr int keys = 400;

void in_threads(int count, const std::function<void(int)>& work) {
  std::vector<std::thread> pool;
  for (int t = 0; t < count; ++t) pool.emplace_back(work, t);
  for (auto& thread : pool) thread.join();
}

// A value tells its key, and a version: what is read must have been written under that key.
value versioned(const std::string& key, std::uint64_t version) {
  return value(key + "=" + std::to_string(version) + std::string(version % 5000, '.'));
}

bool belongs_to(const value& bytes, const std::string& key) {
  return bytes.view().starts_with(key + "=");
}

// A key at an origin, with the version of its value there. Changes of one key follow one another.
struct contested_key {
  std::string name;
  std::mutex changing;
  std::atomic<std::uint64_t> version{0};
};

struct contested_keys {
  explicit contested_keys(std::size_t count) : all(count) {
    for (std::size_t i = 0; i < count; ++i) all[i].name = "key " + std::to_string(i);
  }
  contested_key& any(std::mt19937& random) { return all[random() % all.size()]; }

  std::vector<contested_key> all;
};

entry_options hour_with_tag(const contested_key& key) {
  entry_options options;
  options.ttl = std::chrono::hours{1};
  options.tags = {key.name};
  return options;
}

// As an application does it: the origin first, then the cache. False: what is there then is older.
bool change_and_check(memory_cache& cache, contested_key& key, std::mt19937& random) {
  std::lock_guard guard{key.changing};
  const auto version = ++key.version;
  switch (random() % 3) {
    case 0:
      cache.put(key.name, value(std::to_string(version)), hour_with_tag(key), {});
      break;
    case 1:
      cache.invalidate(key.name);
      break;
    default:
      cache.invalidate_tags({key.name});
      break;
  }
  const auto found = cache.get(key.name, {});
  return found.outcome == lookup::miss || std::stoull(std::string(found.bytes.view())) >= version;
}

// One random call; returns false when an answer cannot be right.
bool disturb(memory_cache& cache, std::mt19937& random, time_point now) {
  const std::string key = "key" + std::to_string(random() % keys);
  entry_options options;
  if (random() % 3 == 0) options.ttl = std::chrono::seconds(random() % 5 + 1);
  if (random() % 3 == 0) options.tags = {"tag" + std::to_string(random() % 8)};
  switch (random() % 16) {
    case 0:
      cache.put(key, versioned(key, random()), options, now);
      break;
    case 1:
      cache.fill(key, cache.begin_fill(key), versioned(key, random()), options, filled_by::warmer, now);
      break;
    case 2:
      cache.fill(key, cache.begin_fill(key), versioned(key, random()), options, filled_by::user, now);
      break;
    case 3:
      cache.refresh(key, cache.begin_fill(key), versioned(key, random()), options, now);
      break;
    case 4:
      cache.invalidate(key);
      break;
    case 5:
      cache.remove_unused(key);
      break;
    case 6:
      cache.contains(key, now);
      break;
    default:
      break;
  }
  const lookup_result found = cache.get(key, now);
  return found.outcome == lookup::miss || belongs_to(found.bytes, key);
}

// What the maintenance of a live cache does now and then.
void maintain(memory_cache& cache, std::mt19937& random, time_point now) {
  std::vector<entry_info> listed;
  std::vector<departure> left;
  memory_cache::listing at;
  switch (random() % 6) {
    case 0:
      cache.sweep(now);
      break;
    case 1:
      cache.invalidate_tags({"tag" + std::to_string(random() % 8)});
      break;
    case 2:
      while (cache.list(at, now, listed)) {
      }
      break;
    case 3:
      cache.take_departures(left);
      break;
    case 4:
      cache.stats();
      break;
    case 5:
      cache.clear();
      break;
  }
}

void stress(eviction policy, std::size_t shards) {
  memory_cache_config config;
  // Full all the time.
  config.capacity_bytes =
      shards * (policy == eviction::learned ? memory_cache::min_learned_bytes : 24 * 1024);
  config.policy = policy;
  config.shards = shards;
  memory_cache cache(config);
  std::atomic<int> wrong{0};
  std::atomic<std::int64_t> seconds{0};
  in_threads(threads, [&](int t) {
    std::mt19937 random(static_cast<unsigned>(t));
    for (int i = 0; i < steps_per_thread; ++i) {
      const time_point now{std::chrono::seconds(i % 100 == 0 ? ++seconds : seconds.load())};
      wrong += !disturb(cache, random, now);
      if (i % 500 == 0) maintain(cache, random, now);
    }
  });
  BOOST_TEST(wrong == 0);
  const cache_stats stats = cache.stats();
  BOOST_TEST(stats.hits + stats.misses == static_cast<std::uint64_t>(threads * steps_per_thread));
  BOOST_TEST(stats.prefetches == stats.first_uses + stats.prefetched_wasted + stats.entries_unused);
  BOOST_TEST(stats.bytes <= config.capacity_bytes);
}

}  // namespace

BOOST_AUTO_TEST_CASE(many_threads_never_see_a_wrong_value_nor_lose_count) {
  for (const eviction policy : {eviction::lru, eviction::s3fifo, eviction::learned})
    for (const std::size_t shards : {1u, 8u}) stress(policy, shards);
}

// Writers set ever higher versions; fillers load what the writers had last published, late. No reader may
// ever see a version older than one that he, or a writer before him, saw set.
BOOST_AUTO_TEST_CASE(a_fill_never_brings_back_what_a_live_set_replaced) {
  memory_cache_config config;
  config.capacity_entries = 4;  // live sets are evicted all the time, and fills may step in
  config.shards = 1;
  memory_cache cache(config);
  constexpr int contested = 8;
  std::vector<std::atomic<std::uint64_t>> origin(contested);  // what a load reads
  std::atomic<int> stale{0};
  const auto version_of = [](const value& bytes) { return std::stoull(std::string(bytes.view())); };
  in_threads(threads, [&](int t) {
    std::mt19937 random(static_cast<unsigned>(t));
    for (int i = 0; i < steps_per_thread; ++i) {
      const int k = static_cast<int>(random() % contested);
      const std::string key = std::to_string(k);
      if (t == 0) {  // the one writer: the origin first, then the cache
        const std::uint64_t version = ++origin[static_cast<std::size_t>(k)];
        cache.put(key, value(std::to_string(version)), {}, {});
        continue;
      }
      const fill_token token = cache.begin_fill(key);
      const std::uint64_t loaded = origin[static_cast<std::size_t>(k)];
      cache.fill(key, token, value(std::to_string(loaded)), {}, filled_by::user, {});
    }
  });
  for (int k = 0; k < contested; ++k) {
    const lookup_result found = cache.get(std::to_string(k), {});
    if (found.outcome != lookup::miss) stale += version_of(found.bytes) < origin[static_cast<std::size_t>(k)];
  }
  BOOST_TEST(stale == 0);
}

// Each round, every thread wants the same key: one of them loads.
// The same, whatever the change is, of refreshes too; and no entry loses its TTL.
BOOST_AUTO_TEST_CASE(nothing_stale_stays_when_sets_deletes_fills_and_refreshes_race) {
  memory_cache_config config;
  config.capacity_entries = 24;
  config.shards = 1;
  memory_cache cache(config);
  contested_keys origin(32);
  std::atomic<std::uint64_t> operations{0}, refreshed{0}, fenced{0}, stale{0};
  in_threads(threads, [&](int t) {
    std::mt19937 random(static_cast<unsigned>(t));
    for (int i = 0; i < 2 * steps_per_thread; ++i, ++operations) {
      auto& key = origin.any(random);
      if (t < 2) {
        stale += !change_and_check(cache, key, random);
        continue;
      }
      const fill_token token = cache.begin_fill(key.name);
      const value bytes(std::to_string(key.version));
      const auto result = t == 2
                              ? cache.fill(key.name, token, bytes, hour_with_tag(key), filled_by::warmer, {})
                              : cache.refresh(key.name, token, bytes, hour_with_tag(key), {});
      fenced += result == fill_result::fenced;
      refreshed += t != 2 && result == fill_result::stored;
    }
  });
  BOOST_TEST(operations >= 100'000u);
  BOOST_TEST(stale == 0u);
  BOOST_TEST(fenced > 0u);
  BOOST_TEST(refreshed > 0u);
  for (const auto& key : origin.all) BOOST_TEST(!cache.contains(key.name, time_point{std::chrono::hours{2}}));
}

BOOST_AUTO_TEST_CASE(of_many_threads_one_loads) {
  constexpr int rounds = 500;
  memory_cache_config config;
  config.capacity_entries = 10'000;
  memory_cache cache(config);
  flight_table flights;
  std::atomic<int> loads{0}, wrong{0};
  const auto patience = std::chrono::steady_clock::now() + std::chrono::minutes(10);
  const auto lead = [&](flight_table::leader& leader, const std::string& key) {
    if (!cache.contains(key, {})) {
      ++loads;
      cache.fill(key, cache.begin_fill(key), versioned(key, 1), {}, filled_by::user, {});
    }
    load_result result;
    result.outcome = load_outcome::loaded;
    result.bytes = versioned(key, 1);
    leader.land(result);
  };
  in_threads(threads, [&](int) {
    for (int round = 0; round < rounds; ++round) {
      const std::string key = std::to_string(round);
      if (cache.get(key, {}).outcome != lookup::miss) continue;
      auto joined = flights.join(key);
      if (auto* leader = std::get_if<flight_table::leader>(&joined)) {
        lead(*leader, key);
      } else {
        const auto result = std::get<flight_table::follower>(joined).wait_until(patience);
        wrong += !result || !belongs_to(result->bytes, key);
      }
    }
  });
  BOOST_TEST(loads == rounds);
  BOOST_TEST(wrong == 0);
  BOOST_TEST(flights.size() == 0u);
}

BOOST_AUTO_TEST_CASE(callbacks_and_fences_race_without_losing_anyone) {
  flight_table flights;
  std::atomic<int> answered{0}, promised{0}, led{0};
  in_threads(threads, [&](int t) {
    std::mt19937 random(static_cast<unsigned>(t));
    for (int i = 0; i < steps_per_thread; ++i) {
      const std::string key = std::to_string(random() % 4);
      if (random() % 4 == 0) flights.fence(key);
      auto joined = flights.join(key, [&](const load_result&) { ++answered; });
      promised += std::holds_alternative<flight_table::promised>(joined);
      if (auto* leader = std::get_if<flight_table::leader>(&joined)) {
        ++led;
        if (random() % 2) leader->land({});  // otherwise he goes away, which lands, too
      }
    }
  });
  BOOST_TEST(answered == promised);
  BOOST_TEST(led > 0);
  BOOST_TEST(flights.size() == 0u);
}

BOOST_AUTO_TEST_SUITE_END()
