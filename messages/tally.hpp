// Items by what became of them, counted for as long as a warmer lives: what counters of operators show.
//
// Reasons are codes out of a list, never free text, so that what is counted stays bounded.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace stoker {

enum class item_reason : std::uint8_t {
  none,
  absent,       // the origin has no such key
  refused,      // too large, no such cache, refused by the origin
  failed,       // the load failed, as often as it was tried
  timed_out,    // the same, and it took too long each time
  throttled,    // the origin kept asking to slow down
  shed,         // the origin's limits left no room, as often as it was offered
  fenced,       // a live set or delete overtook the load
  over_budget,  // the memory budget was spent
  dependency,   // what it depends on was not warmed
  duplicate,    // the plan names the key twice
  cancelled,    // the run was
  pressure,     // memory pressure ended the run
  deadline,     // the run's deadline passed
};

const char* to_string(item_reason reason) noexcept;

// `result` is the word of an item_outcome, or "left_out"; `reason` that of an item_reason or
// left_out_reason, with an underscore for a space.
struct item_count {
  std::string strategy{};
  std::string result{};
  std::string reason{};
  std::uint64_t items = 0;
};

// Runs that ended so; `outcome` is the word of a run_outcome.
struct run_count {
  std::string outcome{};
  std::uint64_t runs = 0;
};

template <class Inspector>
auto inspect(Inspector& f, item_count& x) {
  return f(x.strategy, x.result, x.reason, x.items);
}

template <class Inspector>
auto inspect(Inspector& f, run_count& x) {
  return f(x.outcome, x.runs);
}

}  // namespace stoker
