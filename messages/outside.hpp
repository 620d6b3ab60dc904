// Caches outside of the process: what the engine knows of them, and what it has undone there.
#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "messages/time.hpp"

namespace stoker {

// Items that came to nothing for one reason: "timed out", "no memory".
struct named_trouble {
  std::string trouble{};
  std::uint64_t items = 0;
};

// A cache outside, as it was found when it was last looked at.
struct outside_status {
  std::string cache{};
  bool reachable = false;    // it answered the latest look
  std::string trouble{};     // why it did not
  std::string detail{};      // what went wrong last, for people
  time_point answered_at{};  // the epoch: it never did
  std::uint64_t looks = 0;
  std::uint64_t failed_looks = 0;

  std::uint64_t entries = 0;  // of all its users
  std::uint64_t used_bytes = 0;
  std::uint64_t limit_bytes = 0;  // 0: none
  std::uint64_t evictions = 0;    // since its process was started
  bool full = false;              // it evicts what is used to make room

  // Rises when what it held is lost, or may be: with each of the next two, and when it answers for the first
  // time after it did not at the start.
  std::uint64_t incarnation = 1;
  std::uint64_t restarts = 0;  // another process answered
  std::uint64_t emptied = 0;   // it was flushed, or nearly all was gone at once

  // Stoker's own fills, refreshes and sets.
  std::uint64_t stored = 0;
  std::uint64_t present = 0;  // fills that found a live entry
  std::uint64_t fenced = 0;   // overtaken by a live change
  std::uint64_t too_large = 0;
  std::vector<named_trouble> troubles{};  // what came to nothing, by reason

  // What fills may take before the cache would evict or refuse; max: not known, or no limit.
  std::uint64_t head_room_bytes() const noexcept {
    if (full) return 0;
    if (limit_bytes == 0) return std::numeric_limits<std::uint64_t>::max();
    return limit_bytes > used_bytes ? limit_bytes - used_bytes : 0;
  }
  // Share of the limit that is in use; 0: there is none.
  double utilisation() const noexcept {
    if (full) return 1;
    return limit_bytes == 0 ? 0 : static_cast<double>(used_bytes) / static_cast<double>(limit_bytes);
  }
};

// Removes what was filled under these keys and nobody used or changed since.
struct undo_request {
  std::vector<std::string> keys{};
};

// As far as the cache can tell.
struct undo_result {
  std::uint64_t removed = 0;
  std::uint64_t kept = 0;     // used or changed since, or gone by themselves
  std::uint64_t unknown = 0;  // of which there was no answer
  std::string trouble{};      // why not: "unavailable"; empty: nothing went wrong
  std::vector<std::string> removed_keys{};
};

template <class Inspector>
auto inspect(Inspector& f, undo_request& x) {
  return f(x.keys);
}

template <class Inspector>
auto inspect(Inspector& f, undo_result& x) {
  return f(x.removed, x.kept, x.unknown, x.trouble, x.removed_keys);
}

template <class Inspector>
auto inspect(Inspector& f, named_trouble& x) {
  return f(x.trouble, x.items);
}

template <class Inspector>
auto inspect(Inspector& f, outside_status& x) {
  return f(x.cache, x.reachable, x.trouble, x.detail, x.answered_at, x.looks, x.failed_looks, x.entries,
           x.used_bytes, x.limit_bytes, x.evictions, x.full, x.incarnation, x.restarts, x.emptied, x.stored,
           x.present, x.fenced, x.too_large, x.troubles);
}

}  // namespace stoker
