// The TTL that an entry was stored with, in one byte: which share of its life has passed is asked of entries
// that are refreshed ahead of their expiry.
//
// Code 0 is no expiry; code c > 0 stands for (8 + m) x 2^e / 8 milliseconds with m the three low and e the
// five high bits of c - 1. Rounded to the nearest: wrong by at most 6.25 % from one millisecond to 46 days,
// beyond which it saturates.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "messages/time.hpp"

namespace stoker {

inline std::uint8_t encode_lifetime(duration ttl) noexcept {
  constexpr int largest = 255;
  if (ttl <= duration::zero()) return 0;
  const double ms = std::max(1.0, std::chrono::duration<double, std::milli>(ttl).count());
  const double exponent = std::floor(std::log2(ms));
  const double mantissa = std::round((ms / std::exp2(exponent) - 1) * 8);  // 8 carries into the exponent
  return static_cast<std::uint8_t>(std::min<double>(exponent * 8 + mantissa + 1, largest));
}

inline duration decode_lifetime(std::uint8_t code) noexcept {
  if (code == 0) return duration::zero();
  const int bits = code - 1;
  const double ms = (8 + bits % 8) * std::exp2(bits / 8) / 8;
  return std::chrono::duration_cast<duration>(std::chrono::duration<double, std::milli>(ms));
}

}  // namespace stoker
