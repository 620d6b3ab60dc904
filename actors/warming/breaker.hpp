// A circuit breaker that recovers by itself.
//
// Closed, everything passes; when too large a share of the last outcomes failed, it opens, and nothing passes
// for a while. Then it is half open: one trial at a time passes. Enough trials that succeed close it; one
// that fails opens it again, for twice as long, up to a bound. Time comes in as an argument. Threads: one at
// a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "messages/loading.hpp"
#include "messages/time.hpp"

namespace stoker {

struct breaker_settings {
  std::uint32_t window = 20;         // outcomes looked at
  std::uint32_t least_outcomes = 5;  // before these, nothing is concluded
  double failure_share = 0.5;        // from which it opens
  std::uint32_t trials = 2;          // that must succeed before it closes
  duration first_pause = std::chrono::seconds{1};
  duration longest_pause = std::chrono::seconds{60};
};

// Throws stoker::error for figures that could never open or close it.
void validate(const breaker_settings& settings);

class breaker {
 public:
  explicit breaker(const breaker_settings& settings);

  // May a load start now? A yes while half open is the trial: report its outcome.
  bool admit(time_point now);
  // What an admitted load came to.
  void succeeded();
  void failed(time_point now);
  // An admitted load ended without saying anything of the origin's health.
  void undecided();
  // Loads that were not admitted here, users' own: they count while it is closed.
  void observe(std::uint64_t successes, std::uint64_t failures, time_point now);

  breaker_state state(time_point now) const;
  // When admit() may say yes again, as far as time alone decides.
  time_point next(time_point now) const;

 private:
  void remember(bool failure);
  void open(time_point now);
  void close();

  breaker_settings settings_;
  std::vector<bool> outcomes_;  // a ring of the last ones; true: failed
  std::size_t position_ = 0;
  std::size_t known_ = 0;     // outcomes in the ring
  std::size_t failures_ = 0;  // true ones among them
  bool closed_ = true;
  time_point open_until_{};  // when not closed
  duration pause_{};         // of the current opening; zero: closed since the last success
  bool trial_under_way_ = false;
  std::uint32_t trials_succeeded_ = 0;
};

}  // namespace stoker
