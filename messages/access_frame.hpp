// Frames: batches of accesses as a feed's socket takes them and `POST /track` may: msgpack, byte by byte in
// apps/feeds/README.md.
//
//   frame     u32 big-endian: bytes of the body (1 to max_frame_bytes), then the body
//   body      [1, accesses] or [1, accesses, subject]          1: the version of the format
//   access    key, or [key, hit, bytes, cost_us, subject, kind]: from the front as many as are known
//   key       str or bin, 1 to max_key_bytes;  hit: true, false, or nil: not known
//   bytes, cost_us: unsigned, or nil;  subject, kind: str, bin or nil, at most max_frame_name_bytes
//
// Pure. Untrusted input: every length is held against the bytes that are there before anything is done with
// it; a body is right as a whole or refused as a whole, with a reason for people.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "messages/reported_access.hpp"

namespace stoker {

inline constexpr std::size_t frame_header_bytes = 4;
// A frame stays in memory until it is whole: this much for each connection.
inline constexpr std::size_t max_frame_bytes = 1024 * 1024;
inline constexpr std::size_t max_frame_accesses = 65'536;
inline constexpr std::size_t max_frame_name_bytes = 1024;
inline constexpr std::uint64_t frame_version = 1;

struct frame_content {
  std::vector<reported_access> accesses;  // views into the body
  // Of those that did not say whether they were hits: their indices are ascending.
  std::vector<std::uint32_t> outcome_unknown;
};

// What is wrong with the body; nothing: `into` holds its accesses (what it held before is gone). An access
// without a subject of its own gets the body's.
std::optional<std::string> decode_frame_body(std::string_view body, frame_content& into);

// A whole frame, header and body. REQUIRES: within the limits above.
std::string encode_frame(const std::vector<reported_access>& accesses, std::string_view subject = {});

// What a feed's socket answers.
std::string encode_frame_error(std::string_view reason);                         // ["error", reason]
std::string encode_frame_counts(std::uint64_t recorded, std::uint64_t dropped);  // ["counts", ...]

// Bytes of the body that follows this header. REQUIRES: frame_header_bytes of it.
std::uint32_t frame_body_bytes(std::string_view header) noexcept;

}  // namespace stoker
