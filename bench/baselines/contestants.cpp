#include "bench/baselines/contestants.hpp"

#include <algorithm>

#include "bench/baselines/belady.hpp"
#include "bench/baselines/mithril.hpp"
#include "bench/baselines/plain_eviction.hpp"
#include "bench/baselines/probability_graph.hpp"

namespace stoker::baselines {

namespace {

// What a prefetcher may store for each object of the cache, as a tenth of a 64 KiB object. libCacheSim bounds
// metadata by a share of the cache's bytes; its published figures were measured so generously that the bound
// tells in the smallest caches only.
constexpr std::uint64_t metadata_bytes_per_object = 65536 / 10;
constexpr std::uint64_t graph_part_bytes = 32;  // of a node or an arc of the probability graph

contestant plain(const std::string& name, eviction kind) {
  return {name, [kind](const trace& recorded, std::uint64_t capacity) {
            return simulate_eviction(recorded.accesses, recorded.keys.size(), capacity, kind);
          }};
}

contestant belady() {
  return {"Belady (optimum)", [](const trace& recorded, std::uint64_t capacity) {
            return simulate_belady(recorded.accesses, recorded.keys.size(), capacity);
          }};
}

contestant graph(const std::string& name, probability_graph_options options, bool bounded) {
  return {name, [options, bounded](const trace& recorded, std::uint64_t capacity) {
            auto sized = options;
            if (bounded) sized.most_parts = capacity * metadata_bytes_per_object / graph_part_bytes;
            probability_graph prefetching(recorded.keys.size(), sized);
            return simulate_lru(recorded.accesses, recorded.keys.size(), capacity, &prefetching);
          }};
}

// A fifth of the metadata goes to the recording table, the rest to the prefetch table, at the paper's row
// sizes.
mithril_options sized_for(mithril_options options, std::uint64_t capacity) {
  const auto bytes = capacity * metadata_bytes_per_object;
  const auto recording_row_bytes = 12 + 2 * ((options.min_support + 1) / 2);
  const auto prefetch_row_bytes = 12 + 8 * options.list_size;
  options.recording_rows = std::max<std::uint64_t>(2, bytes / 5 / recording_row_bytes);
  options.prefetch_rows = std::max<std::uint64_t>(2000, bytes / prefetch_row_bytes);
  return options;
}

contestant mining(const std::string& name, const mithril_options& options) {
  return {name, [options](const trace& recorded, std::uint64_t capacity) {
            mithril prefetching(recorded.keys.size(), sized_for(options, capacity));
            return simulate_lru(recorded.accesses, recorded.keys.size(), capacity, &prefetching);
          }};
}

}  // namespace

std::vector<contestant> plain_evictions() {
  return {plain("LRU", eviction::lru), plain("S3-FIFO", eviction::s3fifo), belady()};
}

std::vector<contestant> published_prefetchers() {
  return {mining("Mithril as shipped", {}),
          mining("Mithril mt128 ms4 pf2", {.min_support = 4, .mining_threshold = 128}),
          mining("Mithril mt64 pf4", {.list_size = 4, .mining_threshold = 64}),
          graph("PG, one step, P>.25", {.steps = 1, .forgets_weak_arcs = true}, true),
          graph("PG, five steps, P>.25", {.steps = 5, .forgets_weak_arcs = true}, true)};
}

std::vector<contestant> unbounded_prefetchers() {
  return {graph("PG, one step, no bound", {.steps = 1}, false),
          graph("PG, five steps, no bound", {.steps = 5}, false)};
}

bool has_numeric_keys(const trace& recorded) {
  return std::all_of(recorded.keys.begin(), recorded.keys.end(), [](const auto& key) {
    return key.find_first_not_of("0123456789") == std::string::npos;
  });
}

}  // namespace stoker::baselines
