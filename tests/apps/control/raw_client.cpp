#include "tests/apps/control/raw_client.hpp"

#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <charconv>
#include <cstring>
#include <filesystem>
#include <iterator>
#include <stdexcept>

namespace stoker::test {

namespace {

// Far beyond what any machine needs: it turns a hang into a failure.
constexpr int longest_wait_ms = 60'000;

}  // namespace

raw_client::raw_client(std::uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0)
    throw std::runtime_error{"can't connect"};
}

raw_client::raw_client(const std::string& unix_path)
    : socket_(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::strncpy(address.sun_path, unix_path.c_str(), sizeof(address.sun_path) - 1);
  if (::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0)
    throw std::runtime_error{"can't connect to " + unix_path};
}

raw_client::~raw_client() {
  ::close(socket_);
}

bool raw_client::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const auto sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

void raw_client::end() {
  ::shutdown(socket_, SHUT_WR);
}

void raw_client::shrink_buffer() {
  const int size = 1;  // the kernel's least
  ::setsockopt(socket_, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
}

bool raw_client::receive_some() {
  pollfd one{socket_, POLLIN, 0};
  if (::poll(&one, 1, longest_wait_ms) <= 0) {
    hung_ = true;
    return false;
  }
  std::array<char, 16384> part;
  const auto got = ::recv(socket_, part.data(), part.size(), 0);
  if (got > 0) heard_.append(part.data(), static_cast<std::size_t>(got));
  return got > 0;
}

std::string raw_client::receive_all() {
  while (receive_some()) {
  }
  return heard_;
}

std::string raw_client::receive_until(std::string_view mark) {
  while (heard_.find(mark) == std::string::npos && receive_some()) {
  }
  return heard_;
}

int status_in(std::string_view heard) {
  constexpr std::string_view start = "HTTP/1.1 ";
  int status = 0;
  if (heard.starts_with(start) && heard.size() >= start.size() + 3)
    std::from_chars(heard.data() + start.size(), heard.data() + start.size() + 3, status);
  return status;
}

std::size_t open_descriptors() {
  std::filesystem::directory_iterator all{"/proc/self/fd"};
  return static_cast<std::size_t>(std::distance(begin(all), end(all)));
}

}  // namespace stoker::test
