#include "actors/warming/run_tally.hpp"

#include <algorithm>

#include "actors/warming/plan.hpp"

namespace stoker {

namespace {

const std::string others = "other";

std::string code_of(left_out_reason reason) {
  std::string code = to_string(reason);
  std::replace(code.begin(), code.end(), ' ', '_');
  return code;
}

}  // namespace

std::uint64_t& run_tally::place(const std::string& strategy, const std::string& result,
                                const std::string& reason) {
  const auto full = strategies_.size() >= most_counted_strategies && !strategies_.contains(strategy);
  return strategies_[full ? others : strategy][{result, reason}];
}

void run_tally::add(const warm_report& report, const std::vector<item_count>& items) {
  for (const auto& each : items) place(each.strategy, each.result, each.reason) += each.items;
  ++ended_[to_string(report.outcome)];
  bytes_ += report.bytes;
  run_time_ += report.took;
}

void run_tally::left_out(const warm_plan& plan) {
  for (const auto& each : plan.left_out)
    for (const auto& strategy : credited_strategies(each.item))
      ++place(strategy, "left_out", code_of(each.reason));
}

void run_tally::add_to(warmer_status& status) const {
  for (const auto& [strategy, counts] : strategies_)
    for (const auto& [what, items] : counts)
      status.items.push_back({strategy, what.first, what.second, items});
  for (const auto& [outcome, runs] : ended_) status.ended.push_back({outcome, runs});
  status.warmed_bytes = bytes_;
  status.run_time = run_time_;
}

}  // namespace stoker
