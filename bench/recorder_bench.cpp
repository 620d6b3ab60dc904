// What recording costs a host thread, beside an XXH3 hash and a copy of the same key, measured in the same
// run.
//
// Each figure is the best of several rounds: the machine may have other work, and that only ever adds time.
#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <limits>
#include <new>
#include <string>
#include <thread>
#include <vector>

#include "actors/tracking/recorder.hpp"
#include "actors/tracking/stamp.hpp"
#include "messages/key.hpp"

namespace {

std::atomic<std::uint64_t> allocations{0};

}  // namespace

void* operator new(std::size_t size) {
  allocations.fetch_add(1, std::memory_order_relaxed);
  if (void* room = std::malloc(size)) return room;
  throw std::bad_alloc{};
}
void operator delete(void* room) noexcept {
  std::free(room);
}
void operator delete(void* room, std::size_t) noexcept {
  std::free(room);
}

namespace {

using namespace stoker;

constexpr std::size_t key_size = 32;
constexpr std::size_t key_count = 1024;   // 32 KiB: the keys of a busy thread are in its cache
constexpr std::size_t round_size = 4096;  // accesses; they fit a ring
constexpr int rounds = 400;

std::vector<std::string> make_keys() {
  std::vector<std::string> keys;
  for (std::size_t i = 0; i < key_count; ++i) {
    std::string key = "/assets/page/" + std::to_string(i * 7919) + "/";
    key.resize(key_size, 'x');
    keys.push_back(key);
  }
  return keys;
}

// Nanoseconds for each of the accesses of a round.
template <class Work>
double time_round(Work work) {
  const auto start = std::chrono::steady_clock::now();
  for (std::size_t i = 0; i < round_size; ++i) work(i);
  const std::chrono::duration<double, std::nano> took = std::chrono::steady_clock::now() - start;
  return took.count() / round_size;
}

bool report(const char* name, double figure, double limit, const char* unit) {
  const bool ok = figure <= limit;
  std::printf("%-44s %9.2f %-6s limit %9.2f  %s\n", name, figure, unit, limit, ok ? "ok" : "over");
  return ok;
}

struct hit_cost {
  double hash_and_copy_ns = std::numeric_limits<double>::max();
  double record_ns = std::numeric_limits<double>::max();
  std::uint64_t allocations = 0;
};

hit_cost measure_hits(const std::vector<std::string>& keys) {
  recorder accesses;
  accesses.record(keys[0], access_outcome::hit);  // this thread's ring
  hit_cost best;
  std::array<char, key_size> copy{};
  std::atomic<std::uint64_t> sink{0};
  for (int round = 0; round < rounds; ++round) {
    best.hash_and_copy_ns = std::min(best.hash_and_copy_ns, time_round([&](std::size_t i) {
                                       const std::string& key = keys[i % key_count];
                                       sink.store(hash_key(key), std::memory_order_relaxed);
                                       std::memcpy(copy.data(), key.data(), key_size);
                                       std::atomic_signal_fence(std::memory_order_seq_cst);
                                     }));
    access_batch batch;
    accesses.drain(monotone_stamp(), std::numeric_limits<std::size_t>::max(), batch);
    const auto before = allocations.load();
    best.record_ns = std::min(best.record_ns, time_round([&](std::size_t i) {
                                accesses.record(keys[i % key_count], access_outcome::hit);
                              }));
    best.allocations += allocations.load() - before;
  }
  return best;
}

// Nobody drains: what an access costs then, and how many were counted as dropped of how many that had no
// room.
struct stalled_cost {
  double record_ns = std::numeric_limits<double>::max();
  std::uint64_t uncounted = 0;
};

stalled_cost measure_stalled(const std::vector<std::string>& keys) {
  recorder accesses;
  stalled_cost best;
  for (int round = 0; round < rounds; ++round)
    best.record_ns = std::min(best.record_ns, time_round([&](std::size_t i) {
                                accesses.record(keys[i % key_count], access_outcome::hit);
                              }));
  access_batch batch;
  accesses.drain(monotone_stamp(), std::numeric_limits<std::size_t>::max(), batch);
  best.uncounted = rounds * round_size - batch.records.size() - batch.dropped;
  return best;
}

// With a consumer that drains at the same time, from another core where there is one.
double measure_drained(const std::vector<std::string>& keys) {
  recorder accesses;
  std::atomic<bool> over{false};
  std::thread consumer{[&] {
    while (!over) {
      access_batch batch;
      accesses.drain(monotone_stamp(), 4096, batch);
      std::this_thread::sleep_for(std::chrono::milliseconds{1});
    }
  }};
  std::vector<double> costs;
  for (int round = 0; round < rounds; ++round)
    costs.push_back(
        time_round([&](std::size_t i) { accesses.record(keys[i % key_count], access_outcome::hit); }));
  over = true;
  consumer.join();
  std::sort(costs.begin(), costs.end());
  return costs[costs.size() / 2];
}

}  // namespace

int main() {
  const auto keys = make_keys();
  const hit_cost hits = measure_hits(keys);
  const stalled_cost stalled = measure_stalled(keys);
  bool ok = report("hit, 32-byte key", hits.record_ns, 2.5 * hits.hash_and_copy_ns, "ns");
  ok &= report("  of XXH3 and copy of the same key", hits.record_ns / hits.hash_and_copy_ns, 2.5, "times");
  ok &= report("allocations on hits", static_cast<double>(hits.allocations), 0, "");
  ok &= report("hit while nobody drains", stalled.record_ns, 1.25 * hits.record_ns, "ns");
  ok &= report("  dropped and not counted", static_cast<double>(stalled.uncounted), 0, "");
  std::printf("%-44s %9.2f ns     (for comparison, no limit)\n", "hit while a thread drains, median",
              measure_drained(keys));
  return ok ? 0 : 1;
}
