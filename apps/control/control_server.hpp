// The HTTP API of an engine: status and statistics, warming and its plans, live events, metrics, readiness
// and the dashboard, served on threads of its own beside whatever else the process does.
//
//   stoker::engine engine{{.history_folder = "stoker-history"}};
//   stoker::control::control_server server{engine, {.token = token}};   // http://127.0.0.1:8003
//
// apps/control/openapi.json says what is served, field by field; GET /openapi.json answers with it.
//
// Ownership: the engine outlives the server. Threads: members may be called from any thread, stop() by
// several at once. Errors: the constructor throws stoker::error(errc::invalid_argument) for options that
// can't be, or must not be, served (the text names the option), and errc::unavailable when an address can't
// be bound.
//
// Who may do what. Anybody who reaches the server may read what holds no keys. What changes something, and
// what shows keys of a cache that doesn't redact them, needs one of: the token, a client certificate that the
// configured authority signed, or the Unix socket, whose file permissions are the authentication. A request
// must name this server in its Host header, and one that comes from a web page must come from the dashboard's
// own.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "apps/control/feed_status.hpp"
#include "messages/time.hpp"

namespace stoker {
class engine;
struct start_options;
}  // namespace stoker

namespace stoker::control {

// PEM files.
struct tls_files {
  std::string certificate{};  // of this server, followed by what leads to its authority; empty: no TLS
  std::string key{};
  std::string
      client_authority{};  // clients with a certificate of this authority need no token; empty: none have
};

// Bounds on what a client may ask of the server. Beyond them it is answered 408, 413, 429, 431 or 503.
struct control_limits {
  std::uint32_t workers = 16;               // requests at once; open event streams have workers of their own
  std::uint32_t streams = 8;                // open event streams; one more is answered 429
  std::uint32_t waiting_connections = 128;  // accepted, and waiting for a worker; one more is answered 503
  std::uint32_t runs = 8;                   // warming runs at once that requests started
  std::uint64_t header_bytes = 16 * 1024;   // of a request line and its headers
  std::uint64_t payload_bytes = 2 << 20;
  double requests_per_second = 5000;  // of one peer address, or of all users of the Unix socket; 0: no limit
  double burst = 10'000;              // requests that a peer may make at once after a pause
  duration request_timeout = std::chrono::seconds{10};  // from a request's first byte to its last
  duration write_timeout =
      std::chrono::seconds{5};                      // of sending an answer, and a second more for each 64 KiB
  duration idle_timeout = std::chrono::seconds{5};  // of a connection between two requests
  duration answer_timeout = std::chrono::seconds{10};  // how long the engine may take before 504
  // Answers about the engine's state may be this old, where nothing was changed through the server meanwhile.
  duration status_age = std::chrono::milliseconds{50};
  duration heartbeat = std::chrono::seconds{15};  // of event streams on which nothing happens
};

struct control_options {
  std::string address =
      "127.0.0.1";            // empty: no TCP. Anything but loopback needs TLS, and a token or an authority
  std::uint16_t port = 8003;  // 0: a free one, see port()
  std::string unix_path{};    // of a Unix socket that is served beside; empty: none
  std::uint32_t unix_mode = 0600;  // its file permissions: who may open it may do everything
  std::string token{};             // 16 bytes at least; empty: none, and TCP clients can only read
  tls_files tls{};
  std::vector<std::string>
      host_names{};  // accepted in Host beside the address, "localhost" and the loopback's
  std::vector<std::string>
      web_origins{};  // "https://HOST[:PORT]": pages that may change things beside the dashboard
  // When a cache that is still cold no longer holds readiness back; 0: it does for as long as it is cold.
  duration readiness_deadline = std::chrono::minutes{5};
  std::string
      plans_folder{};  // where saved plans are kept as files; empty: in memory, until the process ends
  control_limits limits{};
  // What POST /warming/start begins when its body names nothing: what is configured. Empty: start_options{}.
  std::function<start_options()> usual_start{};
  // How the feeds are that this process runs beside the engine; empty: there are none.
  feed_report feeds{};
  clock_function now{};  // empty: the system's clock
  // One line for each thing that an operator should know of: streams dropped, refused peers. Called from the
  // server's threads; empty: not told.
  std::function<void(const std::string& line)> log{};
};

// Throws as control_server's constructor does for options that can't be, or must not be, served; the files of
// TLS are read, and nothing is bound.
void validate(const control_options& options);

// What the server has done since it was started.
struct control_counters {
  std::uint64_t requests = 0;             // with an answer
  std::uint64_t client_errors = 0;        // answers 4xx
  std::uint64_t server_errors = 0;        // answers 5xx
  std::uint64_t unauthorized = 0;         // of these, 401 and 403
  std::uint64_t rate_limited = 0;         // of these, 429
  std::uint64_t connections_refused = 0;  // no worker and no room to wait for one
  std::uint64_t accesses_tracked = 0;     // through POST /track
  std::uint64_t streams = 0;              // open now
  std::uint64_t streams_dropped = 0;      // their readers were too slow
  std::uint64_t runs = 0;                 // going on now that requests started
};

class control_server {
 public:
  // Binds, listens, and serves when it returns.
  explicit control_server(engine& served, control_options options = {});
  // Stops.
  ~control_server();
  control_server(const control_server&) = delete;
  control_server& operator=(const control_server&) = delete;

  // Of TCP, as bound; 0: there is none.
  std::uint16_t port() const noexcept;
  // "http://127.0.0.1:8003", or "unix:PATH" where there is no TCP: what clients are given as --server.
  std::string url() const;

  control_counters counters() const;

  // Answers no more, ends open streams, cancels runs that requests started, and returns when all threads have
  // ended.
  void stop();

 private:
  class implementation;
  std::unique_ptr<implementation> implementation_;
};

}  // namespace stoker::control
