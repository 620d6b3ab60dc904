// Accesses: what host threads record, and the immutable batch in which the collector passes them on.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "messages/time.hpp"

namespace stoker {

enum class access_outcome : std::uint8_t {
  miss,
  hit,
  first_use,  // a hit, and the first demand of an entry that the warmer put there
  late,       // a miss while a prefetch of the same key was under way
  sampled,    // no access that was seen: a feed's estimate of how often the key is used. It counts for how
              // popular a key is, and for nothing else: neither hits nor order can be learned from it
};

// One access. The key's bytes stand in the batch's `bytes`.
struct access_record {
  std::uint64_t stamp = 0;  // monotone; orders the accesses of all threads
  std::uint64_t hash = 0;   // hash_key() of the key
  std::uint64_t stream =
      0;  // whose sequence this access belongs to: hash of the subject, else the thread's number
  std::uint32_t key_offset = 0;
  std::uint32_t key_size = 0;
  std::uint32_t bytes = 0;    // size of the value, 0: unknown
  std::uint32_t cost_us = 0;  // measured load time of a miss, 0: unknown
  access_outcome outcome = access_outcome::miss;
};

// What only some accesses carry.
struct access_note {
  std::uint32_t record = 0;  // index into access_batch::records
  std::string subject{};     // user, session or tenant
  std::string kind{};        // kind of a subject's key: "session", "forms", "navigation", or the host's own
  std::vector<std::string> tags{};
  std::vector<std::string> co_accessed{};  // keys that the host says belong together with this one
};

// Accesses of one cache in order of their stamps. Built once, then shared unchanged by tracker and predictor.
struct access_batch {
  std::string cache{};
  time_point taken_at{};                 // wall clock when the batch was closed; no clock is read per access
  std::vector<access_record> records{};  // ascending stamps
  std::string bytes{};                   // the keys, one after the other
  std::vector<access_note> notes{};      // ascending record indices
  std::uint64_t dropped = 0;             // accesses lost since the previous batch, for want of room

  std::string_view key(const access_record& record) const {
    return std::string_view{bytes}.substr(record.key_offset, record.key_size);
  }
};

// What the host says of a key once: tags, and numeric attributes to select by (complexity, size class, ...).
struct key_description {
  std::string cache{};
  std::string key{};
  std::vector<std::string> tags{};
  std::vector<std::pair<std::string, double>> attributes{};
};

template <class Inspector>
auto inspect(Inspector& f, access_record& x) {
  return f(x.stamp, x.hash, x.stream, x.key_offset, x.key_size, x.bytes, x.cost_us, x.outcome);
}

template <class Inspector>
auto inspect(Inspector& f, access_note& x) {
  return f(x.record, x.subject, x.kind, x.tags, x.co_accessed);
}

template <class Inspector>
auto inspect(Inspector& f, access_batch& x) {
  return f(x.cache, x.taken_at, x.records, x.bytes, x.notes, x.dropped);
}

template <class Inspector>
auto inspect(Inspector& f, key_description& x) {
  return f(x.cache, x.key, x.tags, x.attributes);
}

}  // namespace stoker
