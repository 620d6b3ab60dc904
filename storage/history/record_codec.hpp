// The value of a record in history: header and msgpack body, as KEYS.md writes them down.
//
// Pure functions. What comes from disk is not trusted: damaged bytes are an error, never a crash, and never
// more than a bounded amount of memory.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "messages/statistics.hpp"
#include "messages/time.hpp"

namespace stoker {

inline constexpr std::size_t record_header_bytes = 17;
inline constexpr std::uint8_t record_revision = 1;

struct record_header {
  std::uint64_t version = 0;
  time_point written_at{};
};

// Appends the value of a record. The key is not part of it.
void encode_record(const record_header& header, const key_statistics& record, std::string& into);

// False when the bytes are too short to have a header.
bool decode_header(std::string_view bytes, record_header& into);

// Reads the body into everything but `into.key`. False when the bytes are damaged or of a revision that this
// reader does not know; `into` is then unspecified.
bool decode_record(std::string_view bytes, key_statistics& into);

}  // namespace stoker
