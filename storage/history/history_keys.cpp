#include "storage/history/history_keys.hpp"

#include <bit>
#include <cassert>

#include "messages/error.hpp"
#include "messages/key.hpp"
#include "storage/history/byte_order.hpp"
#include "storage/history/history_store.hpp"

namespace stoker {

namespace {

constexpr char record_byte = 0x10;
constexpr char document_byte = 0x20;
constexpr std::size_t cache_at = 3;  // after the record byte and the length of the name

std::uint8_t reverse_bits(std::uint8_t byte) noexcept {
  std::uint8_t reversed = 0;
  for (int bit = 0; bit < 8; ++bit) reversed = static_cast<std::uint8_t>(reversed << 1 | (byte >> bit & 1));
  return reversed;
}

}  // namespace

std::string encode_format() {
  std::string value{format_magic};
  append_big_endian(history_format_version, value);
  return value;
}

std::optional<std::uint32_t> decode_format(std::string_view value) {
  if (value.size() < format_magic.size() + 4 || !value.starts_with(format_magic)) return std::nullopt;
  return read_big_endian<std::uint32_t>(value.substr(format_magic.size()));
}

std::uint8_t bucket_of(std::string_view key) noexcept {
  return reverse_bits(static_cast<std::uint8_t>(hash_key(key)));
}

std::string record_key(std::string_view cache, std::string_view key) {
  auto result = cache_prefix(cache);
  result.push_back(static_cast<char>(bucket_of(key)));
  result.append(key);
  return result;
}

std::string document_key(document_kind kind, std::string_view name) {
  std::string result{document_byte, static_cast<char>(kind)};
  result.append(name);
  return result;
}

std::optional<record_key_parts> parse_record_key(std::string_view key) {
  if (key.size() < cache_at || key[0] != record_byte) return std::nullopt;
  std::size_t length = read_big_endian<std::uint16_t>(key.substr(1));
  if (key.size() < cache_at + length + 1) return std::nullopt;
  return record_key_parts{key.substr(cache_at, length), static_cast<std::uint8_t>(key[cache_at + length]),
                          key.substr(cache_at + length + 1)};
}

std::string records_prefix() {
  return std::string(1, record_byte);
}

std::string cache_prefix(std::string_view cache) {
  if (cache.size() > max_history_cache_name_bytes)
    throw error{errc::invalid_argument, "history: a cache's name has at most 65535 bytes"};
  auto result = records_prefix();
  append_big_endian(static_cast<std::uint16_t>(cache.size()), result);
  result.append(cache);
  return result;
}

std::string after_prefix(std::string prefix) {
  while (!prefix.empty() && prefix.back() == '\xff') prefix.pop_back();
  assert(!prefix.empty());
  ++prefix.back();
  return prefix;
}

bucket_range buckets_of_shard(std::uint32_t shard, std::uint32_t shards) noexcept {
  if (!std::has_single_bit(shards)) return {};
  auto first = reverse_bits(static_cast<std::uint8_t>(shard));
  auto spread = shards > 0xff ? 0u : 0xffu / shards;  // 2^(8-k) - 1
  return {first, static_cast<std::uint8_t>(first | spread)};
}

}  // namespace stoker
