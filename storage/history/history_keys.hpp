// The key space of the history (KEYS.md): builds and takes apart the keys of records and documents.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "messages/history.hpp"

namespace stoker {

inline constexpr std::uint32_t history_format_version = 1;
inline constexpr std::string_view format_key{"\x01", 1};
inline constexpr std::string_view format_magic{"STOK"};

// The format record's value, and what it says: no version when it is not one.
std::string encode_format();
std::optional<std::uint32_t> decode_format(std::string_view value);

// The low byte of the key's hash with its bits reversed.
std::uint8_t bucket_of(std::string_view key) noexcept;

// Throws stoker::error(errc::invalid_argument) when the cache's name is too long.
std::string record_key(std::string_view cache, std::string_view key);
std::string document_key(document_kind kind, std::string_view name);

// A record's key, taken apart. The parts point into the key.
struct record_key_parts {
  std::string_view cache;
  std::uint8_t bucket = 0;
  std::string_view key;
};
std::optional<record_key_parts> parse_record_key(std::string_view key);

// What all records have in front, and all records of a cache.
std::string records_prefix();
std::string cache_prefix(std::string_view cache);
// The least key that is greater than every key with this prefix. REQUIRES: the prefix has a byte other than
// ff.
std::string after_prefix(std::string prefix);

// The buckets, first to last, where the records of a shard stand: all of them unless shards is a power of
// two.
struct bucket_range {
  std::uint8_t first = 0x00;
  std::uint8_t last = 0xff;
};
bucket_range buckets_of_shard(std::uint32_t shard, std::uint32_t shards) noexcept;

}  // namespace stoker
