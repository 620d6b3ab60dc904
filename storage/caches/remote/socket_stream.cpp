#include "storage/caches/remote/socket_stream.hpp"

#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>
#include <vector>

#include "messages/error.hpp"

namespace stoker {

namespace {

constexpr std::size_t receive_bytes = 64 * 1024;
// As much as a socket buffer holds, so that the server has work while the next commands are made.
constexpr std::size_t send_bytes = 128 * 1024;

std::string system_text(int number) {
  char text[128];
  return strerror_r(number, text, sizeof text);
}

bool would_block(int number) {
  return number == EAGAIN || number == EINTR;
}

struct wait_result {
  trouble what = trouble::none;
  std::string text{};
};

// Until one of them is ready; timed out: the deadline came first.
wait_result wait_for(std::span<pollfd> asked, socket_stream::steady_time deadline) {
  for (;;) {
    const auto left = deadline - std::chrono::steady_clock::now();
    if (left <= left.zero()) return {trouble::timed_out, "no answer before the deadline"};
    const auto ms =
        std::chrono::ceil<std::chrono::milliseconds>(std::min<duration>(left, std::chrono::hours{1}));
    const int ready = ::poll(asked.data(), asked.size(), static_cast<int>(ms.count()));
    if (ready > 0) return {};
    if (ready < 0 && errno != EINTR) return {trouble::unavailable, "poll: " + system_text(errno)};
  }
}

}  // namespace

std::string endpoint::shown() const {
  return socket_path.empty() ? host + ":" + std::to_string(port) : socket_path;
}

trouble socket_stream::fail(trouble what, const std::string& text) {
  error_ = text;
  close();
  return what;
}

void socket_stream::close() noexcept {
  tls_.reset();
  if (descriptor_ >= 0) ::close(descriptor_);
  descriptor_ = -1;
}

trouble socket_stream::open(const endpoint& where, steady_time deadline) {
  close();
  buffer_.resize(receive_bytes);
  const auto opened =
      where.socket_path.empty() ? open_tcp(where, deadline) : open_unix(where.socket_path, deadline);
  return opened == trouble::none && where.tls ? secure(where, deadline) : opened;
}

trouble socket_stream::secure(const endpoint& where, steady_time deadline) try {
  if (!context_) context_ = std::make_unique<tls_context>(*where.tls);
  const auto& name = where.tls->server_name.empty() ? where.host : where.tls->server_name;
  tls_ = std::make_unique<tls_channel>(*context_, descriptor_, name);
  for (;;) {
    errno = 0;
    switch (after(tls_->shake_hands())) {
      case step::moved:
        return trouble::none;
      case step::failed:
        return broken(errno);
      case step::stuck:
        break;
    }
    const short events = tls_waits_to_write_ ? POLLOUT : POLLIN;
    if (const auto waited = wait(events, deadline); waited != trouble::none) return waited;
  }
} catch (const stoker::error& mistake) {
  return fail(trouble::unavailable, mistake.what());
}

socket_stream::step socket_stream::after(tls_channel::step done) {
  tls_waits_to_write_ = done == tls_channel::step::wants_write;
  if (done == tls_channel::step::moved) return step::moved;
  if (done == tls_channel::step::closed && errno == 0) errno = ECONNRESET;
  return done == tls_channel::step::closed || done == tls_channel::step::failed ? step::failed : step::stuck;
}

// Says why: the socket broke, or one side does not trust the other.
trouble socket_stream::broken(int error_number) {
  if (!tls_ || tls_->error().empty())
    return fail(trouble::unavailable, "the connection broke: " + system_text(error_number));
  return fail(tls_->distrusted() ? trouble::denied : trouble::garbled, "TLS: " + std::string{tls_->error()});
}

trouble socket_stream::connect_to(int family, const void* address, unsigned length, steady_time deadline) {
  descriptor_ = ::socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (descriptor_ < 0) return fail(trouble::unavailable, "no socket: " + system_text(errno));
  if (::connect(descriptor_, static_cast<const sockaddr*>(address), length) == 0) return trouble::none;
  if (errno != EINPROGRESS) return fail(trouble::unavailable, "can't connect: " + system_text(errno));
  if (const auto waited = wait(POLLOUT, deadline); waited != trouble::none) return waited;
  int problem = 0;
  socklen_t size = sizeof problem;
  ::getsockopt(descriptor_, SOL_SOCKET, SO_ERROR, &problem, &size);
  if (problem != 0) return fail(trouble::unavailable, "can't connect: " + system_text(problem));
  return trouble::none;
}

trouble socket_stream::open_unix(const std::string& path, steady_time deadline) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path)
    return fail(trouble::unavailable, "the socket's path is longer than the system takes: " + path);
  std::memcpy(address.sun_path, path.data(), path.size());
  return connect_to(AF_UNIX, &address, sizeof address, deadline);
}

