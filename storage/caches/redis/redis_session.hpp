// A conversation with one Redis server: greeting, and batches of commands with their replies.
#pragma once

#include "storage/caches/redis/redis_cache.hpp"
#include "storage/caches/redis/redis_info.hpp"
#include "storage/caches/redis/redis_wire.hpp"
#include "storage/caches/remote/server_session.hpp"

namespace stoker {

class redis_session final : public server_session {
 public:
  // At one server, whatever the configuration says of a cluster and of replicas. `at_replica`: it may stand
  // there for what a cluster's primary holds (READONLY).
  explicit redis_session(redis_config given, bool at_replica = false);

  using reply_function = reply_reader::reply_function;

  struct batch {
    std::size_t items = 0;
    append_function append;  // one command
    reply_function on_reply;
  };

  // Returns how many of the items got their reply; `failed` says why the others did not.
  std::size_t run(const batch& what, steady_time deadline, trouble& failed);
  // One command.
  trouble ask(std::initializer_list<std::string_view> parts, steady_time deadline,
              const std::function<void(const redisReply&)>& on_reply);
  trouble read_info(steady_time deadline, redis_info& info);
  // What a replica says of how far it is; asks for nothing else.
  trouble read_replication(steady_time deadline, redis_info& info);
  // Where replication had come to when read_info() asked for it last.
  std::uint64_t replication_offset() const noexcept { return replication_offset_; }

  // For several servers side by side; see server_session.
  using server_session::conversation;

  const redis_config config;
  const bool at_replica;

 private:
  trouble greet(socket_stream& stream, steady_time deadline, std::string& error);
  std::string greeting(std::size_t& commands) const;

  trouble ask_info(std::string_view part, steady_time deadline, redis_info& info);

  std::string run_id_;
  std::uint64_t replication_offset_ = 0;
  std::string client_id_;  // of the connection before this one; empty: there was none, or it was not told
};

}  // namespace stoker
