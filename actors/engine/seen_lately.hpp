// Which of many came by not long ago: keeps what is told of each from being told again and again. Forgets
// what others push out, and everything within an hour.
//
// Bounded: 32 KiB. Threads: any.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>

#include "messages/time.hpp"

namespace stoker {

class seen_lately {
 public:
  // The first time in a while, or so it seems. Two threads at once may both be told so.
  bool first(std::uint64_t hash, time_point now) noexcept {
    const auto hour = static_cast<std::uint64_t>(now.time_since_epoch() / std::chrono::hours{1});
    const auto mark = hash ^ (hour * 0x9E37'79B9'7F4A'7C15);
    return marks_[hash % marks_.size()].exchange(mark, std::memory_order_relaxed) != mark;
  }

 private:
  std::array<std::atomic<std::uint64_t>, 4096> marks_{};
};

}  // namespace stoker
