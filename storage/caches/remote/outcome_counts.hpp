// Counts what became of the items of batches: the part of remote_stats that a back end keeps itself.
//
// Threads: one at a time.
#pragma once

#include <span>

#include "storage/caches/remote_cache.hpp"

namespace stoker {

class outcome_counts {
 public:
  void add(const remote_outcome& one) {
    switch (one.result) {
      case fill_result::stored:
        ++counts_.stored;
        break;
      case fill_result::present:
        ++counts_.present;
        break;
      case fill_result::fenced:
        ++counts_.fenced;
        break;
      case fill_result::too_large:
        ++counts_.too_large;
        break;
      case fill_result::refused:
        add(one.why, 1);
        break;
    }
  }
  void add(std::span<const remote_outcome> many) {
    for (const auto& one : many) add(one);
  }
  void add(std::span<const remote_look> many) {
    for (const auto& one : many) add(one.why, 1);
  }
  void add(trouble why, std::uint64_t items) {
    if (why != trouble::none) counts_.troubles[static_cast<std::size_t>(why)] += items;
  }

  const remote_stats& counts() const noexcept { return counts_; }

 private:
  remote_stats counts_;
};

}  // namespace stoker
