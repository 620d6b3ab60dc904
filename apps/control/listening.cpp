#include "apps/control/listening.hpp"

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <memory>

#include "messages/error.hpp"

namespace stoker::control {

namespace {

constexpr int backlog = 128;

[[noreturn]] void fail(const std::string& where, const std::string& why) {
  throw error{errc::unavailable, "the control API can't listen on " + where + ": " + why};
}

using addresses = std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)>;

addresses resolve(const std::string& address, std::uint16_t port) {
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
  addrinfo* found = nullptr;
  const int failure = ::getaddrinfo(address.c_str(), std::to_string(port).c_str(), &hints, &found);
  if (failure != 0) fail(address, ::gai_strerror(failure));
  return {found, &::freeaddrinfo};
}

sockaddr_un unix_address(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof(address.sun_path))
    fail(path, "the path is longer than " + std::to_string(sizeof(address.sun_path) - 1) + " bytes");
  std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
  return address;
}

descriptor stream_socket(int family) {
  return descriptor{::socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0)};
}

// The file of a socket that nobody listens on any more is left over from a process that was killed.
void remove_stale(const std::string& path, const sockaddr_un& address) {
  struct stat file {};
  if (::lstat(path.c_str(), &file) != 0) return;
  if (!S_ISSOCK(file.st_mode)) fail(path, "there is a file of that name, which is no socket");
  auto probe = stream_socket(AF_UNIX);
  if (::connect(probe.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0)
    fail(path, "another process serves it");
  if (errno == ECONNREFUSED) ::unlink(path.c_str());
}

}  // namespace

descriptor& descriptor::operator=(descriptor&& other) noexcept {
  if (this != &other) {
    reset();
    number_ = other.release();
  }
  return *this;
}

int descriptor::release() noexcept {
  const int number = number_;
  number_ = -1;
  return number;
}

void descriptor::reset() noexcept {
  if (number_ >= 0) ::close(number_);
  number_ = -1;
}

bool is_loopback(const std::string& address) {
  if (address == "localhost") return true;
  in_addr four{};
  if (::inet_pton(AF_INET, address.c_str(), &four) == 1) return (ntohl(four.s_addr) >> 24) == 127;
  in6_addr six{};
  return ::inet_pton(AF_INET6, address.c_str(), &six) == 1 && IN6_IS_ADDR_LOOPBACK(&six);
}

descriptor listen_tcp(const std::string& address, std::uint16_t port) {
  const auto found = resolve(address, port);
  const auto where = address + ":" + std::to_string(port);
  auto listening = stream_socket(found->ai_family);
  if (!listening) fail(where, std::strerror(errno));
  // Not SO_REUSEPORT: a second server on the port must fail, and not share its clients.
  const int on = 1;
  ::setsockopt(listening.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
  if (::bind(listening.get(), found->ai_addr, found->ai_addrlen) != 0 ||
      ::listen(listening.get(), backlog) != 0)
    fail(where, std::strerror(errno));
  return listening;
}

std::uint16_t port_of(const descriptor& listening) {
  sockaddr_storage bound{};
  socklen_t size = sizeof(bound);
  if (::getsockname(listening.get(), reinterpret_cast<sockaddr*>(&bound), &size) != 0) return 0;
  if (bound.ss_family == AF_INET6) return ntohs(reinterpret_cast<const sockaddr_in6*>(&bound)->sin6_port);
  return ntohs(reinterpret_cast<const sockaddr_in*>(&bound)->sin_port);
}

unix_listener::unix_listener(const std::string& path, std::uint32_t mode) : path_(path) {
  const auto address = unix_address(path);
  remove_stale(path, address);
  socket_ = stream_socket(AF_UNIX);
  // Before it is bound: Linux gives the file this mode from its first moment.
  if (!socket_ || ::fchmod(socket_.get(), mode) != 0) fail(path, std::strerror(errno));
  if (::bind(socket_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0)
    fail(path, std::strerror(errno));
  // The process's mask may have taken bits away that were asked for.
  struct stat file {};
  if (::chmod(path.c_str(), mode) != 0 || ::lstat(path.c_str(), &file) != 0 ||
      ::listen(socket_.get(), backlog) != 0)
    fail(path, std::strerror(errno));
  file_ = file.st_ino;
}

unix_listener::~unix_listener() {
  struct stat file {};
  if (socket_ && ::lstat(path_.c_str(), &file) == 0 && file.st_ino == file_) ::unlink(path_.c_str());
}

}  // namespace stoker::control
