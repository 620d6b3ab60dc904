// A conversation with one memcached server: greeting, batches of commands with their replies, and what is
// known and counted besides.
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
#include "storage/caches/remote/server_session.hpp"

namespace stoker {

class memcached_session final : public server_session {
 public:
  using reply_function = meta_reader::reply_function;
  using statistics = std::map<std::string, std::string, std::less<>>;

  explicit memcached_session(memcached_config given);

  // One command an item. Returns how many of the items got their reply; `failed` says why the others did not.
  std::size_t run(std::size_t items, const append_function& append, const reply_function& on_reply,
                  steady_time deadline, trouble& failed);
  trouble read_statistics(statistics& found, steady_time deadline);
  // Names the server's process; another name when it was started again.
  std::string process_of(const statistics& found);

  std::optional<meta_key> encode(std::string_view key) const;

  const memcached_config config;
  std::mutex lock;
  change_fence changes;
  outcome_counts counts;
  content_watch content;

 private:
  trouble greet(socket_stream& stream, steady_time deadline, std::string& error) const;

  std::string pid_;
  std::uint64_t uptime_ = 0;
  std::uint64_t processes_ = 0;  // seen so far
};

std::uint64_t number_of(const memcached_session::statistics& found, std::string_view name);

}  // namespace stoker
