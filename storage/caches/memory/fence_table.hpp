// What was changed lately, by hash: proves to a fill that nothing newer than its token happened to its key.
//
// Never lets a stale fill through. May refuse one falsely, when more than four other keys of the same set
// changed while the load was under way: a set remembers the four latest changes exactly, and older ones by
// their highest generation. With 1,024 sets and 300 changes during a load that is one fill in 5,000. Threads:
// under the shard's lock only.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "messages/bring.hpp"
#include "storage/caches/memory/footprint.hpp"

namespace stoker {

class fence_table {
 public:
  // REQUIRES: `sets` is a power of two.
  explicit fence_table(std::size_t sets) : sets_(sets) {}

  // `generation` is higher than any before.
  void changed(std::uint64_t hash, std::uint64_t generation);
  void all_changed(std::uint64_t generation);
  // Starts to bring here what changed_since(hash) will read.
  void prefetch(std::uint64_t hash) const noexcept {
    const set& s = sets_[set_of(hash)];
    bring(&s);
    bring(&s.forgotten);
  }
  bool changed_since(std::uint64_t hash, std::uint64_t token) const;

  std::size_t memory_bytes() const noexcept { return heap_bytes(sizeof *this) + heap_bytes(sets_); }
  static std::size_t memory_of(std::size_t sets) noexcept { return sets * sizeof(set); }

 private:
  struct change {
    std::uint64_t hash = 0;
    std::uint64_t generation = 0;
  };
  struct set {
    std::array<change, 4> latest{};
    std::uint64_t forgotten = 0;  // the highest generation that is no longer in `latest`
  };

  std::size_t set_of(std::uint64_t hash) const noexcept { return (hash >> 20) & (sets_.size() - 1); }

  std::vector<set> sets_;
};

}  // namespace stoker
