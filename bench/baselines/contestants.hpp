// Everything that is compared on a trace: the baselines, and Stoker at its operating points.
//
// The settings of the published prefetchers are those with which they were tuned on these kinds of traces;
// how much they may store grows with the cache, as in libCacheSim, from which their published figures come.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "bench/baselines/simulation.hpp"
#include "storage/traces/trace.hpp"

namespace stoker::baselines {

struct contestant {
  std::string name;
  std::function<outcome(const trace& recorded, std::uint64_t capacity)> run;
  // Only on traces whose keys are numbers, and beside the means: its keys are not opaque.
  bool uses_numeric_order = false;
};

std::vector<contestant> plain_evictions();        // LRU first: what gains and loads are counted from
std::vector<contestant> published_prefetchers();  // Mithril and the probability graph, as measured by others

// The probability graph as its paper has it: no bound on what it stores, nothing forgotten.
std::vector<contestant> unbounded_prefetchers();

// True when every key is a decimal number.
bool has_numeric_keys(const trace& recorded);

}  // namespace stoker::baselines
