// An HTTP client: a bounded pool of connections that are kept alive, and deadlines that hold.
//
// Over libcurl. A deadline bounds everything: the look-up of the host's name, the wait for a connection of
// the pool, the handshake and the transfer. Bodies are bounded, and taken as they are sent: a compressed one
// stays compressed. TLS certificates are always verified. The environment's proxies are not used, and cookies
// are not kept. A kept connection that the server closed meanwhile costs nobody anything: libcurl makes
// another.
//
// Ownership: owns its connections. Threads: any; perform() runs side by side up to `connections`,
// perform_all() one after the other, with up to `connections` of its own. Errors: in the answer.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <span>

#include "storage/http/http_message.hpp"

namespace stoker {

struct http_client_config {
  std::size_t connections = 16;  // at once; who comes when all are busy waits, until his deadline
  duration connect_timeout = std::chrono::seconds{2};
  duration idle = std::chrono::seconds{60};    // an idle connection is not used again after this
  std::uint64_t max_body_bytes = 64ull << 20;  // of an answer
  unsigned max_redirects = 0;                  // that are followed; https never leads to http
  std::string socket_path;                     // a Unix socket to connect to; empty: TCP, as the URL says
  std::string proxy;                           // URL of a proxy; empty: none
  // "host:port" to connect to instead of the URL's, which stays in the Host header, and the name that the
  // certificate must be for; empty: as the URL says.
  std::string connect_to;
  std::string ca_file;           // PEM; certificates to trust; empty: the system's
  std::string certificate_file;  // PEM; our own; empty: none
  std::string key_file;          // PEM; its private key
  std::string user_agent = "stoker";
};

// Throws stoker::error, which names the field and says what to do.
void validate(const http_client_config& config);

// Whether it is an absolute http or https URL with a host and no control characters or blanks.
bool is_http_url(std::string_view url);
// Whether it is "Name: value" without line breaks.
bool is_http_header(std::string_view line);

class http_client {
 public:
  using steady_time = std::chrono::steady_clock::time_point;

  // Throws stoker::error as validate() does.
  explicit http_client(http_client_config config);
  ~http_client();
  http_client(const http_client&) = delete;
  http_client& operator=(const http_client&) = delete;

  http_answer perform(const http_request& request, steady_time deadline);
  // Many at once; `answered` is called for each as it is there, in the calling thread. Those that the
  // deadline finds unanswered end as timed_out.
  using answer_function = std::function<void(std::size_t request, http_answer answer)>;
  void perform_all(std::span<const http_request> requests, steady_time deadline,
                   const answer_function& answered);

  const http_client_config& config() const noexcept;

 private:
  class pool;
  std::unique_ptr<pool> pool_;
};

}  // namespace stoker
