// When a cache is warm again: the definition, applied to two sequences of hits and misses.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

namespace stoker {

// Hits of consecutive requests, 1 or 0.
using hit_sequence = std::vector<std::uint8_t>;

// Windows are of window_requests() (actors/engine/hit_windows.hpp), as in the live engine.
// A cache is warm from the first of three consecutive windows in which its hit ratio is at most one point
// below that of a twin that saw the same requests and was never restarted.
inline constexpr std::uint32_t warm_windows = 3;
inline constexpr double warm_tolerance = 0.01;

// The first of the windows from which the cache is warm, by the hit ratios of windows; empty when it never
// got there.
std::optional<std::size_t> first_warm_window(const std::vector<double>& restarted,
                                             const std::vector<double>& twin);

// Requests until warm; empty when it never got there. REQUIRES: both sequences are of the same requests.
std::optional<std::uint64_t> requests_until_warm(const hit_sequence& restarted, const hit_sequence& twin,
                                                 std::uint64_t window);

double hit_ratio(const hit_sequence& hits);

}  // namespace stoker
