// Capacity in bytes is what the heap really gave: every allocation of this program is counted and compared
// with what the cache says. A program of its own, since it replaces operator new.
#include <malloc.h>

#include <atomic>
#include <boost/test/unit_test.hpp>
#include <cstdlib>
#include <iostream>
#include <memory>
#include <new>
#include <random>
#include <string>

#include "storage/caches/memory/memory_cache.hpp"

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define STOKER_FOREIGN_HEAP 1  // a sanitizer's allocator has other sizes: nothing to compare
#else
#define STOKER_FOREIGN_HEAP 0
#endif

#if !STOKER_FOREIGN_HEAP
namespace counted_heap {

std::atomic<std::size_t> heap_in_use{0};
constexpr std::size_t chunk_header = 8;

void* counted(void* p) {
  if (!p) throw std::bad_alloc();
  heap_in_use += malloc_usable_size(p) + chunk_header;
  return p;
}

void discount(void* p) noexcept {
  if (p) heap_in_use -= malloc_usable_size(p) + chunk_header;
  std::free(p);
}

}  // namespace counted_heap

void* operator new(std::size_t size) {
  return counted_heap::counted(std::malloc(size));
}
void* operator new[](std::size_t size) {
  return counted_heap::counted(std::malloc(size));
}
void* operator new(std::size_t size, std::align_val_t alignment) {
  const auto a = static_cast<std::size_t>(alignment);
  return counted_heap::counted(std::aligned_alloc(a, (size + a - 1) / a * a));
}
void* operator new[](std::size_t size, std::align_val_t alignment) {
  return operator new(size, alignment);
}
void operator delete(void* p) noexcept {
  counted_heap::discount(p);
}
void operator delete[](void* p) noexcept {
  counted_heap::discount(p);
}
void operator delete(void* p, std::size_t) noexcept {
  counted_heap::discount(p);
}
void operator delete[](void* p, std::size_t) noexcept {
  counted_heap::discount(p);
}
void operator delete(void* p, std::align_val_t) noexcept {
  counted_heap::discount(p);
}
void operator delete[](void* p, std::align_val_t) noexcept {
  counted_heap::discount(p);
}
void operator delete(void* p, std::size_t, std::align_val_t) noexcept {
  counted_heap::discount(p);
}
void operator delete[](void* p, std::size_t, std::align_val_t) noexcept {
  counted_heap::discount(p);
}
#endif

BOOST_AUTO_TEST_SUITE(memory_footprint_test)

namespace {

using namespace stoker;

// What a workload does to the cache at step i.
struct workload {
  const char* name;
  std::size_t min_value;
  std::size_t max_value;
  std::size_t key_size;
  bool tags;
  bool ttl;
};

constexpr workload workloads[] = {
    {"tiny values", 0, 16, 12, false, false},     {"small values", 100, 1000, 32, false, false},
    {"mixed values", 1, 60'000, 40, false, true}, {"large values", 100'000, 400'000, 32, false, false},
    {"long keys", 10, 200, 300, false, false},    {"tagged", 50, 500, 24, true, true},
};

[[maybe_unused]] void apply(memory_cache& cache, const workload& w, std::uint32_t step,
                            std::mt19937& random) {
  std::string key = std::to_string(step);
  key.insert(0, w.key_size - std::min(w.key_size, key.size()), '0');
  entry_options options;
  if (w.tags)
    options.tags = {"one of a hundred: " + std::to_string(step % 100), "own: " + std::to_string(step)};
  if (w.ttl) options.ttl = std::chrono::hours(1);
  const std::string bytes(w.min_value + random() % (w.max_value - w.min_value + 1), 'v');
  if (step % 2)
    cache.put(key, value(bytes), options, {});
  else
    cache.fill(key, cache.begin_fill(key), value(bytes), options, filled_by::warmer, {});
}

// The cache's own account as a share of what the heap gave, once it is `fill` full.
double account(const workload& w, eviction policy, std::size_t capacity, std::uint32_t steps) {
#if STOKER_FOREIGN_HEAP
  static_cast<void>(w), static_cast<void>(policy), static_cast<void>(capacity), static_cast<void>(steps);
  return 1;
#else
  std::mt19937 random(17);
  memory_cache_config config;
  config.capacity_bytes = capacity;
  config.policy = policy;
  const std::size_t before = counted_heap::heap_in_use;
  auto cache = std::make_unique<memory_cache>(config);
  for (std::uint32_t i = 0; i < steps; ++i) apply(*cache, w, i, random);
  const double taken = static_cast<double>(counted_heap::heap_in_use - before);
  const cache_stats stats = cache->stats();
  BOOST_TEST(stats.bytes <= capacity);
  cache.reset();
  BOOST_TEST(counted_heap::heap_in_use == before, "the cache kept memory after its end");
  return static_cast<double>(stats.bytes) / taken;
#endif
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_full_cache_counts_what_it_takes_within_five_per_cent) {
  if (STOKER_FOREIGN_HEAP) std::cout << "skipped: the sanitizer's heap is not the one that is counted\n";
  for (const eviction policy : {eviction::lru, eviction::s3fifo, eviction::learned})
    for (const workload& w : workloads) {
      const double share = account(w, policy, 32 << 20, w.max_value > 10'000 ? 2'000 : 150'000);
      std::cout << "policy " << static_cast<int>(policy) << ", " << w.name << ": counted " << 100 * share
                << " %\n";
      BOOST_TEST(share > 0.95, w.name);
      BOOST_TEST(share < 1.05, w.name);
    }
}

BOOST_AUTO_TEST_CASE(a_small_and_a_half_empty_cache_count_as_well) {
  for (const workload& w : workloads) {
    const double small = account(w, eviction::s3fifo, 1 << 20, 3'000);
    BOOST_TEST(std::abs(small - 1) < 0.05, w.name << " in 1 MiB: " << small);
    const double sparse = account(w, eviction::s3fifo, 1 << 30, 1'500);
    BOOST_TEST(std::abs(sparse - 1) < 0.05, w.name << " in 1 GiB: " << sparse);
  }
}

BOOST_AUTO_TEST_SUITE_END()
