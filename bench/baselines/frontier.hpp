// Collects what each contestant comes to on each trace and size, and prints it: gain against load.
//
// A cell is a trace at one cache size. Gain is points of hit ratio over plain LRU, load (misses + prefetches)
// / misses of plain LRU.
#pragma once

#include <string>
#include <vector>

#include "bench/baselines/simulation.hpp"

namespace stoker::baselines {

struct cell {
  double hit_percent = 0;
  double gain_points = 0;
  double precision = 1;  // of nothing prefetched, nothing was wasted
  double load = 1;
  double seconds = 0;
  std::uint64_t requests = 0;
  double metadata_bytes_per_key = 0;
};

cell make_cell(const outcome& result, const outcome& plain_lru, std::uint64_t distinct_keys, double seconds);

// The cells of one contestant, in the order in which they were measured.
struct standing {
  std::string name;
  std::vector<cell> cells;

  double mean_gain() const;
  double worst_gain() const;
  double mean_precision() const;
  double mean_load() const;
  double accesses_per_second() const;  // of all requests together
  double mean_bytes_per_key() const;
};

// One line a contestant; with the hit ratio of every cell when there are few.
std::string frontier_table(const std::vector<standing>& standings,
                           const std::vector<std::string>& cell_names);

}  // namespace stoker::baselines
