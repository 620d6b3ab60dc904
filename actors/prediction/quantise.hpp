// Coarse scales: the features of the predictor are small whole numbers.
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>

namespace stoker::learning {

// Number of binary digits of `x`: 0 for 0, 1 for 1, 2 for 2 and 3, ... 32.
inline std::uint32_t octave(std::uint32_t x) noexcept {
  return static_cast<std::uint32_t>(std::bit_width(x));
}

// Half-octaves: 0, 1, 2, 3, 4 (4-5), 5 (6-7), 6 (8-11), ... 63.
inline std::uint32_t half_octave(std::uint32_t x) noexcept {
  if (x < 2) return x;
  const auto exponent = static_cast<std::uint32_t>(std::bit_width(x)) - 1;
  return 2 * exponent + ((x >> (exponent - 1)) & 1U);
}

// `x` rounded down and held within [0, last].
inline std::uint32_t bucket(float x, std::uint32_t last) noexcept {
  if (!(x > 0)) return 0;
  return std::min(static_cast<std::uint32_t>(std::min(x, 1e6F)), last);
}

}  // namespace stoker::learning
