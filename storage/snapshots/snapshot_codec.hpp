// Snapshots as bytes; README.md in this folder is the format.
//
// A snapshot is input that nobody vouches for: whatever is wrong with it is refused, and nothing in it can
// ask for more memory than its own bytes are worth. Threads: any.
#pragma once

#include <string>
#include <string_view>

#include "messages/snapshot.hpp"

namespace stoker {

inline constexpr std::uint32_t snapshot_version = 1;
// Bounds of what is written and read.
inline constexpr std::uint64_t max_snapshot_keys = 10'000'000;
inline constexpr std::uint64_t max_snapshot_bytes = 2ull << 30;
inline constexpr std::size_t max_snapshot_tags = 1024;  // of a key; each at most max_key_bytes long

// What does not fit the bounds is left out: keys beyond max_snapshot_keys, later ones of the same name, tags
// beyond max_snapshot_tags.
std::string encode_snapshot(const hot_set& hot);

// Throws stoker::error(errc::invalid_argument), which says what is wrong and where.
hot_set decode_snapshot(std::string_view bytes);

}  // namespace stoker
