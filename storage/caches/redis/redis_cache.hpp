// Redis as a cache that Stoker keeps warm: one server over TCP or a Unix socket, or a Redis Cluster; one
// connection a server, commands pipelined.
//
// Fills are `SET key value NX PX ttl`, refreshes compare and set in a script that runs at the server (the
// value that was there is told by its SHA-1 and length), so that both lose to a live set; a refresh loses to
// a live delete, too. A live delete of a key that is absent anyhow leaves no trace at a Redis server, so a
// fill can't be fenced against those that others make (live_delete: none); those that come through this
// object fence it.
//
// Content: entries are Redis strings. A key that holds another type is left alone (`unsupported`). With a
// prefix, key "k" stands at "<prefix>k", and clear() removes what begins with the prefix; without, it flushes
// the database.
//
// What Stoker asks of the server is subtracted from the hits and misses that stats() tells. A server that was
// asked from elsewhere, too, can't tell its users apart: their reads are one.
//
// Whether an entry was used since it was filled is told by its idle time, in whole seconds, or under an LFU
// policy by its count of uses, for five minutes; whether it was changed, by its value's SHA-1.
//
// Of a cluster a few nodes are enough to be told of the others. Each key is asked of the node that holds its
// slot, all nodes side by side; what moved meanwhile is followed (MOVED, ASK), a node that went is left when
// the cluster names another in its place. Until then its keys are `unavailable`.
//
// Replicas may be read from (contains, read): fills, refreshes and their tokens, sets and deletes go to the
// primary alone. They may be behind by what is under way: an entry that was filled a moment ago may be absent
// there. What this object itself changed in the last second is read from the primary, and so is everything
// that a replica can't answer, or while it is too far behind (redis_info.hpp).
//
// Rights that a user (ACL) needs: +@read +set +unlink +eval +select +echo +client|id +client|setname
// +client|kill +info +flushdb (or +scan, with a prefix), and +time under an LFU policy, on the keys in
// question; +cluster|slots +asking in a cluster, and +readonly to read from its replicas.
//
// After a connection broke with commands under way, the old one is closed at the server (CLIENT KILL) before
// the next command goes out: nothing that was given up is carried out late.
#pragma once

#include <memory>
#include <vector>

#include "storage/caches/remote/socket_stream.hpp"
#include "storage/caches/remote_cache.hpp"

namespace stoker {

enum class read_preference : std::uint8_t { primary, replica };

struct redis_config {
  endpoint where{.port = 6379};
  bool cluster = false;              // `where` is a node of a cluster
  std::vector<endpoint> seeds{};     // further nodes of it; one that answers is enough
  std::vector<endpoint> replicas{};  // of the server at `where`; a cluster tells its own
  read_preference read_from = read_preference::primary;
  std::string user;       // of an ACL; empty: the default user
  std::string password;   // empty: none is sent
  unsigned database = 0;  // a cluster has no other
  std::string key_prefix;
};

class redis_servers;

class redis_cache final : public remote_cache {
 public:
  // Connects when it is first asked something. Throws stoker::error when the configuration can't work.
  explicit redis_cache(redis_config config);
  ~redis_cache() override;

  std::vector<remote_look> contains(keys asked, steady_deadline deadline) override;
  std::vector<remote_value> read(keys asked, steady_deadline deadline) override;
  std::vector<remote_outcome> put(std::span<const remote_entry> entries, steady_deadline deadline) override;
  remote_token begin_fill(std::string_view key) override;
  std::vector<remote_outcome> fill(std::span<const remote_entry> entries, steady_deadline deadline) override;
  std::vector<remote_token> begin_refresh(keys asked, steady_deadline deadline) override;
  std::vector<remote_outcome> refresh(std::span<const remote_entry> entries,
                                      steady_deadline deadline) override;
  removed_keys invalidate(keys gone, steady_deadline deadline) override;
  removed_keys remove_unused(std::span<const filled_entry> filled, steady_deadline deadline) override;
  trouble clear(steady_deadline deadline) override;
  remote_stats stats(steady_deadline deadline) override;
  remote_memory memory(steady_deadline deadline) override;
  remote_condition condition(steady_deadline deadline) override;
  remote_capabilities capabilities() const override;
  std::string last_error() const override;

 private:
  std::unique_ptr<redis_servers> servers_;
};

}  // namespace stoker
