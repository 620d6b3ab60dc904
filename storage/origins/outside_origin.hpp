// What origins outside of this process have in common: every load ends in one outcome, and what went wrong
// has one of the names of storage/caches/remote_cache.hpp; both are counted.
//
// Threads: any. A count is one relaxed increment.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <string_view>

#include "storage/caches/remote_cache.hpp"
#include "storage/origins/origin.hpp"

namespace stoker {

inline constexpr std::size_t load_outcome_count = 5;

struct origin_stats {
  std::array<std::uint64_t, load_outcome_count> outcomes{};  // loads, by load_outcome
  std::array<std::uint64_t, trouble_count> troubles{};       // loads that came to nothing, by why

  std::uint64_t of(load_outcome outcome) const { return outcomes[static_cast<std::size_t>(outcome)]; }
  std::uint64_t of(trouble why) const { return troubles[static_cast<std::size_t>(why)]; }
};

class outside_origin : public origin {
 public:
  load_result load(std::string_view key, std::chrono::steady_clock::time_point deadline) final;
  origin_stats stats() const;

 protected:
  struct attempt {
    load_result result;
    trouble why = trouble::none;  // unless loaded or absent

    static attempt loaded(std::string_view bytes, std::chrono::nanoseconds ttl = {});
    static attempt absent(std::string text);
    static attempt failed(trouble why, std::string text);
    static attempt refused(trouble why, std::string text);
    static attempt throttled(std::chrono::nanoseconds retry_after, std::string text);
  };

 private:
  virtual attempt try_load(std::string_view key, std::chrono::steady_clock::time_point deadline) = 0;

  std::array<std::atomic<std::uint64_t>, load_outcome_count> outcomes_{};
  std::array<std::atomic<std::uint64_t>, trouble_count> troubles_{};
};

}  // namespace stoker
