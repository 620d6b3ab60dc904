// Accesses that another process tells of, as msgpack: for hosts that have no room for JSON, and for keys that
// are no text.
//
// Format: a map, either of one access, or with "accesses", an array of such maps, and "cache", which stands
// for those that name none. An access: "key" (string or binary), "cache", "outcome" ("miss", "hit",
// "first_use", "late"; "miss" where it is left out), "bytes", "cost_us", "subject", "kind", "co_accessed" (an
// array of keys), "tags" (an array of strings), "attributes" (a map from names to numbers). Only the key must
// be there; names that are none of these are errors.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "messages/access.hpp"

namespace stoker {

struct tracked_access {
  std::string cache{};
  std::string key{};
  access_outcome outcome = access_outcome::miss;
  std::uint32_t bytes = 0;    // size of the value; 0: not known
  std::uint32_t cost_us = 0;  // how long a miss took to load; 0: not known
  std::string subject{};
  std::string kind{};
  std::vector<std::string> co_accessed{};
  // Tags and attributes replace what was said of the key before.
  bool described = false;
  std::vector<std::string> tags{};
  std::vector<std::pair<std::string, double>> attributes{};
};

inline constexpr std::size_t most_tracked_accesses = 10'000;  // of one message

// Throws stoker::error(errc::invalid_argument), which names the field: "accesses[3].key: must be ...".
std::vector<tracked_access> decode_track(std::string_view bytes);

}  // namespace stoker
