// Which Redis server stands for which key, and for reading it: the one that is configured and its replicas,
// or the nodes of a cluster, as it tells them itself.
//
// The map of a cluster is asked for when the first key is, and again when something showed it to be old, at
// most ten times a second; whichever node answers will do. Sessions are made for what the map names, and go
// when it names them no more; but one that broke with commands under way stays, for the case that its server
// comes back: it must end the old connection there first.
//
// Threads: one at a time; the back end's lock. Errors: named; texts in last_error().
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>

#include "storage/caches/redis/cluster_replies.hpp"
#include "storage/caches/redis/redis_session.hpp"

namespace stoker {

class redis_topology {
 public:
  using steady_time = std::chrono::steady_clock::time_point;

  // Throws stoker::error when the configuration can't work.
  explicit redis_topology(redis_config config);

  // Asks for the map where that is due. Sessions and indices of shards hold until then.
  void learn(steady_time deadline);
  // Something does not fit the map: it is asked for again.
  void doubt() noexcept { doubted_ = true; }
  // Asks even so when the map is older than that.
  void doubt_if_older(duration age) noexcept;
  void moved(const redirection& where);

  const slot_map& map() const noexcept { return map_; }
  // Why a key that is in no shard has none.
  trouble why_unserved() const noexcept { return map_.empty() ? why_no_map_ : trouble::unavailable; }
  // Of a shard; empty: there is none, or nobody serves the key.
  std::optional<std::size_t> shard_of(std::string_view key) const {
    return map_.owner(config_.cluster ? key_slot(key) : std::uint16_t{0});
  }
  bool routes() const noexcept { return config_.cluster; }
  bool reads_replicas() const noexcept { return config_.read_from == read_preference::replica; }

  redis_session& primary(std::size_t shard) { return session(map_.shards()[shard].primary); }
  redis_session& session(const std::string& name);
  // A replica that keeps up with its primary; null: none does. Looks at each once a second.
  redis_session* reader(std::size_t shard, steady_time deadline);
  // It failed: it is left alone until it is looked at again.
  void failed(const redis_session& reader);

  std::uint64_t connections() const;
  std::string last_error() const;

 private:
  struct replica {
    std::unique_ptr<redis_session> session;
    steady_time looked_at{};
    bool fit = false;
  };

  endpoint where(const std::string& name) const;
  std::vector<std::string> candidates() const;
  trouble learn_from(redis_session& node, steady_time deadline);
  void forget_unnamed();
  replica& replica_named(const std::string& name);
  bool fits(replica& one, const redis_session& primary, steady_time deadline);

  const redis_config config_;
  std::map<std::string, endpoint> configured_;  // by name
  slot_map map_;
  trouble why_no_map_ = trouble::unavailable;
  bool doubted_ = false;
  steady_time learned_at_{};
  steady_time may_learn_at_{};
  std::string best_informed_;  // whom MOVED named last: it knows of that slot, which others may not yet
  std::size_t turn_ = 0;       // of nodes that are asked, and replicas that are read
  std::map<std::string, std::unique_ptr<redis_session>> sessions_;  // by name
  std::map<std::string, replica> replicas_;
  std::uint64_t forgotten_connections_ = 0;
  std::string error_;
};

}  // namespace stoker
