// Which server of a Redis Cluster holds which key: 16,384 slots, each served by a primary and its replicas.
//
// Pure. Source: the Redis Cluster specification ("Key distribution model", "Hash tags"). Servers are known by
// name, "host:port". Threads: one at a time.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace stoker {

inline constexpr std::uint16_t slot_count = 16'384;

// CRC-16/XMODEM of the key, or of what stands between its first "{" and the next "}" unless that is nothing.
std::uint16_t key_slot(std::string_view key) noexcept;

// What a cluster says of some of its slots, both ends included.
struct slot_range {
  std::uint16_t first = 0;
  std::uint16_t last = 0;
  std::string primary;
  std::vector<std::string> replicas{};
};

class slot_map {
 public:
  struct shard {
    std::string primary;
    std::vector<std::string> replicas;
    std::uint16_t slots = 0;       // that it has at the moment
    std::uint64_t slots_mark = 0;  // tells one set of slots from another; the same whoever holds them
  };

  slot_map() { owners_.fill(nobody); }

  // What is in no range is served by nobody. A range that is none is left out.
  void replace(const std::vector<slot_range>& ranges);
  // One slot moved; false: it stood there already, or there is no such slot.
  bool move(std::uint16_t slot, std::string_view to);

  // Index of a shard; empty: nobody serves it. REQUIRES: slot < slot_count.
  std::optional<std::size_t> owner(std::uint16_t slot) const noexcept {
    return owners_[slot] == nobody ? std::nullopt : std::optional<std::size_t>{owners_[slot]};
  }
  const std::vector<shard>& shards() const noexcept { return shards_; }
  bool empty() const noexcept { return shards_.empty(); }

 private:
  static constexpr std::uint16_t nobody = 0xffff;

  // INVARIANT: at most one shard more than there are slots, so that an index never is `nobody`.
  std::uint16_t index_of(std::string_view primary);
  void assign(std::uint16_t slot, std::uint16_t shard);

  std::array<std::uint16_t, slot_count> owners_{};
  std::vector<shard> shards_;
};

}  // namespace stoker
