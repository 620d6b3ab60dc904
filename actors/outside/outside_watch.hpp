// What is known of a cache outside of the process, put together look by look.
//
// Pure but for its lock: the one who looks writes, everybody else reads. Threads: any.
#pragma once

#include <mutex>
#include <string>

#include "messages/outside.hpp"

namespace stoker {

// What one look at a cache brought.
struct outside_look {
  std::string trouble{};  // the cache did not answer: why; the rest says nothing then
  std::string detail{};   // what went wrong last, for people
  bool restarted = false;
  bool emptied = false;
  outside_status counts{};  // entries, bytes, evictions and what became of Stoker's items
};

class outside_watch {
 public:
  explicit outside_watch(std::string cache) { status_.cache = std::move(cache); }

  void note(const outside_look& look, time_point now);
  outside_status status() const;
  // Rises when the cache lost what it held, or may have.
  std::uint64_t incarnation() const;

 private:
  void note_room(const outside_look& look);

  mutable std::mutex mutex_;
  outside_status status_;
  std::uint64_t full_at_bytes_ = 0;  // what was in use when it evicted last; 0: it has room
};

}  // namespace stoker
