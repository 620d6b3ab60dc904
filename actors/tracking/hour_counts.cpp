#include "actors/tracking/hour_counts.hpp"

#include <algorithm>
#include <bit>

namespace stoker {

namespace {

constexpr std::uint32_t stored_bits = 3;  // of a recent hour's mantissa, below its leading one
constexpr std::uint32_t exact_below = 2u << stored_bits;
constexpr std::uint8_t largest_exponent = 24;  // 255 << 24 still fits 32 bits

}  // namespace

// A small floating-point number: counts below 16 are their own code; above, the code is exponent and
// mantissa.
std::uint8_t encode_count(std::uint32_t count) noexcept {
  if (count < exact_below) return static_cast<std::uint8_t>(count);
  std::uint32_t shift = static_cast<std::uint32_t>(std::bit_width(count)) - (stored_bits + 1);
  std::uint64_t mantissa = (std::uint64_t{count} + (1ull << (shift - 1))) >> shift;  // to the nearest
  if (mantissa == exact_below) {
    mantissa >>= 1;
    ++shift;
  }
  return static_cast<std::uint8_t>((shift << stored_bits) + mantissa);
}

std::uint32_t decode_count(std::uint8_t code) noexcept {
  if (code < exact_below) return code;
  const std::uint32_t shift = (code >> stored_bits) - 1u;
  const std::uint64_t mantissa = (code & ((1u << stored_bits) - 1)) + (1u << stored_bits);
  return static_cast<std::uint32_t>(std::min<std::uint64_t>(mantissa << shift, 0xFFFF'FFFF));
}

void hour_counts::add(std::uint32_t hour, std::uint32_t count, std::uint64_t dither) noexcept {
  add_recent(hour, count);
  add_to_day(hour % 24, count, dither);
}

void hour_counts::add_day(const std::array<std::uint32_t, 24>& hours, std::uint64_t dither) noexcept {
  // The busiest first: it settles the exponent, and the others are rounded once only.
  const auto busiest =
      static_cast<std::uint32_t>(std::max_element(hours.begin(), hours.end()) - hours.begin());
  add_to_day(busiest, hours[busiest], dither);
  for (std::uint32_t hour = 0; hour < 24; ++hour)
    if (hour != busiest) add_to_day(hour, hours[hour], std::rotl(dither, static_cast<int>(hour)));
}

void hour_counts::add_recent(std::uint32_t hour, std::uint32_t count) noexcept {
  if (hour > newest_hour()) move_to(hour);
  if (newest_hour() - hour >= recent_span) return;
  auto& code = recent_[hour % recent_span];
  const std::uint64_t sum = std::uint64_t{decode_count(code)} + count;
  code = encode_count(static_cast<std::uint32_t>(std::min<std::uint64_t>(sum, 0xFFFF'FFFF)));
}

std::uint32_t hour_counts::recent(std::uint32_t hour) const noexcept {
  if (hour > newest_hour() || newest_hour() - hour >= recent_span) return 0;
  return decode_count(recent_[hour % recent_span]);
}

void hour_counts::add_to_day(std::uint32_t hour, std::uint32_t count, std::uint64_t dither) noexcept {
  std::uint64_t sum = 0;
  while (true) {
    const std::uint64_t unit = 1ull << exponent_;
    sum = day_[hour] + ((count + (dither & (unit - 1))) >> exponent_);
    if (sum <= 255 || exponent_ == largest_exponent) break;
    halve_day(dither);
  }
  day_[hour] = static_cast<std::uint8_t>(std::min<std::uint64_t>(sum, 255));
}

// Doubles the unit of all mantissas; odd ones go up or down by chance.
void hour_counts::halve_day(std::uint64_t dither) noexcept {
  for (std::size_t hour = 0; hour < day_.size(); ++hour)
    day_[hour] = static_cast<std::uint8_t>((day_[hour] + ((dither >> (32 + hour)) & 1)) / 2);
  ++exponent_;
}

// The hours between the newest and this one had no accesses.
void hour_counts::move_to(std::uint32_t hour) noexcept {
  const std::uint32_t passed = std::min(hour - newest_hour(), recent_span);
  for (std::uint32_t i = 0; i < passed; ++i) recent_[(hour - i) % recent_span] = 0;
  newest_hour_ = {static_cast<std::uint8_t>(hour), static_cast<std::uint8_t>(hour >> 8),
                  static_cast<std::uint8_t>(hour >> 16)};
}

}  // namespace stoker
