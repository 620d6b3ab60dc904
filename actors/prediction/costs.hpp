// What misses of the candidates of a prediction cost: each key's own where it is known, else the mean.
//
// Pure. Threads: none of its own.
#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>

#include "messages/prefetching.hpp"

namespace stoker {

class known_costs {
 public:
  // 0: not known.
  void add(const std::string& key, std::uint32_t cost_us);
  // Candidates without a cost of their own keep the mean that they have; when they have none, they get that
  // of the others.
  void put_into(predictions& answer) const;

 private:
  std::unordered_map<std::string, std::uint32_t> by_key_;
  std::uint64_t sum_us_ = 0;
};

}  // namespace stoker
