// What memcached's `watch fetchers connevents` tells, line by line, as accesses. Pure.
//
//   ts=1795755487.934071 gid=4 type=item_get key=a%20b status=found clsid=1 cfd=17 size=3
//   ts=1795755488.234395 gid=12 type=conn_close rip=unix rport=0 transport=local reason=normal cfd=17
//   skipped=120
//
// memcached logs a line of the same kind for the look that every set begins with. A look that finds nothing,
// on the connection where the same key was just not found, is taken for the set that follows the miss; a set
// of what is there counts as a use of it.
//
// Stoker's own connections are known by a mark that they send (storage/caches/memcached/meta_wire.hpp): what
// comes over them is no user's access, until they are closed.
//
// Threads: one at a time. Bounded: the tables of connections and of misses.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>

#include "messages/reported_access.hpp"

namespace stoker::feeds {

class watch_lines {
 public:
  enum class verdict : std::uint8_t { access, left_out, malformed, notice, skipped };

  // Only keys with the prefix, which is taken off.
  explicit watch_lines(std::string key_prefix) : key_prefix_(std::move(key_prefix)) {}

  // The access views what is kept until the next call. After `skipped` lines() tells how many were.
  verdict read(std::string_view line, reported_access& into);
  std::uint64_t lines_skipped() const noexcept { return skipped_; }
  // A new connection to the server: nothing is known of its clients.
  void reset();

 private:
  verdict read_fetch(std::string_view line, reported_access& into);
  bool is_set_after_miss(std::uint64_t connection, bool found, std::uint64_t hash);

  const std::string key_prefix_;
  std::string key_;
  std::unordered_set<std::uint64_t> own_;                       // connections of Stoker's
  std::unordered_map<std::uint64_t, std::uint64_t> last_miss_;  // of a connection and key; its line's number
  std::uint64_t lines_ = 0;
  std::uint64_t skipped_ = 0;
};

}  // namespace stoker::feeds
