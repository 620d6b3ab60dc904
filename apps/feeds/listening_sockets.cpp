#include "apps/feeds/listening_sockets.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <system_error>

#include "messages/error.hpp"

namespace stoker::feeds {

namespace {

constexpr int waiting_connections = 64;

[[noreturn]] void fail(const std::string& where, const std::string& why) {
  throw error{errc::unavailable, "feed: can't listen on " + where + ": " + why};
}

std::string system_text(int number) {
  return std::generic_category().message(number);
}

int new_socket(int family, const std::string& where) {
  const int made = ::socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (made < 0) fail(where, system_text(errno));
  return made;
}

[[noreturn]] void close_and_fail(int descriptor, const std::string& where) {
  const auto why = system_text(errno);
  ::close(descriptor);
  fail(where, why);
}

// Whether somebody answers there.
bool is_alive(const sockaddr_un& address) {
  const int asked = ::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  const bool answered =
      ::connect(asked, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0 || errno == EAGAIN;
  ::close(asked);
  return answered;
}

void remove_stale(const std::string& path, const sockaddr_un& address) {
  struct stat found {};
  if (::lstat(path.c_str(), &found) != 0) return;
  if (!S_ISSOCK(found.st_mode)) fail(path, "something else than a socket is there");
  if (is_alive(address)) fail(path, "somebody else listens there");
  ::unlink(path.c_str());
}

}  // namespace

int listen_unix(const std::string& path, unsigned mode) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path) fail(path, "the path is longer than the system takes");
  std::memcpy(address.sun_path, path.data(), path.size());
  remove_stale(path, address);
  const int made = new_socket(AF_UNIX, path);
  // Nobody may connect before the mode is set: nobody listens before.
  if (::bind(made, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
      ::chmod(path.c_str(), mode) != 0 || ::listen(made, waiting_connections) != 0)
    close_and_fail(made, path);
  return made;
}

bool is_loopback(const std::string& host) {
  in_addr four{};
  if (::inet_pton(AF_INET, host.c_str(), &four) == 1) return ntohl(four.s_addr) >> 24 == 127;
  return host == "localhost" || host == "::1";
}

int listen_loopback(const std::string& host, std::uint16_t& port) {
  const auto where = host + ":" + std::to_string(port);
  if (!is_loopback(host)) fail(where, "only loopback is possible: a feed has no authentication");
  const bool six = host == "::1";
  const int made = new_socket(six ? AF_INET6 : AF_INET, where);
  const int on = 1;
  ::setsockopt(made, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  sockaddr_in6 address6{};
  sockaddr_in address4{};
  address6.sin6_family = AF_INET6;
  address6.sin6_port = htons(port);
  address6.sin6_addr = in6addr_loopback;
  address4.sin_family = AF_INET;
  address4.sin_port = htons(port);
  ::inet_pton(AF_INET, host == "localhost" ? "127.0.0.1" : host.c_str(), &address4.sin_addr);
  auto* address = six ? reinterpret_cast<sockaddr*>(&address6) : reinterpret_cast<sockaddr*>(&address4);
  socklen_t size = six ? sizeof address6 : sizeof address4;
  if (::bind(made, address, size) != 0 || ::listen(made, waiting_connections) != 0 ||
      ::getsockname(made, address, &size) != 0)
    close_and_fail(made, where);
  port = ntohs(six ? address6.sin6_port : address4.sin_port);
  return made;
}

}  // namespace stoker::feeds
