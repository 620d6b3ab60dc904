// A recorded trace in memory: accesses in order, keys and subjects interned.
//
// Shapes: keys[id] is the key's bytes, ids dense in first-seen order; accesses, times, sizes and subjects run
// in parallel, the last three empty when the trace has no such column.
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
};

}  // namespace stoker
