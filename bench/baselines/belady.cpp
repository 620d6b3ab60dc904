#include "bench/baselines/belady.hpp"

#include <queue>
#include <utility>

namespace stoker::baselines {

namespace {

constexpr std::uint64_t never = UINT64_MAX;

// Of each access, when its key is demanded next.
std::vector<std::uint64_t> next_demands(std::span<const key_id> accesses, std::uint64_t distinct_keys) {
  std::vector<std::uint64_t> next(accesses.size());
  std::vector<std::uint64_t> upcoming(distinct_keys, never);
  for (auto i = accesses.size(); i-- > 0;) next[i] = std::exchange(upcoming[accesses[i]], i);
  return next;
}

// The residents by their next demand. A demand leaves an entry behind that is out of date; it is dropped on
// sight.
class residents {
 public:
  explicit residents(std::uint64_t distinct_keys) : next_(distinct_keys, absent) {}

  bool contains(key_id key) const { return next_[key] != absent; }
  std::uint64_t size() const { return size_; }

  void put(key_id key, std::uint64_t next_demand) {
    if (!contains(key)) ++size_;
    next_[key] = next_demand;
    farthest_first_.emplace(next_demand, key);
  }

  void evict_farthest() {
    while (true) {
      const auto [next_demand, key] = farthest_first_.top();
      farthest_first_.pop();
      if (next_[key] != next_demand) continue;
      next_[key] = absent;
      --size_;
      return;
    }
  }

 private:
  static constexpr std::uint64_t absent = never - 1;

  std::vector<std::uint64_t> next_;
  std::priority_queue<std::pair<std::uint64_t, key_id>> farthest_first_;
  std::uint64_t size_ = 0;
};

}  // namespace

outcome simulate_belady(std::span<const key_id> accesses, std::uint64_t distinct_keys,
                        std::uint64_t capacity) {
  const auto next = next_demands(accesses, distinct_keys);
  residents cache(distinct_keys);
  outcome result{.requests = accesses.size()};
  for (std::size_t i = 0; i < accesses.size(); ++i) {
    if (cache.contains(accesses[i])) {
      ++result.hits;
    } else if (cache.size() == capacity) {
      cache.evict_farthest();
    }
    cache.put(accesses[i], next[i]);
  }
  return result;
}

}  // namespace stoker::baselines
