#include "actors/scheduling/lead_book.hpp"

#include <algorithm>

namespace stoker {

namespace {

constexpr int lead_minutes[] = {5, 10, 20, 40, 80};
constexpr double untried_benefit = 0.5;
constexpr double least_benefit = 0.1;
constexpr double smoothing = 0.3;  // weight of the latest peak
constexpr std::uint64_t peaks_a_probe = 8;
// A run takes longer today than yesterday, and begins a minute late by the scheduler's jitter.
constexpr double run_time_reserve = 1.25;
constexpr duration least_reserve = std::chrono::minutes{2};

double expected(const kept_lead& lead) {
  return lead.tries == 0 ? untried_benefit : lead.benefit;
}

}  // namespace

lead_book::lead_book() {
  for (const auto minutes : lead_minutes) leads_.push_back({std::chrono::minutes{minutes}, 0, 0});
}

std::optional<duration> lead_book::choose(duration run_time) const {
  const auto needed = std::chrono::duration_cast<duration>(run_time_reserve * run_time) + least_reserve;
  const kept_lead* best = nullptr;
  for (const auto& lead : leads_) {
    if (lead.lead < needed) continue;
    if (best == nullptr || expected(lead) > expected(*best)) best = &lead;
  }
  if (best == nullptr) return leads_.back().lead;  // the longest there is must do
  if (expected(*best) < least_benefit && peaks_ % peaks_a_probe != 0) return std::nullopt;
  return best->lead;
}

void lead_book::settle(duration lead, double benefit, bool in_time) {
  const auto found =
      std::find_if(leads_.begin(), leads_.end(), [&](const kept_lead& known) { return known.lead == lead; });
  if (found == leads_.end()) return;
  const auto sample = in_time ? std::clamp(benefit, 0.0, 1.0) : 0.0;
  found->benefit = found->tries == 0 ? sample : found->benefit + smoothing * (sample - found->benefit);
  ++found->tries;
}

void lead_book::restore(const std::vector<kept_lead>& kept) {
  for (auto& lead : leads_)
    for (const auto& known : kept)
      if (known.lead == lead.lead) {
        lead.tries = known.tries;
        lead.benefit = known.benefit > 0 ? std::min(known.benefit, 1.0) : 0;
      }
}

}  // namespace stoker
