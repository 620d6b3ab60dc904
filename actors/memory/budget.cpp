#include "actors/memory/budget.hpp"

#include <algorithm>
#include <limits>

#include "actors/memory/pressure.hpp"

namespace stoker {

policy_terms terms_of(memory_policy policy) noexcept {
  constexpr auto any_priority = std::numeric_limits<std::int32_t>::min();
  constexpr std::int32_t nice_to_have = 10;
  switch (policy) {
    case memory_policy::aggressive:
      return {0.8, any_priority, false, 0.0001, 5, 0.05};
    case memory_policy::balanced:
    case memory_policy::adaptive:
      return {adaptive_share::start, any_priority, false, 0.001, 5, 0};
    case memory_policy::conservative:
      return {0.2, nice_to_have, false, 0.01, 1, -0.1};
    case memory_policy::priority:
      return {0.2, any_priority, true, 0.001, 5, -0.1};
  }
  return {};
}

double policy_share(memory_policy policy) noexcept {
  return terms_of(policy).share;
}

double pressure_factor(pressure_level level) noexcept {
  switch (level) {
    case pressure_level::low:
      return 1.0;
    case pressure_level::moderate:
      return 0.6;
    case pressure_level::high:
      return 0.2;
    case pressure_level::critical:
      return 0.0;
  }
  return 0.0;
}

std::uint64_t policy_budget(const memory_report& memory, memory_policy policy, std::uint64_t explicit_limit) {
  return share_budget(memory, policy_share(policy), explicit_limit);
}

std::uint64_t share_budget(const memory_report& memory, double share, std::uint64_t explicit_limit) {
  if (memory.level == pressure_level::critical) return 0;
  const auto allowed = static_cast<std::uint64_t>(static_cast<double>(memory.reading.available_bytes) *
                                                  share * pressure_factor(memory.level));
  const auto budget = std::max(allowed, least_budget_bytes);
  return explicit_limit == 0 ? budget : std::min(budget, explicit_limit);
}

void lease_book::pressure(const memory_report& memory) {
  memory_ = memory;
  adaptive_.pressure(memory.level);
}

double lease_book::share(memory_policy policy) const noexcept {
  return policy == memory_policy::adaptive ? adaptive_.value() : policy_share(policy);
}

std::uint64_t lease_book::budget(memory_policy policy, std::uint64_t explicit_limit) const {
  const auto by_policy = share_budget(memory_, share(policy), explicit_limit);
  return total_limit_ == 0 ? by_policy : std::min(by_policy, total_limit_);
}

lease lease_book::grant(const lease_request& request, time_point now) {
  expire(now);
  // The explicit limit is of this lease alone, the rest of the budget is shared by all.
  const auto shared = budget(request.policy, 0);
  const auto left = shared - std::min(shared, leased_bytes_);
  auto bytes = std::min(request.bytes, left);
  if (request.explicit_limit_bytes != 0) bytes = std::min(bytes, request.explicit_limit_bytes);
  if (bytes == 0) {
    ++refused_;
    return {0, 0,
            "no memory to warm with: pressure is " + std::string{to_string(memory_.level)} + ", " +
                std::to_string(leased_bytes_) + " of " + std::to_string(shared) + " bytes are leased"};
  }
  ++granted_;
  leased_bytes_ += bytes;
  const auto id = next_id_++;
  leases_[id] = {request.holder, bytes, now + lifetime_};
  return {id, bytes, {}};
}

void lease_book::give_back(std::uint64_t id) {
  const auto found = leases_.find(id);
  if (found == leases_.end()) return;
  leased_bytes_ -= found->second.bytes;
  leases_.erase(found);
}

void lease_book::expire(time_point now) {
  for (auto it = leases_.begin(); it != leases_.end();) {
    const auto current = it++;
    if (current->second.until <= now) give_back(current->first);
  }
}

arbiter_status lease_book::status() const {
  return {.budget_bytes = budget(memory_policy::balanced, 0),
          .leased_bytes = leased_bytes_,
          .leases = leases_.size(),
          .granted = granted_,
          .refused = refused_,
          .level = memory_.level,
          .adaptive_share = adaptive_.value()};
}

}  // namespace stoker
