// One connection to PostgreSQL that never waits beyond a deadline.
//
// Ownership: owns the connection. Threads: one at a time. Errors: in the answer; after one that broke the
// connection, is_open() is false.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "messages/time.hpp"

struct pg_conn;
struct pg_result;

namespace stoker {

// The server's certificate must be signed by the authority, and be for the connection's `host`.
struct postgres_tls {
  std::string ca_file;           // PEM
  std::string certificate_file;  // our own, PEM; empty: none, and then no key either
  std::string key_file;          // readable by us alone
};

struct postgres_answer {
  enum class kind : std::uint8_t {
    row,
    no_row,
    several_rows,
    error,      // the server said no: `sqlstate` says why
    broken,     // no connection, or it was lost
    timed_out,  // the deadline passed
  };
  kind what = kind::broken;
  bool is_null = false;  // the value
  std::string bytes;
  duration ttl{0};
  std::string sqlstate;
  std::string error;
  bool heard = false;  // the server had answered anything before it broke
};

class postgres_connection {
 public:
  using steady_time = std::chrono::steady_clock::time_point;

  postgres_connection() = default;
  ~postgres_connection() { close(); }
  postgres_connection(const postgres_connection&) = delete;
  postgres_connection& operator=(const postgres_connection&) = delete;

  // `what` is row when it worked. With `tls`, whatever the connection string says of it: TLS or nothing.
  postgres_answer open(const std::string& connection, const std::optional<postgres_tls>& tls,
                       steady_time deadline);
  // REQUIRES: is_open(). In a read-only transaction of its own.
  postgres_answer ask(const std::string& statement, const std::vector<std::string>& parameters,
                      steady_time deadline);
  bool is_open() const noexcept { return connection_ != nullptr; }
  void close() noexcept;

 private:
  bool send(const std::string& statement, const std::vector<std::string>& parameters, steady_time deadline);
  bool send_plain(const char* command);
  postgres_answer receive(steady_time deadline);
  void take(pg_result* result, std::size_t number, postgres_answer& into);
  void take_rows(pg_result* result, postgres_answer& into);
  bool end_failed_transaction(steady_time deadline);
  // 1: ready; 0: the deadline passed; -1: broken.
  int wait(short events, steady_time deadline);
  int next_result(pg_result*& result, steady_time deadline);
  postgres_answer broken(const char* context);
  postgres_answer late();

  pg_conn* connection_ = nullptr;
  bool heard_ = false;
};

}  // namespace stoker
