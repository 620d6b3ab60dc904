// Takes accesses in msgpack frames on a Unix socket, on TCP of loopback, or both; README.md documents the
// frames byte by byte, messages/access_frame.hpp holds their limits.
//
// Each connection is a sequence of its own (a stream), unless its accesses name subjects. Nothing is answered
// but an empty frame (with what was recorded of this connection so far) and an error. A frame that is wrong
// is refused as a whole with a reason, and its connection is closed; others notice nothing. The sender is
// never made to wait for what is done with its accesses, beyond access_writer::short_wait.
//
// Bounded: connections; a frame each, in memory; the time a frame may take to arrive.
#pragma once

#include <memory>
#include <optional>

#include "apps/feeds/feed_thread.hpp"
#include "apps/feeds/tally.hpp"
#include "messages/time.hpp"

namespace stoker::feeds {

struct socket_feed_config {
  std::string socket_path;                            // a Unix socket; empty: none
  unsigned socket_mode = 0660;                        // of its file: who may write may report
  std::optional<std::uint16_t> port;                  // TCP on `host`; 0: a free one
  std::string host = "127.0.0.1";                     // an address of loopback: whoever reaches it may report
  std::size_t max_connections = 64;                   // 1 to 4096; each may hold a frame of 1 MiB
  duration frame_timeout = std::chrono::seconds{30};  // for a frame that has begun to be whole
  // What an access counts as that does not say whether it was a hit.
  bool assume_hits = true;
};

// Throws stoker::error, which names the field.
void validate(const socket_feed_config& config);

class socket_feed final : public feed {
 public:
  // Throws stoker::error when the config is not valid.
  socket_feed(socket_feed_config config, access_sink sink);
  ~socket_feed() override;

  // Listens when it returns; throws stoker::error when that can't be done.
  void start() override;
  void stop() override;
  bool connected() const override { return counts_.connected(); }
  feed_counters counters() const override { return counts_.counters(); }
  std::string last_error() const override { return counts_.error(); }

  // Of TCP, once started.
  std::uint16_t port() const noexcept { return port_; }
  std::size_t clients() const override { return connections_; }

 private:
  class server;

  const socket_feed_config config_;
  const access_sink sink_;
  tally counts_;
  std::uint16_t port_ = 0;
  std::atomic<std::size_t> connections_{0};
  std::unique_ptr<server> server_;
  feed_thread thread_;
};

}  // namespace stoker::feeds
