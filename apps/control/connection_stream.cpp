#include "apps/control/connection_stream.hpp"

#include <fcntl.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace stoker::control {

namespace {

using clock = std::chrono::steady_clock;

constexpr std::size_t receive_bytes = 16 * 1024;
constexpr std::size_t send_bytes = 64 * 1024;              // collected before they are sent
constexpr std::size_t slowest_reader_bytes_s = 64 * 1024;  // a peer that reads slower than this is let go
constexpr auto longest_linger = std::chrono::seconds{1};
constexpr std::size_t most_lingering_bytes = 256 * 1024;

int milliseconds_until(steady_time deadline) {
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - clock::now()).count();
  return static_cast<int>(std::clamp<std::int64_t>(left, 0, 60'000));
}

bool would_block() {
  return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR;
}

}  // namespace

connection_stream::connection_stream(descriptor socket, std::string peer, const control_limits& limits,
                                     int wanted)
    : socket_(std::move(socket)), peer_(std::move(peer)), limits_(limits), wanted_(wanted) {
  ::fcntl(socket_.get(), F_SETFL, O_NONBLOCK);
}

bool connection_stream::wait(short events, steady_time deadline) const {
  pollfd one{socket_.get(), events, 0};
  while (clock::now() < deadline) {
    const int ready = ::poll(&one, 1, milliseconds_until(deadline));
    if (ready > 0) return true;
    if (ready < 0 && errno != EINTR) return false;
  }
  return false;
}

bool connection_stream::retry_tls(int result, steady_time deadline) const {
  switch (SSL_get_error(tls_.get(), result)) {
    case SSL_ERROR_WANT_READ:
      return wait(POLLIN, deadline);
    case SSL_ERROR_WANT_WRITE:
      return wait(POLLOUT, deadline);
    default:
      ERR_clear_error();
      return false;
  }
}

bool connection_stream::secure(tls_session session) {
  tls_ = std::move(session);
  if (!tls_) return false;
  const auto deadline = clock::now() + limits_.request_timeout;
  for (;;) {
    const int result = SSL_accept(tls_.get());
    if (result == 1) return true;
    if (!retry_tls(result, deadline)) return false;
  }
}

bool connection_stream::await_request() {
  in_.erase(0, in_at_);
  in_at_ = 0;
  header_bytes_ = 0;
  line_ends_ = 0;
  in_headers_ = true;
  written_ = false;
  fault_ = request_fault::none;
  const auto deadline = clock::now() + limits_.idle_timeout;
  while (in_.empty() && !(tls_ && SSL_pending(tls_.get()) > 0)) {
    std::array<pollfd, 2> both{pollfd{socket_.get(), POLLIN, 0}, pollfd{wanted_, POLLIN, 0}};
    const int ready = ::poll(both.data(), both.size(), milliseconds_until(deadline));
    if (ready < 0 && errno != EINTR) return false;
    if (both[0].revents != 0) break;
    std::uint64_t count = 0;
    if (both[1].revents != 0 && ::read(wanted_, &count, sizeof(count)) == sizeof(count)) return false;
    if (clock::now() >= deadline) return false;
  }
  deadline_ = clock::now() + limits_.request_timeout;
  return true;
}

ssize_t connection_stream::receive_some(char* into, std::size_t size, steady_time deadline) {
  for (;;) {
    if (tls_) {
      const int got = SSL_read(tls_.get(), into, static_cast<int>(size));
      if (got > 0) return got;
      if (SSL_get_error(tls_.get(), got) == SSL_ERROR_ZERO_RETURN) return 0;
      if (!retry_tls(got, deadline)) return -1;
    } else {
      const auto got = ::recv(socket_.get(), into, size, 0);
      if (got >= 0) return got;
      if (!would_block() || !wait(POLLIN, deadline)) return -1;
    }
  }
}

bool connection_stream::fill() {
  // Who was told to go on with a body (100) waits for that.
  if (!out_.empty() && !flush()) {
    fault_ = request_fault::closed;
    return false;
  }
  in_.resize(receive_bytes);
  in_at_ = 0;
  // The time is looked at here as well: a peer whose bytes are always there would never be waited for.
  const auto got = clock::now() < deadline_ ? receive_some(in_.data(), in_.size(), deadline_) : -1;
  in_.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
  if (got > 0) return true;
  fault_ = got < 0 && clock::now() >= deadline_ ? request_fault::too_slow : request_fault::closed;
  return false;
}

bool connection_stream::count_header(char c) {
  if (!in_headers_) return true;
  if (c == '\n')
    ++line_ends_;
  else if (c != '\r')
    line_ends_ = 0;
  if (line_ends_ == 2) in_headers_ = false;
  if (++header_bytes_ <= limits_.header_bytes) return true;
  fault_ = request_fault::headers_too_large;
  return false;
}

ssize_t connection_stream::read(char* into, std::size_t size) {
  if (fault_ != request_fault::none) return -1;
  if (in_at_ == in_.size() && !fill()) return fault_ == request_fault::closed ? 0 : -1;
  const auto count = std::min(size, in_.size() - in_at_);
  for (std::size_t i = 0; in_headers_ && i < count; ++i)
    if (!count_header(in_[in_at_ + i])) return -1;
  std::memcpy(into, in_.data() + in_at_, count);
  in_at_ += count;
  return static_cast<ssize_t>(count);
}

ssize_t connection_stream::send_some(const char* from, std::size_t size, steady_time deadline) {
  for (;;) {
    if (tls_) {
      const int sent = SSL_write(tls_.get(), from, static_cast<int>(std::min(size, send_bytes)));
      if (sent > 0) return sent;
      if (!retry_tls(sent, deadline)) return -1;
    } else {
      const auto sent = ::send(socket_.get(), from, size, MSG_NOSIGNAL);
      if (sent >= 0) return sent;
      if (!would_block() || !wait(POLLOUT, deadline)) return -1;
    }
  }
}

bool connection_stream::send(const char* from, std::size_t size) {
  const auto allowance = std::chrono::seconds{size / slowest_reader_bytes_s};
  const auto deadline = clock::now() + limits_.write_timeout + allowance;
  while (size > 0) {
    const auto sent = send_some(from, size, deadline);
    if (sent <= 0) {
      slow_reader_ = clock::now() >= deadline;
      return false;
    }
    from += sent;
    size -= static_cast<std::size_t>(sent);
  }
  return true;
}

ssize_t connection_stream::write(const char* from, std::size_t size) {
  written_ = true;
  out_.append(from, size);
  if ((streaming_ || out_.size() >= send_bytes) && !flush()) return -1;
  return static_cast<ssize_t>(size);
}

bool connection_stream::flush() {
  const bool sent = send(out_.data(), out_.size());
  out_.clear();
  return sent;
}

void connection_stream::finish() {
  if (!flush()) return;
  if (tls_) SSL_shutdown(tls_.get());
  ERR_clear_error();
  ::shutdown(socket_.get(), SHUT_WR);
  const auto deadline = clock::now() + longest_linger;
  std::array<char, 4096> rest;
  std::size_t taken = 0;
  while (taken < most_lingering_bytes && wait(POLLIN, deadline)) {
    const auto got = ::recv(socket_.get(), rest.data(), rest.size(), 0);
    if (got == 0 || (got < 0 && !would_block())) return;
    taken += got > 0 ? static_cast<std::size_t>(got) : 0;
  }
}

bool connection_stream::is_readable() const {
  return in_at_ < in_.size() || wait(POLLIN, clock::now() + limits_.request_timeout);
}

bool connection_stream::is_writable() const {
  return wait(POLLOUT, clock::now() + limits_.write_timeout);
}

void connection_stream::get_remote_ip_and_port(std::string& ip, int& port) const {
  ip = peer_;
  port = 0;
}

void connection_stream::get_local_ip_and_port(std::string& ip, int& port) const {
  ip.clear();
  port = 0;
}

}  // namespace stoker::control
