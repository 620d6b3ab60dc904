#include "actors/warming/retry.hpp"

#include "messages/error.hpp"

namespace stoker {

void validate(const retry_policy& policy) {
  if (policy.attempts == 0) throw error{errc::invalid_argument, "retry: attempts is 0; give at least 1"};
  if (policy.first_delay < duration::zero() || policy.longest_delay < policy.first_delay)
    throw error{errc::invalid_argument,
                "retry: delays must be positive, the longest no shorter than the first"};
}

duration back_off(const retry_policy& policy, std::uint32_t attempt, double random) noexcept {
  auto delay = policy.first_delay;
  for (std::uint32_t failed = 1; failed < attempt && delay < policy.longest_delay; ++failed)
    delay = delay > policy.longest_delay / 2 ? policy.longest_delay : 2 * delay;
  const auto share = 0.5 + 0.5 * random;
  return duration{static_cast<duration::rep>(static_cast<double>(delay.count()) * share)};
}

std::optional<duration> retry_delay(const retry_policy& policy, std::uint32_t attempt,
                                    double random) noexcept {
  if (attempt >= policy.attempts) return std::nullopt;
  return back_off(policy, attempt, random);
}

}  // namespace stoker
