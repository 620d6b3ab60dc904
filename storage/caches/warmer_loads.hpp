// Keys that the warmer is loading right now, and whether a user asked for them meanwhile: such a demand is
// late, and what arrives is a user's entry from the start.
//
// Threads: any; one short lock. Only misses and the warmer's loads come here.
#pragma once

#include <map>
#include <mutex>
#include <string>
#include <string_view>

namespace stoker {

class warmer_loads {
 public:
  void begin(const std::string& key) {
    std::lock_guard guard{mutex_};
    ++loads_[key].under_way;
  }

  // REQUIRES: one call for each begin().
  void end(const std::string& key) {
    std::lock_guard guard{mutex_};
    const auto found = loads_.find(key);
    if (--found->second.under_way == 0) loads_.erase(found);
  }

  // A user wants this key; returns whether the warmer is at it.
  bool demand(std::string_view key) {
    std::lock_guard guard{mutex_};
    const auto found = loads_.find(key);
    if (found == loads_.end()) return false;
    found->second.demanded = true;
    return true;
  }

  bool demanded(std::string_view key) const {
    std::lock_guard guard{mutex_};
    const auto found = loads_.find(key);
    return found != loads_.end() && found->second.demanded;
  }

 private:
  struct load {
    int under_way = 0;  // after an invalidation, a second one may start before the first has ended
    bool demanded = false;
  };

  mutable std::mutex mutex_;
  std::map<std::string, load, std::less<>> loads_;
};

}  // namespace stoker
