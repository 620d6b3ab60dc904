// What became of the items of a warmer's runs, added up for counters that only rise. Pure.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "messages/tally.hpp"
#include "messages/warming.hpp"

namespace stoker {

// Different strategies that are counted apart; further ones count as "other". A plan from elsewhere may name
// any, and each is a time series for whoever watches.
inline constexpr std::size_t most_counted_strategies = 64;

class run_tally {
 public:
  // A run is over: what it came to, and its items.
  void add(const warm_report& report, const std::vector<item_count>& items);
  // What its plan left out.
  void left_out(const warm_plan& plan);
  void add_to(warmer_status& status) const;

 private:
  std::uint64_t& place(const std::string& strategy, const std::string& result, const std::string& reason);

  std::map<std::string, std::map<std::pair<std::string, std::string>, std::uint64_t>> strategies_;
  std::map<std::string, std::uint64_t> ended_;  // runs by outcome
  std::uint64_t bytes_ = 0;
  duration run_time_{};
};

}  // namespace stoker
