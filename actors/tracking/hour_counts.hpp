// Accesses of one key by hour: the last 48 hours one by one, and the hours of the day over all time. 80
// bytes.
//
// Precision. A recent hour is one byte: exact up to 15, then a mantissa of 4 bits (3 stored), wrong by at
// most 6.25 %. It is written once, when the hour is over, so errors do not add up. The hours of the day share
// one exponent (block floating point): 24 mantissas of a byte, wrong by at most half of 1/128 of the busiest
// hour for each addition; an addition smaller than that is rounded up or down by chance (`dither`), so that
// its expected value is right. Threads: one. Time: hours since the epoch, UTC.
#pragma once

#include <array>
#include <cstdint>

namespace stoker {

// Codes of recent hours, and what they stand for.
std::uint8_t encode_count(std::uint32_t count) noexcept;
std::uint32_t decode_count(std::uint8_t code) noexcept;

class hour_counts {
 public:
  static constexpr std::uint32_t recent_span = 48;

  // `dither`: random bits; the same bits round the same way.
  void add(std::uint32_t hour, std::uint32_t count, std::uint64_t dither) noexcept;
  // History's own histogram, taken over as it was.
  void add_day(const std::array<std::uint32_t, 24>& hours, std::uint64_t dither) noexcept;
  void add_recent(std::uint32_t hour, std::uint32_t count) noexcept;

  // 0 for hours that are over for 48 hours or that have not come yet.
  std::uint32_t recent(std::uint32_t hour) const noexcept;
  std::uint32_t newest_hour() const noexcept {
    return newest_hour_[0] | static_cast<std::uint32_t>(newest_hour_[1]) << 8 |
           static_cast<std::uint32_t>(newest_hour_[2]) << 16;
  }
  std::uint32_t hour_of_day(std::uint32_t hour) const noexcept {
    return static_cast<std::uint32_t>(day_[hour]) << exponent_;
  }

 private:
  void add_to_day(std::uint32_t hour, std::uint32_t count, std::uint64_t dither) noexcept;
  void halve_day(std::uint64_t dither) noexcept;
  void move_to(std::uint32_t hour) noexcept;

  std::array<std::uint8_t, 3> newest_hour_{};  // 24 bits reach the year 3883; 0: none yet
  std::array<std::uint8_t, recent_span>
      recent_{};  // of hour h at h % 48; INVARIANT: older than 48 h is cleared
  std::array<std::uint8_t, 24> day_{};
  std::uint8_t exponent_ = 0;
};

static_assert(sizeof(hour_counts) == 76);

}  // namespace stoker
