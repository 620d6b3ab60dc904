// Proves to a fill that no change which came through this process happened to its key since its token was
// taken: a fence_table with a lock of its own.
//
// Changes are noted before they are sent to the server, and fills are looked at while their batch is made.
// Both go over one connection, one batch after the other: what was let through is at the server before the
// change is. Threads: any.
#pragma once

#include <cstdint>
#include <mutex>
#include <string_view>

#include "messages/key.hpp"
#include "storage/caches/memory/fence_table.hpp"

namespace stoker {

class change_fence {
 public:
  std::uint64_t generation() const {
    std::lock_guard guard{mutex_};
    return generation_;
  }
  void changed(std::string_view key) {
    std::lock_guard guard{mutex_};
    changes_.changed(hash_key(key), ++generation_);
  }
  void all_changed() {
    std::lock_guard guard{mutex_};
    changes_.all_changed(++generation_);
  }
  bool changed_since(std::string_view key, std::uint64_t token) const {
    std::lock_guard guard{mutex_};
    return token != generation_ && changes_.changed_since(hash_key(key), token);
  }

 private:
  static constexpr std::size_t sets = 4096;  // 288 KiB

  mutable std::mutex mutex_;
  std::uint64_t generation_ = 1;
  fence_table changes_{sets};
};

}  // namespace stoker
