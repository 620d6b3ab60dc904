// Sockets that are listened on. Errors are thrown as stoker::error, which names the address and the reason.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>

namespace stoker::control {

// A file descriptor that is closed once.
class descriptor {
 public:
  descriptor() = default;
  explicit descriptor(int number) noexcept : number_(number) {}
  descriptor(descriptor&& other) noexcept : number_(other.release()) {}
  descriptor& operator=(descriptor&& other) noexcept;
  ~descriptor() { reset(); }

  int get() const noexcept { return number_; }
  explicit operator bool() const noexcept { return number_ >= 0; }
  int release() noexcept;
  void reset() noexcept;

 private:
  int number_ = -1;
};

// "127.0.0.1", "::1" and their like, and "localhost".
bool is_loopback(const std::string& address);

// Binds to a numeric address or a name that resolves to one; port 0 takes a free one.
descriptor listen_tcp(const std::string& address, std::uint16_t port);
std::uint16_t port_of(const descriptor& listening);

// A Unix socket whose file comes and goes with it. One that nobody listens on any more is replaced.
class unix_listener {
 public:
  unix_listener() = default;
  unix_listener(const std::string& path, std::uint32_t mode);
  unix_listener(unix_listener&&) = default;
  unix_listener& operator=(unix_listener&&) = default;
  ~unix_listener();

  const descriptor& socket() const noexcept { return socket_; }

 private:
  std::string path_;
  descriptor socket_;
  ino_t file_ = 0;  // ours: a successor's is left alone
};

}  // namespace stoker::control
