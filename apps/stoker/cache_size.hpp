// A cache size as it is given on the command line: entries, or a share of a trace's distinct keys. Pure.
#pragma once

#include <cstdint>
#include <string_view>

namespace stoker::cli {

// "N": N entries, N >= 1. "P%": P percent of `distinct_keys`, rounded down, at least 1; P > 0, may have
// decimals. Throws usage_error.
std::uint64_t parse_cache_size(std::string_view text, std::uint64_t distinct_keys);

}  // namespace stoker::cli
