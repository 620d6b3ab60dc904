// The keys that a predictor knows: each gets a dense number, by which all of its tables are indexed.
//
// Ownership: owns copies of the keys' bytes. Threads: none of its own. Bound: at most `max_keys`; the owner
// renames the number of a key that it gives up. Numbers among keys: a key that ends in decimal digits, as
// "block:1042", has a neighbour at every distance, "block:1043", whose name can be made even before it was
// ever seen.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "actors/prediction/growing_table.hpp"
#include "messages/bring.hpp"
#include "messages/key.hpp"

namespace stoker {

using key_id = std::uint32_t;
inline constexpr key_id no_key = 0xffffffff;

class key_names {
 public:
  // Bytes that a neighbour's name may take: a decimal number of 64 bits and its prefix.
  static constexpr std::size_t longest_numbered_key = 256;

  // Numbers take 24 bits, and the last one is never given.
  static constexpr std::uint32_t most_keys = (1U << 24) - 1;

  // REQUIRES: max_keys <= most_keys.
  explicit key_names(std::uint32_t max_keys);

  // `hash`: the key's, by hash_key().
  std::optional<key_id> find(std::string_view key, std::uint64_t hash) const;
  std::optional<key_id> find(std::string_view key) const { return find(key, hash_key(key)); }
  // A key with this hash: good enough where only the hash is known, since two keys hardly ever share 64 bits.
  std::optional<key_id> find_hash(std::uint64_t hash) const;
  // Starts to bring what find_hash() reads first, and, some time later, what it reads then. Returns the
  // number that it will most likely find.
  void prefetch_slot(std::uint64_t hash) const noexcept { bring(&slots_[home(hash)]); }
  key_id prefetch_hash(std::uint64_t hash) const noexcept;
  void prefetch_name(key_id id) const noexcept { bring(&names_[id]); }
  // REQUIRES: the key is not there, and not full().
  key_id add(std::string_view key, std::uint64_t hash);
  key_id add(std::string_view key) { return add(key, hash_key(key)); }
  // Gives the number of a key that is given up to another one. REQUIRES: `key` is not there.
  void rename(key_id id, std::string_view key, std::uint64_t hash);
  void rename(key_id id, std::string_view key) { rename(id, key, hash_key(key)); }

  bool full() const noexcept { return names_.size() >= max_keys_; }
  std::uint32_t size() const noexcept { return static_cast<std::uint32_t>(names_.size()); }
  std::uint32_t max_keys() const noexcept { return max_keys_; }
  std::string_view name(key_id id) const { return names_[id]; }
  std::uint64_t hash(key_id id) const { return hashes_[id]; }

  // The index alone; the keys' own bytes are not counted.
  std::size_t index_bytes() const noexcept {
    return slots_.capacity() * sizeof(std::uint32_t) + hashes_.memory_bytes();
  }

 private:
  // A number in the lower bits, and above it a few bits of the hash: a look-up reads no key that is not the
  // one looked for, but for one in 256.
  using slot = std::uint32_t;
  static constexpr slot free_slot = 0xffffffff;

  template <class Matches>
  std::optional<key_id> probe(std::uint64_t hash, Matches matches) const;
  std::size_t home(std::uint64_t hash) const noexcept { return hash & (slots_.size() - 1); }
  void insert(key_id id);
  void erase(key_id id);
  void grow();

  std::uint32_t max_keys_;
  std::vector<std::string> names_;
  learning::growing_table<std::uint64_t> hashes_;  // by number
  std::vector<slot> slots_;  // open addressing, linear probing; a power of two, at most 3/4 full
};

// The decimal number that a key ends in, and what stands before it. Empty when there is none, when it has a
// leading zero (then neighbours are not named alike) or more than 18 digits.
struct numbered_key {
  std::string_view prefix;
  std::int64_t number = 0;
};
std::optional<numbered_key> parse_numbered_key(std::string_view key);

}  // namespace stoker
