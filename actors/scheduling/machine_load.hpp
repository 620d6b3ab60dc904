// How busy the machine is, against the limits above which warming waits.
//
// Pure: the kernel's files come in as text.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "messages/scheduling.hpp"

namespace stoker {

struct machine_load {
  std::optional<double> stall_share;    // PSI of the processors, "some" avg10, as a fraction
  std::optional<double> load_per_core;  // one-minute load average
};

// From /proc/pressure/cpu and /proc/loadavg; what can't be read is not known.
machine_load parse_load(const std::optional<std::string>& psi, const std::optional<std::string>& loadavg,
                        unsigned cores);

// 1: at a limit, more: above it. What is not known, or has no limit, does not count.
double relative_load(const machine_load& load, const load_limits& limits);

}  // namespace stoker
