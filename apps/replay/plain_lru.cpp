#include "apps/replay/plain_lru.hpp"

#include <vector>

namespace stoker::replaying {

namespace {

// A list of keys, newest first, linked through the keys' numbers; the last number is the list's head.
class recency_list {
 public:
  explicit recency_list(std::size_t keys) : links_(keys + 1), head_(static_cast<std::uint32_t>(keys)) {
    links_[head_] = {head_, head_};
  }

  void push(std::uint32_t key) {
    const auto first = links_[head_].older;
    links_[key] = {head_, first};
    links_[first].newer = key;
    links_[head_].older = key;
  }

  void erase(std::uint32_t key) {
    links_[links_[key].newer].older = links_[key].older;
    links_[links_[key].older].newer = links_[key].newer;
  }

  std::uint32_t oldest() const { return links_[head_].newer; }

 private:
  struct link {
    std::uint32_t newer = 0;
    std::uint32_t older = 0;
  };
  std::vector<link> links_;
  std::uint32_t head_;
};

}  // namespace

std::uint64_t plain_lru_misses(const trace& recorded, std::uint64_t entries) {
  recency_list list(recorded.keys.size());
  std::vector<bool> resident(recorded.keys.size());
  std::uint64_t size = 0;
  std::uint64_t misses = 0;
  for (const auto key : recorded.accesses) {
    if (resident[key]) {
      list.erase(key);
    } else {
      ++misses;
      if (size == entries) {
        resident[list.oldest()] = false;
        list.erase(list.oldest());
      } else {
        ++size;
      }
      resident[key] = true;
    }
    list.push(key);
  }
  return misses;
}

}  // namespace stoker::replaying
