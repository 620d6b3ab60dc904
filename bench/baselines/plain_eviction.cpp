#include "bench/baselines/plain_eviction.hpp"

#include <numeric>

#include "messages/key.hpp"

namespace stoker::baselines {

namespace {

constexpr std::uint32_t absent = UINT32_MAX;

std::uint64_t hash_of(key_id key) {
  return hash_key({reinterpret_cast<const char*>(&key), sizeof key});  // any good hash will do
}

class policy_simulation {
 public:
  policy_simulation(std::uint64_t distinct_keys, std::uint64_t capacity, eviction kind)
      : policy_(make_eviction_policy(kind)), slots_(distinct_keys, absent), keys_(capacity), free_(capacity) {
    std::iota(free_.rbegin(), free_.rend(), 0u);
  }

  bool access(key_id key) {
    if (slots_[key] != absent) {
      policy_->demanded(slots_[key], false);
      return true;
    }
    policy_->missed(hash_of(key));
    if (free_.empty()) evict();
    insert(key);
    return false;
  }

  std::uint64_t metadata_bytes() const { return policy_->metadata_bytes(); }

 private:
  void evict() {
    const auto slot = policy_->victim();
    policy_->erased(slot);
    slots_[keys_[slot]] = absent;
    free_.push_back(slot);
  }

  void insert(key_id key) {
    const auto slot = free_.back();
    free_.pop_back();
    slots_[key] = slot;
    keys_[slot] = key;
    policy_->inserted(slot, hash_of(key), false, 0);
  }

  std::unique_ptr<eviction_policy> policy_;
  std::vector<std::uint32_t> slots_;  // of each key; absent: not resident
  std::vector<key_id> keys_;          // of each slot in use
  std::vector<std::uint32_t> free_;
};

}  // namespace

outcome simulate_eviction(std::span<const key_id> accesses, std::uint64_t distinct_keys,
                          std::uint64_t capacity, eviction kind) {
  policy_simulation simulation(distinct_keys, capacity, kind);
  outcome result{.requests = accesses.size()};
  for (const auto key : accesses) {
    if (simulation.access(key)) ++result.hits;
  }
  result.metadata_bytes = simulation.metadata_bytes();
  return result;
}

}  // namespace stoker::baselines
