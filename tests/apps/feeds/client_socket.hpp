// A client of a socket feed, plain sockets and no more.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>
#include <stdexcept>
#include <string>

namespace stoker::test {

class client_socket {
 public:
  explicit client_socket(const std::string& path) : descriptor_(::socket(AF_UNIX, SOCK_STREAM, 0)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, path.data(), path.size());
    connect(&address, sizeof address);
  }
  explicit client_socket(std::uint16_t port) : descriptor_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    connect(&address, sizeof address);
  }
  ~client_socket() { ::close(descriptor_); }
  client_socket(const client_socket&) = delete;
  client_socket& operator=(const client_socket&) = delete;

  // False: the other side has hung up.
  bool send(std::string_view bytes) const {
    while (!bytes.empty()) {
      const auto sent = ::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
  }
  // Up to so many bytes, or until the other side hangs up, or is silent for ten seconds.
  std::string receive(std::size_t bytes) const {
    const timeval patience{10, 0};
    ::setsockopt(descriptor_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    std::string all(bytes, '\0');
    std::size_t have = 0;
    while (have < bytes) {
      const auto got = ::recv(descriptor_, all.data() + have, bytes - have, 0);
      if (got <= 0) break;
      have += static_cast<std::size_t>(got);
    }
    all.resize(have);
    return all;
  }

 private:
  void connect(const void* address, unsigned size) const {
    if (::connect(descriptor_, static_cast<const sockaddr*>(address), size) != 0)
      throw std::runtime_error{"can't connect to the feed"};
  }

  int descriptor_;
};

}  // namespace stoker::test
