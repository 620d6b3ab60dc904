// Retries: exponential back-off with jitter.
#pragma once

#include <cstdint>
#include <optional>

#include "messages/time.hpp"

namespace stoker {

struct retry_policy {
  std::uint32_t attempts = 3;  // in all, the first included
  duration first_delay = std::chrono::milliseconds{200};
  duration longest_delay = std::chrono::seconds{30};
};

// Throws stoker::error when there is no attempt, or a delay is negative.
void validate(const retry_policy& policy);

// How long to wait after the attempt of that number (from 1) failed: doubling from first_delay, and of that a
// random share between one half and the whole, so that what failed together is not tried again together.
// REQUIRES: `random` in [0, 1).
duration back_off(const retry_policy& policy, std::uint32_t attempt, double random) noexcept;

// The same while attempts are left, else nothing.
std::optional<duration> retry_delay(const retry_policy& policy, std::uint32_t attempt,
                                    double random) noexcept;

}  // namespace stoker
