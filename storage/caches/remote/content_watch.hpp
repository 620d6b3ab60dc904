// Notices that a server lost what was in it: another process answers, it was flushed, or nearly everything is
// gone between two looks.
//
// Pure; threads: one at a time. A look at a server that can't be reached is no look.
#pragma once

#include <cstdint>
#include <string>

#include "storage/caches/remote_cache.hpp"

namespace stoker {

class content_watch {
 public:
  struct look {
    std::string process;        // names the server's process; changes when it is started again
    std::uint64_t flushes = 0;  // since it was started, or its statistics were reset
    std::uint64_t entries = 0;
    // The count is of what is there; false: it may hold what was flushed long ago.
    bool exact = true;
    // A replica took the place of the process before: another process, with counts of its own, is no loss.
    bool successor = false;
  };

  // What changed since the last look; the first one is what the others are compared with.
  remote_condition compare(const look& now) {
    remote_condition result;
    if (!last_.process.empty()) {
      result.restarted = !now.successor && now.process != last_.process;
      const bool counted = !now.successor && now.flushes > last_.flushes;
      const auto flushes = counted ? now.flushes - last_.flushes : 0;
      result.emptied =
          !result.restarted && (flushes > own_flushes_ || (own_flushes_ == 0 && nearly_gone(now)));
    }
    own_flushes_ = 0;
    last_ = now;
    if (result.lost_content()) ++incarnation_;
    result.incarnation = incarnation_;
    result.entries = now.entries;
    return result;
  }

  // Of a server that can't be reached.
  remote_condition unknown() const {
    remote_condition result;
    result.incarnation = incarnation_;
    return result;
  }

  // Stoker itself emptied it, by a flush or key by key.
  void own_flush() noexcept { ++own_flushes_; }

 private:
  // Expiry and eviction take entries one by one; below this many, nine of ten may well go within one look.
  static constexpr std::uint64_t fewest_entries = 1000;

  bool nearly_gone(const look& now) const noexcept {
    return now.exact && last_.entries >= fewest_entries && now.entries < last_.entries / 10;
  }

  look last_;
  std::uint64_t own_flushes_ = 0;
  std::uint64_t incarnation_ = 1;
};

}  // namespace stoker
