// A recorded trace in memory: accesses in order, keys and subjects interned.
//
// Shapes: keys[id] is the key's bytes, ids dense in first-seen order; accesses, times, sizes, subjects and
// costs run in parallel, all but the first empty when the trace has no such column.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace stoker {

struct trace {
  std::vector<std::string> keys;
  std::vector<std::uint32_t> accesses;     // key id of each access, in order
  std::vector<double> times;               // seconds; empty: none recorded
  std::vector<std::uint32_t> sizes;        // bytes; empty: none recorded
  std::vector<std::uint32_t> subjects;     // subject id of each access; empty: none recorded
  std::vector<std::string> subject_names;  // subject_names[id]
  std::vector<std::uint32_t> costs_us;     // of loading the key, 0: unknown; empty: none recorded
  std::uint64_t malformed = 0;             // lines that were skipped because they say nothing
  std::uint64_t left_out = 0;              // lines that are fine and no access of a cache, such as a POST
};

}  // namespace stoker
