// A growing array of records in chunks: elements never move, growth never copies, room is given again.
//
// A slot is a small dense number. Chunks of 2 MiB and more are put into huge pages. Ownership: the slab owns
// its elements; they must be trivially destructible. Threads: one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <type_traits>
#include <vector>

#include "actors/tracking/huge_memory.hpp"

namespace stoker {

inline constexpr std::uint32_t no_slot = 0xFFFF'FFFF;

template <class T, std::uint32_t ChunkItems>
class slab {
  static_assert(std::is_trivially_destructible_v<T>);
  static_assert((ChunkItems & (ChunkItems - 1)) == 0, "a power of two, so that a slot splits by shifts");

 public:
  // A slot with a fresh element in it.
  std::uint32_t allocate() {
    const std::uint32_t slot = free_.empty() ? next_fresh() : take_free();
    std::construct_at(&(*this)[slot]);
    ++used_;
    return slot;
  }

  void release(std::uint32_t slot) {
    free_.push_back(slot);
    --used_;
  }

  T& operator[](std::uint32_t slot) noexcept { return at(slot)[slot % ChunkItems]; }
  const T& operator[](std::uint32_t slot) const noexcept { return at(slot)[slot % ChunkItems]; }

  // Every slot ever given is below it.
  std::uint32_t end() const noexcept { return end_; }
  std::uint32_t used() const noexcept { return used_; }

  std::size_t memory_bytes() const noexcept {
    return chunks_.size() * ChunkItems * sizeof(T) + chunks_.capacity() * sizeof(chunks_[0]) +
           free_.capacity() * sizeof(free_[0]);
  }

 private:
  T* at(std::uint32_t slot) const noexcept { return static_cast<T*>(chunks_[slot / ChunkItems].get()); }

  std::uint32_t next_fresh() {
    if (end_ == chunks_.size() * ChunkItems) chunks_.push_back(allocate_huge(ChunkItems * sizeof(T)));
    return end_++;
  }

  std::uint32_t take_free() {
    const std::uint32_t slot = free_.back();
    free_.pop_back();
    return slot;
  }

  std::vector<huge_memory> chunks_;
  std::vector<std::uint32_t> free_;
  std::uint32_t end_ = 0;
  std::uint32_t used_ = 0;
};

}  // namespace stoker
