// What only some accesses carry, as bytes: subject, kind, tags and co-accessed keys of one access in a ring.
//
// Bytes: subject, kind, then the tags, then the co-accessed keys; a text is a u32 size and its bytes, a list
// is a u32 count and its texts. Host byte order: the bytes never leave the process. Padding may follow.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "messages/access.hpp"

namespace stoker {

// What the host may say with an access. Views: used during the call only.
struct access_details {
  std::string_view subject;  // user, session or tenant: its accesses are a stream of their own
  std::string_view kind;  // kind of this subject's key: "session", "forms", "navigation", or the host's own
  std::span<const std::string> tags;
  std::span<const std::string> co_accessed;  // keys that belong together with this one
};

// Details beyond this are left off, the access itself is kept: a ring holds thousands of accesses, not
// documents.
inline constexpr std::size_t max_details_bytes = 16 * 1024;

// Empty: there are none, or they are too large.
std::string encode_details(const access_details& details);

// `record` is left for the caller to set. REQUIRES: bytes of encode_details, maybe with padding.
access_note decode_details(std::string_view bytes);

}  // namespace stoker
