// What an origin allows warming just now: calls and bytes by rate, calls in flight, and the pause that it
// asked for. Pure.
//
// A call that begins takes one of the calls, and as many bytes as its value is thought to have: what the
// planner knows of it, else the mean of the latest loads. What the value had more, or less, is settled when
// it came. So over any time T, warming's own bytes are at most burst + T x rate + what the calls in flight
// then exceed their estimates by, and users' loads come out of the same.
//
// Threads: one at a time. Time comes in as an argument, and never goes backwards.
#pragma once

#include <optional>

#include "actors/warming/token_bucket.hpp"
#include "messages/loading.hpp"

namespace stoker {

class origin_budget {
 public:
  origin_budget(const origin_limits& limits, time_point now);

  void change(const origin_limits& limits, time_point now);

  // What keeps a call from beginning, and until when, if only time will help.
  struct obstacle {
    const char* what = "";
    time_point until{};
  };
  // Of a call for a value of about so many bytes (0: not known).
  std::optional<obstacle> in_the_way(std::uint32_t bytes, std::uint64_t demand_in_flight, time_point now);
  // What the origin asked for alone: nothing at all begins before that.
  std::optional<obstacle> pause(time_point now) const;

  // A call begins; returns the bytes that it was given. REQUIRES: nothing is in the way.
  double begin(std::uint32_t bytes, time_point now);
  // It is over, and its value had so many; empty: nobody knows, and what it was given counts as used.
  void end(double given, std::optional<std::uint64_t> bytes, time_point now);
  // Users' loads, that happened already.
  void demand(const origin_demand& noted, time_point now);
  // The origin asked to be left alone.
  void slow_down(duration asked, time_point now);

  // Limits, tokens, calls in flight, bytes, pause: the fields of the status that are this one's matter.
  void report(origin_status& into, time_point now);

  std::uint64_t in_flight() const noexcept { return in_flight_; }

 private:
  double estimated(std::uint32_t bytes) const;

  origin_limits limits_;
  token_bucket calls_;
  token_bucket bytes_;
  std::uint64_t in_flight_ = 0;
  double mean_bytes_ = 0;  // of the latest loads; 0: none was seen
  std::uint64_t demand_bytes_ = 0;
  std::uint64_t warming_bytes_ = 0;
  time_point paused_until_{};
};

}  // namespace stoker
