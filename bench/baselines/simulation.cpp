#include "bench/baselines/simulation.hpp"

namespace stoker::baselines {

namespace {

// A doubly linked list over key ids, most recent first: links in two arrays, one place for each key of the
// trace.
class recency_list {
 public:
  explicit recency_list(std::uint64_t distinct_keys)
      : ends_(static_cast<key_id>(distinct_keys)),
        newer_(distinct_keys + 1, ends_),
        older_(distinct_keys + 1, ends_),
        present_(distinct_keys, false) {}

  bool contains(key_id key) const { return present_[key]; }
  std::uint64_t size() const { return size_; }

  void push_front(key_id key) {
    link_front(key);
    present_[key] = true;
    ++size_;
  }

  void move_to_front(key_id key) {
    unlink(key);
    link_front(key);
  }

  key_id pop_back() {
    const auto key = newer_[ends_];
    unlink(key);
    present_[key] = false;
    --size_;
    return key;
  }

 private:
  // The list is a ring through ends_: older_[ends_] is the most recent key, newer_[ends_] the least.
  void link_front(key_id key) {
    const auto front = older_[ends_];
    older_[key] = front;
    newer_[key] = ends_;
    newer_[front] = key;
    older_[ends_] = key;
  }

  void unlink(key_id key) {
    newer_[older_[key]] = newer_[key];
    older_[newer_[key]] = older_[key];
  }

  key_id ends_;
  std::vector<key_id> newer_;
  std::vector<key_id> older_;
  std::vector<bool> present_;
  std::uint64_t size_ = 0;
};

class lru_simulation {
 public:
  lru_simulation(std::uint64_t distinct_keys, std::uint64_t capacity, prefetcher* prefetching)
      : capacity_(capacity), prefetching_(prefetching), list_(distinct_keys), rounds_(distinct_keys, 0) {}

  void access(key_id key) {
    const bool hit = list_.contains(key);
    ++result_.requests;
    if (hit) use(key);
    if (prefetching_) prefetching_->accessed(key, hit);
    if (!hit) insert(key);
    if (prefetching_) prefetch_after(key);
  }

  const outcome& result() const { return result_; }

 private:
  void use(key_id key) {
    ++result_.hits;
    list_.move_to_front(key);
    if (rounds_[key] == 0) return;
    ++result_.useful_prefetches;
    rounds_[key] = 0;
  }

  void prefetch_after(key_id key) {
    proposals_.clear();
    prefetching_->propose(key, proposals_);
    for (const auto proposed : proposals_) {
      if (list_.contains(proposed)) continue;
      insert(proposed);
      rounds_[proposed] = 1;
      ++result_.prefetches;
    }
  }

  void insert(key_id key) {
    while (list_.size() >= capacity_) evict_or_spare();
    list_.push_front(key);
  }

  void evict_or_spare() {
    const auto victim = list_.pop_back();
    const bool spared =
        prefetching_ && rounds_[victim] > 0 && rounds_[victim] <= prefetching_->extra_rounds();
    if (!spared) {
      rounds_[victim] = 0;
      return;
    }
    ++rounds_[victim];
    list_.push_front(victim);
  }

  std::uint64_t capacity_;
  prefetcher* prefetching_;
  recency_list list_;
  std::vector<std::uint8_t>
      rounds_;  // of a prefetched object nobody used: 1 + the rounds it was spared; else 0
  std::vector<key_id> proposals_;
  outcome result_;
};

}  // namespace

outcome simulate_lru(std::span<const key_id> accesses, std::uint64_t distinct_keys, std::uint64_t capacity,
                     prefetcher* prefetching) {
  lru_simulation simulation(distinct_keys, capacity, prefetching);
  for (const auto key : accesses) simulation.access(key);
  auto result = simulation.result();
  if (prefetching) result.metadata_bytes = prefetching->metadata_bytes();
  return result;
}

}  // namespace stoker::baselines
