// TLS for connections that are accepted: the server's certificate, and the clients' where an authority for
// them is configured.
//
// Threads: one context serves all connections, each of which belongs to one thread at a time.
#pragma once

#include <memory>

#include "apps/control/control_server.hpp"

struct ssl_st;
struct ssl_ctx_st;

namespace stoker::control {

struct tls_deleter {
  void operator()(ssl_st* session) const noexcept;
  void operator()(ssl_ctx_st* context) const noexcept;
};
using tls_session = std::unique_ptr<ssl_st, tls_deleter>;

class tls_context {
 public:
  // Throws stoker::error(errc::invalid_argument), which names the file.
  explicit tls_context(const tls_files& files);

  // For a socket that doesn't block; the handshake is the caller's to drive.
  tls_session open(int socket) const;

 private:
  std::unique_ptr<ssl_ctx_st, tls_deleter> context_;
};

// The client showed a certificate of the configured authority.
bool is_certified(ssl_st& session);

}  // namespace stoker::control
