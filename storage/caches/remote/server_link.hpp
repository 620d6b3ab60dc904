// The one connection to a server: made when something is to be sent, greeted, and made again after it broke,
// with back-off in between.
//
// Threads: one at a time; the back end's lock. Errors: named; while the back-off lasts, `unavailable` at
// once.
#pragma once

#include <cstdint>
#include <functional>
#include <random>
#include <span>
#include <string>

#include "storage/caches/remote/reconnect_backoff.hpp"
#include "storage/caches/remote/socket_stream.hpp"

namespace stoker {

class server_link {
 public:
  using steady_time = std::chrono::steady_clock::time_point;
  // Speaks first on a new connection (authentication, database); anything but none closes it.
  using greeting = std::function<trouble(socket_stream&, steady_time deadline, std::string& error)>;
  // Makes a fresh source and sink for each attempt.
  struct conversation {
    command_source commands;
    answer_sink answers;
  };
  using conversation_maker = std::function<conversation()>;

  // Throws stoker::error when TLS is configured and can't work.
  server_link(endpoint where, greeting hello);

  // Sends a batch. On a connection that turns out to have been closed while it was idle, once more on a new
  // one: nothing had been answered, and every command may be repeated.
  trouble converse(const conversation_maker& make, steady_time deadline);
  struct turn {
    server_link* link = nullptr;
    conversation_maker make;
    trouble came = trouble::none;
  };
  // The same with several servers side by side. Connections that are open come first: to connect may take
  // long, and is done one by one, each with its share of the time that is left.
  static void converse_all(std::span<turn> turns, steady_time deadline);
  // Sends one command on a new connection, and takes what comes from then on: for as long as `go_on`, which
  // is asked ten times a second, says so, or until `answers` is done. Then the connection is closed.
  trouble listen(std::string_view command, const answer_sink& answers, const std::function<bool()>& go_on);
  void close() noexcept { stream_.close(); }
  // Then everything that was sent has been answered.
  bool is_open() const noexcept { return stream_.is_open(); }

  std::uint64_t connections() const noexcept { return connections_; }
  const std::string& last_error() const noexcept { return error_; }

 private:
  // Their conversations; the connections are open.
  static void exchange_all(std::span<turn* const> turns, steady_time deadline);
  trouble connect(steady_time deadline);
  trouble note(trouble what, const std::string& text);

  endpoint where_;
  greeting hello_;
  socket_stream stream_;
  reconnect_backoff backoff_;
  std::minstd_rand random_;
  std::uint64_t connections_ = 0;
  std::string error_;
};

}  // namespace stoker
