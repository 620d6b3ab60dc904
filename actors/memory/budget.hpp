// The shared budget of warming: how many bytes a policy allows under a pressure, and who holds which lease of
// them.
//
// Time comes in as an argument. A lease that is never returned runs out, so that a warmer that died can't
// keep bytes.
#pragma once

#include <map>
#include <string>

#include "actors/memory/adaptive_share.hpp"
#include "messages/memory.hpp"
#include "messages/time.hpp"

namespace stoker {

// Warming may always take this much, unless pressure is critical.
inline constexpr std::uint64_t least_budget_bytes = 10ull << 20;

// What a policy means for a run.
struct policy_terms {
  double share = 0.6;               // of available memory that warming may take
  std::int32_t least_priority = 0;  // candidates below are left out
  bool top_class_only = false;      // of the priority classes that are proposed, the highest alone is warmed
  double floor = 0;                 // candidates less likely to be used are left out
  std::uint32_t dependency_depth = 0;  // levels that are followed at most
  double threshold_shift = 0;  // added to the share of memory in use that halves batches and stops the run
};

//               share  priorities      floor   depth  halves at (of 0.8)
// aggressive    0.8    all             0.0001  5      0.85
// balanced      0.6    all             0.001   5      0.80
// adaptive      as balanced, but for the share, which moves (adaptive_share.hpp)
// conservative  0.2    10 and over     0.01    1      0.70
// priority      0.2    top class only  0.001   5      0.70
policy_terms terms_of(memory_policy policy) noexcept;

// The share of available memory that a policy may take.
double policy_share(memory_policy policy) noexcept;
// What pressure leaves of it.
double pressure_factor(pressure_level level) noexcept;

// Available memory x share x factor, at least least_budget_bytes unless critical, at most `explicit_limit`
// (0: none).
std::uint64_t policy_budget(const memory_report& memory, memory_policy policy, std::uint64_t explicit_limit);
// The same of a share.
std::uint64_t share_budget(const memory_report& memory, double share, std::uint64_t explicit_limit);

class lease_book {
 public:
  // `total_limit`: of all leases together, 0: by policy alone. `lifetime`: after which a lease is taken back.
  lease_book(std::uint64_t total_limit, duration lifetime) : total_limit_(total_limit), lifetime_(lifetime) {}

  void pressure(const memory_report& memory);

  // INVARIANT: the sum of granted bytes never exceeds what the policy asked for allows at that time.
  lease grant(const lease_request& request, time_point now);
  // Unknown ids are ignored: the lease ran out before.
  void give_back(std::uint64_t id);
  // A run is over; `benefit`: share of what was warmed lately that was used, negative when not known.
  void run_over(double benefit) { adaptive_.run_over(benefit); }
  void expire(time_point now);

  arbiter_status status() const;

 private:
  struct held {
    std::string holder;
    std::uint64_t bytes = 0;
    time_point until{};
  };

  std::uint64_t budget(memory_policy policy, std::uint64_t explicit_limit) const;

  double share(memory_policy policy) const noexcept;

  std::uint64_t total_limit_;
  duration lifetime_;
  memory_report memory_;
  adaptive_share adaptive_;
  std::map<std::uint64_t, held> leases_;
  std::uint64_t leased_bytes_ = 0;  // sum over leases_
  std::uint64_t next_id_ = 1;
  std::uint64_t granted_ = 0;
  std::uint64_t refused_ = 0;
};

}  // namespace stoker
