// A conversation with one memcached server: connection, batches of commands and their replies, and what it
// knows and counts besides.
//
// Threads: `lock` is held by whoever calls; `changes` alone may be touched without.
#pragma once

#include <map>
#include <mutex>

#include "storage/caches/memcached/memcached_cache.hpp"
#include "storage/caches/memcached/meta_wire.hpp"
#include "storage/caches/remote/change_fence.hpp"
#include "storage/caches/remote/content_watch.hpp"
#include "storage/caches/remote/outcome_counts.hpp"
#include "storage/caches/remote/server_link.hpp"

namespace stoker {

class memcached_session {
 public:
  using steady_time = std::chrono::steady_clock::time_point;
  // Appends the one command of an item.
  using append_function = std::function<void(std::string& out, std::size_t item)>;
  using reply_function = meta_reader::reply_function;
  using statistics = std::map<std::string, std::string, std::less<>>;

  explicit memcached_session(memcached_config given);

  // Returns how many of the items got their reply; `failed` says why the others did not.
  std::size_t run(std::size_t items, const append_function& append, const reply_function& on_reply,
                  steady_time deadline, trouble& failed);
  trouble read_statistics(statistics& found, steady_time deadline);
  // Names the server's process; another name when it was started again.
  std::string process_of(const statistics& found);

  std::optional<meta_key> encode(std::string_view key) const;

  const memcached_config config;
  std::mutex lock;
  server_link link;
  change_fence changes;
  outcome_counts counts;
  content_watch content;
  // Lookups at the server that were Stoker's own, since it was started.
  std::uint64_t own_hits = 0;
  std::uint64_t own_misses = 0;

 private:
  trouble greet(socket_stream& stream, steady_time deadline, std::string& error) const;

  std::string pid_;
  std::uint64_t uptime_ = 0;
  std::uint64_t processes_ = 0;  // seen so far
};

std::uint64_t number_of(const memcached_session::statistics& found, std::string_view name);

}  // namespace stoker
