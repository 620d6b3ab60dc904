// TLS over a connected, non-blocking socket: 1.2 or later, the server always verified, by its name or address
// and by an authority.
//
// Ownership: borrows the descriptor. Threads: one at a time; a context may serve several channels, one after
// the other or at once. Errors: the context's constructor throws stoker::error, which names the file that
// can't be used; a channel tells what went wrong as a text.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

namespace stoker {

struct tls_settings {
  std::string ca_file;  // PEM, one certificate or more that the server's is signed by; empty: the system's
  std::string certificate_file;  // the client's own, PEM; empty: none, and then no key either
  std::string key_file;
  std::string server_name;  // that the server's certificate must be for; empty: the endpoint's host
};

class tls_context {
 public:
  explicit tls_context(const tls_settings& settings);
  ~tls_context();
  tls_context(const tls_context&) = delete;
  tls_context& operator=(const tls_context&) = delete;

 private:
  friend class tls_channel;
  struct parts;
  std::unique_ptr<parts> parts_;
};

class tls_channel {
 public:
  enum class step : std::uint8_t {
    moved,
    wants_read,   // wait until the socket is readable, and call again
    wants_write,  // likewise, writable
    closed,       // by the peer
    failed,       // see error()
  };

  // REQUIRES: the context outlives it.
  tls_channel(const tls_context& context, int descriptor, const std::string& server_name);
  ~tls_channel();
  tls_channel(const tls_channel&) = delete;
  tls_channel& operator=(const tls_channel&) = delete;

  // Until it gives `moved`; before anything else.
  step shake_hands();
  step read(char* into, std::size_t size, std::size_t& got);
  step write(const char* from, std::size_t size, std::size_t& sent);

  const std::string& error() const noexcept { return error_; }
  // Who failed: one side does not trust the other. Otherwise what came was no TLS, or the socket broke.
  bool distrusted() const noexcept { return distrusted_; }

 private:
  step result(int returned);

  struct parts;
  std::unique_ptr<parts> parts_;
  std::string error_;
  bool distrusted_ = false;
};

}  // namespace stoker
