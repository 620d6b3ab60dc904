// Proof: what a strategy's warming was measured to bring, against a control group.
#pragma once

#include <cstdint>
#include <string>

namespace stoker {

// Whether a strategy is worth its loads: what it warmed, against candidates of its own that were held out.
enum class strategy_standing : std::uint8_t {
  unproven,   // too little is known
  proven,     // the interval of its lift lies above zero
  throttled,  // the interval lies below one point: only a trickle is warmed, to see when it helps again
};

const char* to_string(strategy_standing standing) noexcept;

struct strategy_proof {
  std::uint64_t warmed = 0;
  std::uint64_t used = 0;      // demanded before they left the cache
  std::uint64_t wasted = 0;    // left it unused, or were not demanded within the horizon
  std::uint64_t measured = 0;  // warmed candidates whose horizon is over; those of the current evidence
  std::uint64_t measured_hits = 0;
  std::uint64_t controls = 0;  // held-out candidates whose horizon is over
  std::uint64_t control_hits = 0;
  double lift = 0;  // share of hits among the measured less that among the controls
  double lift_low = -1;
  double lift_high = 1;                  // 95 % interval
  double precision = -1;                 // used / (used + wasted); negative: nothing is known yet
  std::uint64_t origin_calls = 0;        // spent on warming
  std::uint64_t origin_calls_saved = 0;  // demand loads that did not have to be made, the controls' share off
  strategy_standing standing = strategy_standing::unproven;
  std::string because{};
};

// The books of one strategy as they survive a restart.
struct strategy_account {
  std::string strategy{};
  std::uint64_t warmed = 0;
  std::uint64_t used = 0;
  std::uint64_t wasted = 0;
  std::uint64_t loads = 0;
  std::uint64_t measured = 0;  // these four: of the current evidence
  std::uint64_t measured_hits = 0;
  std::uint64_t controls = 0;
  std::uint64_t control_hits = 0;
  strategy_standing standing = strategy_standing::unproven;
  std::string because{};
};

template <class Inspector>
auto inspect(Inspector& f, strategy_proof& x) {
  return f(x.warmed, x.used, x.wasted, x.measured, x.measured_hits, x.controls, x.control_hits, x.lift,
           x.lift_low, x.lift_high, x.precision, x.origin_calls, x.origin_calls_saved, x.standing, x.because);
}

}  // namespace stoker
