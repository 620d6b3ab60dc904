// Proof: the statistics by which a strategy is judged. Pure.
//
// Of what a strategy proposes, a small random share is held out (see screening.hpp). Lift is the share of
// proposed candidates whose first demand within the horizon hits, among those that were warmed less among
// those held out. What is warmed and never wanted lowers it, and so does what would have hit anyway.
//
// Its interval is the hybrid score interval: R. G. Newcombe, "Interval estimation for the difference between
// independent proportions", Statistics in Medicine 17 (1998), method 10, built from the score interval of a
// single share: E. B. Wilson, Journal of the American Statistical Association 22 (1927). Both hold for shares
// near 0 and 1 and for small groups, where the textbook interval does not.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>

#include "messages/proof.hpp"

namespace stoker {

// Quantiles of the normal distribution, two-sided.
inline constexpr double z_95 = 1.959964;
inline constexpr double z_99_7 = 2.967738;

struct interval {
  double low = 0;
  double high = 0;
};

// Of a share that was seen `hits` times in `trials`; from 0 to 1 when there are no trials. REQUIRES: hits <=
// trials.
interval wilson_interval(std::uint64_t hits, std::uint64_t trials, double z = z_95) noexcept;

// What came of the two groups.
struct trial_counts {
  std::uint64_t warmed = 0;
  std::uint64_t warmed_hits = 0;
  std::uint64_t controls = 0;
  std::uint64_t control_hits = 0;

  trial_counts& operator+=(const trial_counts& other) noexcept;
  trial_counts& operator-=(const trial_counts& other) noexcept;
};

// Share of hits among the warmed less that among the controls; 0 while either group is empty.
double lift_of(const trial_counts& counts) noexcept;
interval lift_interval(const trial_counts& counts, double z = z_95) noexcept;

// A strategy is throttled when its lift lies below this...
inline constexpr double least_lift = 0.01;
// ...and this many candidates were held out to know it by.
inline constexpr std::uint64_t least_controls = 400;
// Fewer of either group prove nothing, whatever their interval.
inline constexpr std::uint64_t least_to_prove = 30;

// The evidence for and against one strategy, and what follows from it.
//
// Evidence is kept in blocks of `least_controls` held-out candidates, the latest `most_blocks` of them, and
// judged when a block is full, over the latest 1, 2, 4, ... blocks: looking rarely keeps chance from
// throttling, and looking at the latest blocks alone finds a strategy that turned useless without waiting for
// its good past to age. Shorter spans than all there is must be surer (99.7 %). Once throttled, the evidence
// starts anew, from what the trickle brings; the strategy is back when that proves a lift of `least_lift` or
// more.
//
// So a strategy that proposes what nobody wants is throttled after 400 controls, at a hold-out of 2 % 20,000
// candidates. One whose candidates hit a share p of the time whether warmed or not needs as many controls as
// it takes to narrow the interval to a point: some 38,000 p (1 - p).
class strategy_evidence {
 public:
  void warmed(bool hit);
  void control(bool hit);

  strategy_standing standing() const noexcept { return standing_; }
  // All that is remembered.
  const trial_counts& counts() const noexcept { return total_; }
  // Why it stands where it stands, for people.
  const std::string& because() const noexcept { return because_; }

  // As it was kept by an earlier process. The evidence goes on as one block.
  void restore(strategy_standing standing, const trial_counts& counts, std::string because);

 private:
  static constexpr std::size_t most_blocks = 32;  // 12,800 controls: enough for any p at the interval above

  void judge();
  void judge_throttled();
  bool useless_of_late();
  void open_block();

  std::deque<trial_counts> blocks_{1};  // the last one is being filled; INVARIANT: their sum is total_
  trial_counts total_;
  strategy_standing standing_ = strategy_standing::unproven;
  std::string because_ = "nothing has been measured yet";
};

// How much of what a strategy warms is expected to be used: popular 75 %, trending 65, time_of_day 60,
// predictive 55. Others are not judged by it: negative.
double expected_precision(std::string_view strategy) noexcept;

// Fewer outcomes than these say nothing of a strategy's precision.
inline constexpr std::uint64_t least_outcomes = 100;

// A warning in words, starting with a semicolon; empty while `precision` (used / outcomes) is as expected.
std::string shortfall(std::string_view strategy, double precision, std::uint64_t outcomes);

}  // namespace stoker
