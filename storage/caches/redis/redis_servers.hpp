// What a Redis cache talks to: one server, one with replicas for reading, or a cluster. Gives each item of a
// batch to the server that stands for its key, asks them side by side, and follows what was redirected.
//
// Threads: `lock` is held by whoever calls; `changes` alone may be touched without. Errors: named, per item.
#pragma once

#include <mutex>
#include <string>
#include <vector>

#include "storage/caches/redis/node_pipeline.hpp"
#include "storage/caches/redis/redis_topology.hpp"
#include "storage/caches/remote/change_fence.hpp"
#include "storage/caches/remote/outcome_counts.hpp"
#include "storage/caches/remote/shard_watch.hpp"

namespace stoker {

class redis_servers {
 public:
  using steady_time = std::chrono::steady_clock::time_point;

  // Throws stoker::error when the configuration can't work.
  explicit redis_servers(const redis_config& given) : config(given), topology_(given) {}

  // Every item gets all its replies, or its trouble.
  void run(const redis_batch& what, steady_time deadline);

  struct part {
    redis_session& server;
    std::uint64_t shard = 0;  // marks what it holds
    steady_time deadline{};   // its share of the time
  };
  // Asks each server that holds something, replicas left out. Returns what went wrong first.
  trouble each(steady_time deadline, const std::function<trouble(const part&)>& ask);

  // The key at the server; stays until the next call.
  std::string_view full(std::string_view key);
  // Of the server whose reply is being told.
  own_lookups& own() noexcept { return *telling_; }

  remote_stats counted() const;  // what Stoker counted itself
  std::string last_error() const;

  const redis_config config;
  std::mutex lock;
  change_fence changes;
  outcome_counts counts;
  shard_watch content;

 private:
  // An item that has no answer yet.
  struct waiting {
    std::size_t item = 0;
    bool primary_only = false;
    std::string asked_at{};  // the server that ASK named; empty: whoever stands for the key
  };
  struct round;

  node_pipeline* pipeline_for(const waiting& one, round& now);
  redis_session* reader_for(std::size_t shard, const waiting& one, round& now);
  bool changed_lately(std::string_view key);
  std::vector<waiting> ask(const std::vector<waiting>& items, const redis_batch& what, steady_time deadline);
  void collect(const node_pipeline& done, trouble came, round& now);
  void leave(round& now, steady_time deadline);

  redis_topology topology_;
  std::string full_;
  own_lookups nobody_;
  own_lookups* telling_ = &nobody_;
  std::uint64_t redirected_ = 0;
  std::uint64_t fell_back_ = 0;
  std::string error_;
  // What changed since the first of the two is read from the primary; it is one second old or more.
  std::uint64_t changes_before_ = 0;
  std::uint64_t changes_lately_ = 0;
  steady_time lately_{};
};

}  // namespace stoker
