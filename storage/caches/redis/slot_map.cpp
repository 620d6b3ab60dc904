#include "storage/caches/redis/slot_map.hpp"

#include <algorithm>

namespace stoker {

namespace {

constexpr std::array<std::uint16_t, 256> crc_table = [] {
  constexpr std::uint16_t polynomial = 0x1021;
  std::array<std::uint16_t, 256> table{};
  for (unsigned byte = 0; byte < table.size(); ++byte) {
    auto rest = static_cast<std::uint16_t>(byte << 8);
    for (int bit = 0; bit < 8; ++bit)
      rest = static_cast<std::uint16_t>((rest & 0x8000) != 0 ? (rest << 1) ^ polynomial : rest << 1);
    table[byte] = rest;
  }
  return table;
}();

std::uint16_t crc16(std::string_view bytes) noexcept {
  std::uint16_t rest = 0;
  for (const char c : bytes)
    rest =
        static_cast<std::uint16_t>(rest << 8 ^ crc_table[(rest >> 8 ^ static_cast<unsigned char>(c)) & 0xff]);
  return rest;
}

// Splitmix64's last step: a number of its own for each slot.
std::uint64_t mark_of(std::uint16_t slot) noexcept {
  std::uint64_t mark = (slot + 1) * 0x9e3779b97f4a7c15;
  mark = (mark ^ (mark >> 30)) * 0xbf58476d1ce4e5b9;
  mark = (mark ^ (mark >> 27)) * 0x94d049bb133111eb;
  return mark ^ (mark >> 31);
}

}  // namespace

std::uint16_t key_slot(std::string_view key) noexcept {
  if (const auto open = key.find('{'); open != std::string_view::npos) {
    const auto close = key.find('}', open + 1);
    if (close != std::string_view::npos && close > open + 1) key = key.substr(open + 1, close - open - 1);
  }
  return crc16(key) % slot_count;
}

std::uint16_t slot_map::index_of(std::string_view primary) {
  const auto found =
      std::find_if(shards_.begin(), shards_.end(), [&](const shard& one) { return one.primary == primary; });
  if (found != shards_.end()) return static_cast<std::uint16_t>(found - shards_.begin());
  // One without slots makes room, so that there are never more of them than slots.
  const auto unused =
      std::find_if(shards_.begin(), shards_.end(), [](const shard& one) { return one.slots == 0; });
  if (shards_.size() >= slot_count && unused != shards_.end()) {
    *unused = {std::string{primary}, {}};
    return static_cast<std::uint16_t>(unused - shards_.begin());
  }
  shards_.push_back({std::string{primary}, {}});
  return static_cast<std::uint16_t>(shards_.size() - 1);
}

void slot_map::assign(std::uint16_t slot, std::uint16_t to) {
  if (owners_[slot] != nobody) {
    auto& before = shards_[owners_[slot]];
    --before.slots;
    before.slots_mark ^= mark_of(slot);
  }
  owners_[slot] = to;
  ++shards_[to].slots;
  shards_[to].slots_mark ^= mark_of(slot);
}

void slot_map::replace(const std::vector<slot_range>& ranges) {
  owners_.fill(nobody);
  shards_.clear();
  for (const auto& range : ranges) {
    if (range.primary.empty() || range.first > range.last || range.last >= slot_count) continue;
    const auto to = index_of(range.primary);
    shards_[to].replicas = range.replicas;
    for (auto slot = range.first; slot <= range.last; ++slot) assign(slot, to);
  }
}

bool slot_map::move(std::uint16_t slot, std::string_view to) {
  if (slot >= slot_count || to.empty()) return false;
  if (const auto held = owner(slot); held && shards_[*held].primary == to) return false;
  assign(slot, index_of(to));
  return true;
}

}  // namespace stoker
