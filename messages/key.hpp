// A key: opaque bytes that name an entry of a cache, and the one hash of them that the whole engine uses.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace stoker {

using key_bytes = std::string;

// Longest key that the engine accepts. A key of 1 MiB is a mistake in the host, never a name.
inline constexpr std::size_t max_key_bytes = 64 * 1024;

// XXH3, 64 bits. Stable: history on disk and hold-out sets depend on it.
std::uint64_t hash_key(std::string_view key) noexcept;

}  // namespace stoker