trouble socket_stream::open_tcp(const endpoint& where, steady_time deadline) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* first = nullptr;
  const auto port = std::to_string(where.port);
  if (const int failed = ::getaddrinfo(where.host.c_str(), port.c_str(), &hints, &first); failed != 0)
    return fail(trouble::unavailable, "no address of " + where.host + ": " + ::gai_strerror(failed));
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> found{first, &::freeaddrinfo};
  auto last = fail(trouble::unavailable, "no address of " + where.host);
  for (const addrinfo* at = first; at != nullptr; at = at->ai_next) {
    last = connect_to(at->ai_family, at->ai_addr, at->ai_addrlen, deadline);
    if (last != trouble::none) continue;
    const int on = 1;  // a batch ends with a small packet that must not wait for an acknowledgement
    ::setsockopt(descriptor_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    return last;
  }
  return last;
}

bool socket_stream::is_ready(short events, steady_time deadline, trouble& failed) {
  pollfd asked{descriptor_, events, 0};
  const auto waited = wait_for({&asked, 1}, deadline);
  failed = waited.what == trouble::unavailable ? fail(waited.what, waited.text) : trouble::none;
  return waited.what == trouble::none;
}

trouble socket_stream::wait(short events, steady_time deadline) {
  pollfd asked{descriptor_, events, 0};
  const auto waited = wait_for({&asked, 1}, deadline);
  return waited.what == trouble::none ? trouble::none : fail(waited.what, waited.text);
}

socket_stream::step socket_stream::send_some(const command_source& commands) {
  if (sent_ == out_.size()) {
    out_.clear();
    sent_ = 0;
    while (more_ && out_.size() < send_bytes) more_ = commands(out_);
    if (out_.empty()) return step::stuck;
  }
  if (tls_) {
    std::size_t moved = 0;
    const auto done = after(tls_->write(out_.data() + sent_, out_.size() - sent_, moved));
    sent_ += moved;
    return done;
  }
  const auto sent = ::send(descriptor_, out_.data() + sent_, out_.size() - sent_, MSG_NOSIGNAL);
  if (sent < 0) return would_block(errno) ? step::stuck : step::failed;
  sent_ += static_cast<std::size_t>(sent);
  return step::moved;
}

socket_stream::step socket_stream::receive_some(const answer_sink& answers, progress& reached) {
  std::size_t size = 0;
  if (tls_) {
    if (const auto done = after(tls_->read(buffer_.data(), buffer_.size(), size)); done != step::moved)
      return done;
  } else {
    const auto received = ::recv(descriptor_, buffer_.data(), buffer_.size(), 0);
    if (received < 0) return would_block(errno) ? step::stuck : step::failed;
    size = static_cast<std::size_t>(received);
  }
  if (size == 0) {
    errno = ECONNRESET;
    return step::failed;
  }
  answered_ = true;
  reached = answers({buffer_.data(), size});
  return step::moved;
}

void socket_stream::begin() {
  out_.clear();
  sent_ = 0;
  more_ = true;
  answered_ = false;
  reached_ = progress::more;
}

bool socket_stream::advance(talk& what) {
  const auto end = [&what](trouble came) {
    what.came = came;
    what.over = true;
    return true;
  };
  // Answers are read even when sending failed: a server may say why before it closes.
  const auto sent = send_some(what.commands);
  const auto send_error = errno;
  const auto received = receive_some(what.answers, reached_);
  if (reached_ == progress::garbled) return end(fail(trouble::garbled, "the answer is not of the protocol"));
  if (reached_ == progress::done && !more_ && sent_ == out_.size()) return end(trouble::none);
  if (received == step::failed) return end(broken(errno));
  if (sent == step::failed && received == step::stuck) return end(broken(send_error));
  return sent == step::moved || received == step::moved;
}

short socket_stream::wanted() const {
  const bool all_sent = !more_ && sent_ == out_.size();
  return static_cast<short>(all_sent ? POLLIN : POLLIN | POLLOUT);
}

trouble socket_stream::exchange(const command_source& commands, const answer_sink& answers,
                                steady_time deadline) {
  talk what{commands, answers, this};
  talk* const one = &what;
  exchange_all({&one, 1}, deadline);
  return what.came;
}

void socket_stream::exchange_all(std::span<talk* const> talks, steady_time deadline) {
  std::vector<talk*> left{talks.begin(), talks.end()};
  for (auto* each : left) each->stream->begin();
  std::vector<pollfd> asked;
  while (!left.empty()) {
    bool moved = false;
    asked.clear();
    for (auto* each : left) {
      auto& stream = *each->stream;
      if (stream.advance(*each))
        moved = true;
      else
        asked.push_back({stream.descriptor_, stream.wanted(), 0});
    }
    std::erase_if(left, [](const talk* each) { return each->over; });
    if (moved) continue;
    const auto waited = wait_for(asked, deadline);
    if (waited.what == trouble::none) continue;
    for (auto* each : left) each->came = each->stream->fail(waited.what, waited.text);
    return;
  }
}

trouble socket_stream::receive(const answer_sink& answers, steady_time until) {
  auto reached = progress::more;
  for (;;) {
    const auto received = receive_some(answers, reached);
    if (reached == progress::garbled) return fail(trouble::garbled, "the answer is not of the protocol");
    if (reached == progress::done) return trouble::none;
    if (received == step::failed) return broken(errno);
    // What comes without end must not keep the caller for longer either.
    if (received == step::moved && std::chrono::steady_clock::now() < until) continue;
    auto failed = trouble::none;
    if (!is_ready(POLLIN, until, failed)) return failed;
  }
}

}  // namespace stoker
