// A socket to a server on this machine or another, with TLS or without: writes a batch of commands while it
// reads their answers, so that neither side ever waits with a full buffer.
//
// Ownership: owns its descriptor. Threads: one at a time. Time: deadlines of the steady clock; a host name is
// looked up by the system's resolver, which has timeouts of its own. Errors: named (`trouble`), with a text
// for people; after any the stream is of no more use.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "storage/caches/remote/tls_channel.hpp"
#include "storage/caches/remote_cache.hpp"

namespace stoker {

struct endpoint {
  std::string socket_path;  // a Unix socket; empty: TCP
  std::string host = "127.0.0.1";
  std::uint16_t port = 0;
  std::optional<tls_settings> tls;  // of TCP; empty: none

  std::string shown() const;
};

enum class progress : std::uint8_t { more, done, garbled };

// Appends the next commands, and says whether there are more.
using command_source = std::function<bool(std::string& out)>;
// Takes bytes that arrived; done: every answer is there.
using answer_sink = std::function<progress(std::string_view bytes)>;

class socket_stream {
 public:
  using steady_time = std::chrono::steady_clock::time_point;

  socket_stream() = default;
  ~socket_stream() { close(); }
  socket_stream(const socket_stream&) = delete;
  socket_stream& operator=(const socket_stream&) = delete;

  trouble open(const endpoint& where, steady_time deadline);
  void close() noexcept;
  bool is_open() const noexcept { return descriptor_ >= 0; }

  // One conversation of a batch.
  struct talk {
    command_source commands;
    answer_sink answers;
    socket_stream* stream = nullptr;
    trouble came = trouble::none;
    bool over = false;
  };
  // REQUIRES: is_open(). Sends everything that `commands` makes, and returns when `answers` is done.
  trouble exchange(const command_source& commands, const answer_sink& answers, steady_time deadline);
  // The same with several servers side by side: each has work while others are waited for. One that fails
  // stops none of the others.
  static void exchange_all(std::span<talk* const> talks, steady_time deadline);
  // REQUIRES: is_open(). Takes what comes unasked, until `answers` is done (none) or nothing more is there at
  // `until` (none, too: the stream stays open).
  trouble receive(const answer_sink& answers, steady_time until);
  // Whether anything came back in the latest exchange.
  bool answered() const noexcept { return answered_; }
  const std::string& error() const noexcept { return error_; }

 private:
  enum class step : std::uint8_t { moved, stuck, failed };

  trouble connect_to(int family, const void* address, unsigned length, steady_time deadline);
  trouble open_unix(const std::string& path, steady_time deadline);
  trouble open_tcp(const endpoint& where, steady_time deadline);
  step send_some(const command_source& commands);
  step receive_some(const answer_sink& answers, progress& reached);
  // False: the time is over, and nothing is wrong.
  bool is_ready(short events, steady_time deadline, trouble& failed);
  trouble wait(short events, steady_time deadline);
  void begin();
  // One step of an exchange. False: it can't go on before wanted() is there.
  bool advance(talk& what);
  short wanted() const;
  trouble secure(const endpoint& where, steady_time deadline);
  step after(tls_channel::step done);
  trouble broken(int error_number);
  trouble fail(trouble what, const std::string& text);

  int descriptor_ = -1;
  std::unique_ptr<tls_context> context_;  // kept over connections
  std::unique_ptr<tls_channel> tls_;
  bool tls_waits_to_write_ = false;
  std::string out_;  // commands that wait to be sent, from sent_ on
  std::size_t sent_ = 0;
  bool more_ = false;  // commands are still to be made
  progress reached_ = progress::more;
  bool answered_ = false;
  std::string buffer_;
  std::string error_;
};

}  // namespace stoker
