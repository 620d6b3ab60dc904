// Redis as a cache that Stoker keeps warm: over TCP or a Unix socket, one connection, commands pipelined.
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
// Rights that a user (ACL) needs: +@read +set +unlink +eval +select +echo +client|id +client|setname
// +client|kill +info +flushdb (or +scan, with a prefix), and +time under an LFU policy, on the keys in
// question.
//
// After a connection broke with commands under way, the old one is closed at the server (CLIENT KILL) before
// the next command goes out: nothing that was given up is carried out late.
#pragma once

#include <memory>

#include "storage/caches/remote/socket_stream.hpp"
#include "storage/caches/remote_cache.hpp"

namespace stoker {

struct redis_config {
  endpoint where{.port = 6379};
  std::string user;      // of an ACL; empty: the default user
  std::string password;  // empty: none is sent
  unsigned database = 0;
  std::string key_prefix;
};

class redis_session;

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
  std::unique_ptr<redis_session> session_;
};

}  // namespace stoker
