// What the learned eviction remembers of keys that left: enough to judge them when they come back.
//
// A four-way associative table of fixed size; a new ghost takes the place of the longest undemanded of its
// set. Keys are 32-bit fingerprints: a false match is rare and costs one bad estimate.
#pragma once

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

#include "messages/bring.hpp"

namespace stoker {

struct ghost {
  std::uint32_t key = 0;
  std::uint32_t last = 0;  // clock of the last demand
  std::uint8_t last_gap = 0;
  std::uint8_t previous_gap = 0;
  std::uint8_t frequency = 0;  // 0: the place is free
  bool foreseen = false;       // the predictor had expected the last demand
};

class ghost_table {
 public:
  // Grows to hold at least `entries`, by an eighth at least; never shrinks. The first ghost comes when the
  // cache is full, as a rule: then the table is as large as it has to be, and no power of two.
  void reserve(std::size_t entries, std::uint32_t now) {
    if (entries <= places_.size()) return;
    auto old = std::move(places_);
    const auto sets = (std::max(entries, old.size() + old.size() / 8) + ways - 1) / ways;
    places_.assign(sets * ways, ghost{});
    for (const auto& g : old)
      if (g.frequency > 0) put(g, now);
  }

  // REQUIRES: something was reserved.
  void put(const ghost& g, std::uint32_t now) {
    auto* set = set_of(g.key);
    auto* place = set;
    for (std::size_t i = 0; i < ways; ++i) {
      if (set[i].frequency == 0 || set[i].key == g.key) {
        place = set + i;
        break;
      }
      if (now - set[i].last > now - place->last) place = set + i;
    }
    *place = g;
  }

  // Starts to bring the set of `key` here.
  void prefetch(std::uint32_t key) const {
    if (places_.empty()) return;
    const auto* set = set_of(key);
    bring(set);
    bring(set + ways - 1);
  }

  // Takes the ghost of `key` out; its frequency is 0 when there is none.
  ghost take(std::uint32_t key) {
    if (places_.empty()) return {};
    auto* set = set_of(key);
    for (std::size_t i = 0; i < ways; ++i)
      if (set[i].frequency > 0 && set[i].key == key) return std::exchange(set[i], ghost{});
    return {};
  }

  std::size_t memory_bytes() const noexcept { return places_.capacity() * sizeof(ghost); }

 private:
  static constexpr std::size_t ways = 4;

  std::size_t first_of(std::uint32_t key) const {
    const auto sets = places_.size() / ways;
    return ((key * std::uint64_t{sets}) >> 32) * ways;
  }
  ghost* set_of(std::uint32_t key) { return &places_[first_of(key)]; }
  const ghost* set_of(std::uint32_t key) const { return &places_[first_of(key)]; }

  std::vector<ghost> places_;
};

}  // namespace stoker
