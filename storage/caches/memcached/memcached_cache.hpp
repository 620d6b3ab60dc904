// memcached as a cache that Stoker keeps warm: over TCP or a Unix socket, one connection, meta commands
// pipelined (memcached 1.6 and later).
//
// Fills are `ms key size ME`: they add what is absent, and each refusal is seen. Refreshes are `ms ...
// C(cas)`: memcached gives every value a number of its own, so that a refresh loses to any live set or delete
// in between. A live delete of a key that is absent anyhow leaves no trace at the server, so a fill can't be
// fenced against those that others make (live_delete: none); those that come through this object fence it.
// Should a connection break with fills under way, the server may still carry out what it had received: then,
// and then only, a fill can land after an invalidation that was sent over the next connection.
//
// TTLs are whole seconds at the server: rounded down, and at least one. Looks don't count as a use (flag u);
// whether an entry was used since it was filled the server tells itself (flag h), whether it was changed by
// its CAS number.
//
// What Stoker asks of the server is subtracted from the hits and misses that stats() tells. clear() flushes
// the whole server, whatever the prefix.
#pragma once

#include <memory>

#include "storage/caches/remote/socket_stream.hpp"
#include "storage/caches/remote_cache.hpp"

namespace stoker {

struct memcached_config {
  endpoint where{.port = 11211};
  std::string user;  // of a server that runs with an authentication file (-Y); empty: none
  std::string password;
  std::string key_prefix;
  std::uint32_t client_flags = 0;  // stored with each value, as the clients that read it expect
};

class memcached_session;

class memcached_cache final : public remote_cache {
 public:
  // Connects when it is first asked something. Throws stoker::error when the configuration can't work.
  explicit memcached_cache(memcached_config config);
  ~memcached_cache() override;

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
  std::unique_ptr<memcached_session> session_;
};

}  // namespace stoker
