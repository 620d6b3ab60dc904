// A conversation with one Redis server: connection, greeting, batches of commands and their replies, and what
// it knows and counts besides.
//
// Threads: `lock` is held by whoever calls; `changes` alone may be touched without.
#pragma once

#include <mutex>
#include <vector>

#include "storage/caches/redis/redis_cache.hpp"
#include "storage/caches/redis/redis_info.hpp"
#include "storage/caches/redis/redis_wire.hpp"
#include "storage/caches/remote/change_fence.hpp"
#include "storage/caches/remote/content_watch.hpp"
#include "storage/caches/remote/outcome_counts.hpp"
#include "storage/caches/remote/server_link.hpp"

namespace stoker {

class redis_session {
 public:
  using steady_time = std::chrono::steady_clock::time_point;

  explicit redis_session(redis_config given);

  // Appends the commands of an item: as many for each.
  using append_function = std::function<void(std::string& out, std::size_t item)>;
  using reply_function = reply_reader::reply_function;

  struct batch {
    std::size_t items = 0;
    std::size_t commands_each = 1;
    append_function append;
    reply_function on_reply;  // its number counts commands, from 0
  };

  // Returns how many of the items got all their replies; `failed` says why the others did not.
  std::size_t run(const batch& what, steady_time deadline, trouble& failed);
  // One command.
  trouble ask(std::initializer_list<std::string_view> parts, steady_time deadline,
              const std::function<void(const redisReply&)>& on_reply);
  trouble read_info(steady_time deadline, redis_info& info);

  // The key at the server; stays until the next call.
  std::string_view full(std::string_view key);

  const redis_config config;
  std::mutex lock;
  server_link link;
  change_fence changes;
  outcome_counts counts;
  content_watch content;
  // Keyspace hits and misses at the server that were Stoker's own, since it was started.
  std::uint64_t own_hits = 0;
  std::uint64_t own_misses = 0;

 private:
  trouble greet(socket_stream& stream, steady_time deadline, std::string& error);
  std::string greeting(std::size_t& commands) const;

  std::string full_;
  std::string client_id_;  // of the connection before this one; empty: there was none, or it was not told
};

}  // namespace stoker
