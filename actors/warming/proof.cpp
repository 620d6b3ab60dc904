#include "actors/warming/proof.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

namespace stoker {

namespace {

double share(std::uint64_t hits, std::uint64_t trials) {
  return trials == 0 ? 0 : static_cast<double>(hits) / static_cast<double>(trials);
}

double square(double x) {
  return x * x;
}

std::string in_words(const trial_counts& counts, double z) {
  const auto range = lift_interval(counts, z);
  return fmt::format("{} of {} warmed and {} of {} held out hit: lift {:.1f} points, {} to {:.1f}",
                     counts.warmed_hits, counts.warmed, counts.control_hits, counts.controls,
                     100 * lift_of(counts), fmt::format("{:.1f}", 100 * range.low), 100 * range.high);
}

}  // namespace

interval wilson_interval(std::uint64_t hits, std::uint64_t trials, double z) noexcept {
  if (trials == 0) return {0, 1};
  const auto n = static_cast<double>(trials);
  const auto p = share(hits, trials);
  const auto middle = p + z * z / (2 * n);
  const auto half = z * std::sqrt(p * (1 - p) / n + z * z / (4 * n * n));
  const auto scale = 1 + z * z / n;
  // At the ends the exact bounds are 0 and 1; rounding would leave a residue.
  return {hits == 0 ? 0 : std::max(0.0, (middle - half) / scale),
          hits == trials ? 1 : std::min(1.0, (middle + half) / scale)};
}

trial_counts& trial_counts::operator+=(const trial_counts& other) noexcept {
  warmed += other.warmed;
  warmed_hits += other.warmed_hits;
  controls += other.controls;
  control_hits += other.control_hits;
  return *this;
}

trial_counts& trial_counts::operator-=(const trial_counts& other) noexcept {
  warmed -= other.warmed;
  warmed_hits -= other.warmed_hits;
  controls -= other.controls;
  control_hits -= other.control_hits;
  return *this;
}

double lift_of(const trial_counts& counts) noexcept {
  if (counts.warmed == 0 || counts.controls == 0) return 0;
  return share(counts.warmed_hits, counts.warmed) - share(counts.control_hits, counts.controls);
}

interval lift_interval(const trial_counts& counts, double z) noexcept {
  const auto p1 = share(counts.warmed_hits, counts.warmed);
  const auto p2 = share(counts.control_hits, counts.controls);
  const auto one = wilson_interval(counts.warmed_hits, counts.warmed, z);
  const auto two = wilson_interval(counts.control_hits, counts.controls, z);
  const auto difference = p1 - p2;
  return {std::max(-1.0, difference - std::sqrt(square(p1 - one.low) + square(two.high - p2))),
          std::min(1.0, difference + std::sqrt(square(one.high - p1) + square(p2 - two.low)))};
}

void strategy_evidence::warmed(bool hit) {
  const trial_counts one{1, hit ? 1u : 0u, 0, 0};
  blocks_.back() += one;
  total_ += one;
}

void strategy_evidence::control(bool hit) {
  const trial_counts one{0, 0, 1, hit ? 1u : 0u};
  blocks_.back() += one;
  total_ += one;
  if (standing_ == strategy_standing::throttled)
    judge_throttled();
  else
    judge();
  if (blocks_.back().controls >= least_controls) open_block();
}

void strategy_evidence::open_block() {
  blocks_.emplace_back();
  // A strategy that helps again shows in the latest evidence: a trickle forgets fast.
  const std::size_t keep = standing_ == strategy_standing::throttled ? 2 : most_blocks;
  while (blocks_.size() > keep) {
    total_ -= blocks_.front();
    blocks_.pop_front();
  }
}

void strategy_evidence::judge() {
  const auto full = blocks_.back().controls >= least_controls;
  if (full && useless_of_late()) {
    standing_ = strategy_standing::throttled;
    total_ = {};
    blocks_.assign(1, {});
    return;
  }
  const auto enough = total_.controls >= least_to_prove && total_.warmed >= least_to_prove;
  const auto proven = enough && lift_interval(total_).low > 0;
  standing_ = proven ? strategy_standing::proven : strategy_standing::unproven;
  because_ = in_words(total_, z_95);
}

// Looks at the latest 1, 2, 4, ... blocks, and at all of them.
bool strategy_evidence::useless_of_late() {
  trial_counts latest;
  std::size_t taken = 0;
  for (std::size_t span = 1;; span *= 2) {
    for (; taken < std::min(span, blocks_.size()); ++taken) latest += blocks_[blocks_.size() - 1 - taken];
    const auto everything = taken == blocks_.size();
    const auto z = everything ? z_95 : z_99_7;
    if (latest.warmed >= least_to_prove && latest.controls >= least_controls &&
        lift_interval(latest, z).high < least_lift) {
      because_ = in_words(latest, z) + "; below 1 point, so only a trickle is warmed";
      return true;
    }
    if (everything) return false;
  }
}

void strategy_evidence::judge_throttled() {
  const auto enough = total_.controls >= least_to_prove && total_.warmed >= least_to_prove;
  if (!enough || lift_interval(total_).low <= 0 || lift_of(total_) < least_lift) return;
  standing_ = strategy_standing::proven;
  because_ = "it helps again: " + in_words(total_, z_95);
}

void strategy_evidence::restore(strategy_standing standing, const trial_counts& counts, std::string because) {
  standing_ = standing;
  total_ = counts;
  blocks_.assign(1, counts);
  because_ = std::move(because);
  if (counts.controls >= least_controls) open_block();
}

double expected_precision(std::string_view strategy) noexcept {
  static constexpr std::pair<std::string_view, double> expectations[] = {
      {"popular", 0.75}, {"trending", 0.65}, {"time_of_day", 0.60}, {"predictive", 0.55}};
  for (const auto& [name, expected] : expectations)
    if (name == strategy) return expected;
  return -1;
}

std::string shortfall(std::string_view strategy, double precision, std::uint64_t outcomes) {
  const auto expected = expected_precision(strategy);
  if (outcomes < least_outcomes || precision >= expected) return {};
  return fmt::format("; {:.0f} % of what it warmed was used, where {:.0f} % are expected", 100 * precision,
                     100 * expected);
}

}  // namespace stoker
