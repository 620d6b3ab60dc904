// A conversation with one Redis server: greeting, and batches of commands with their replies.
#pragma once

#include "storage/caches/redis/redis_cache.hpp"
#include "storage/caches/redis/redis_info.hpp"
#include "storage/caches/redis/redis_wire.hpp"
#include "storage/caches/remote/server_session.hpp"

namespace stoker {

class redis_session final : public server_session {
 public:
  explicit redis_session(redis_config given);

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

 private:
  trouble greet(socket_stream& stream, steady_time deadline, std::string& error);
  std::string greeting(std::size_t& commands) const;

  std::string full_;
  std::string client_id_;  // of the connection before this one; empty: there was none, or it was not told
};

}  // namespace stoker
