#include "apps/control/http_front.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>

#include "apps/control/http_visit.hpp"

namespace stoker::control {

namespace {

constexpr std::size_t most_peers = 4096;
constexpr std::size_t requests_a_connection = 10'000;
constexpr std::uint64_t everybody = 1'000'000;  // more than there can be threads
constexpr const char* unix_peer = "unix";

time_point steady_now() {
  return time_point{std::chrono::steady_clock::now().time_since_epoch()};
}

std::string address_of(const sockaddr_storage& peer) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (peer.ss_family == AF_INET6)
    ::inet_ntop(AF_INET6, &reinterpret_cast<const sockaddr_in6*>(&peer)->sin6_addr, text.data(), text.size());
  else
    ::inet_ntop(AF_INET, &reinterpret_cast<const sockaddr_in*>(&peer)->sin_addr, text.data(), text.size());
  return text.data();
}

// An answer to what the library has not seen as a request.
std::string bare_answer(const problem& why) {
  const auto told = to_json(why);
  const auto body = text_of(told);
  return "HTTP/1.1 " + std::to_string(why.status) + " " + told["title"].get<std::string>() +
         "\r\nContent-Type: application/problem+json\r\nConnection: close\r\nContent-Length: " +
         std::to_string(body.size()) + (why.retry_after_s > 0 ? "\r\nRetry-After: 1" : "") + "\r\n\r\n" +
         body;
}

}  // namespace

thread_local http_front::visit* http_front::current_ = nullptr;

http_front::http_front(service& of)
    : service_(of),
      limits_(of.options.limits),
      rules_(of.options),
      peers_(limits_.requests_per_second, limits_.burst, most_peers, steady_now()),
      routes_(all_routes(of)),
      wanted_(::eventfd(0, EFD_SEMAPHORE | EFD_NONBLOCK | EFD_CLOEXEC)),
      stopping_(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)),
      workers_(limits_.workers + limits_.streams, limits_.waiting_connections) {
  const auto& options = of.options;
  if (!options.tls.certificate.empty()) tls_ = std::make_unique<tls_context>(options.tls);
  if (!options.address.empty()) {
    tcp_ = listen_tcp(options.address, options.port);
    port_ = port_of(tcp_);
  }
  if (!options.unix_path.empty()) unix_ = unix_listener{options.unix_path, options.unix_mode};
  for (const auto& each : routes_) add(each);
  set_handlers();
}

http_front::~http_front() {
  stop();
}

void http_front::start() {
  // The library takes a server without a socket for one that is being shut down.
  svr_sock_ = stopping_.get();
  accepting_ = std::thread{[this] { accept_loop(); }};
}

void http_front::stop() {
  if (stopped_.exchange(true)) return;
  svr_sock_ = INVALID_SOCKET;
  ::eventfd_write(stopping_.get(), 1);
  ::eventfd_write(wanted_.get(), everybody);
  if (accepting_.joinable()) accepting_.join();
  {
    // No more is read from anybody; answers that are being sent have their time.
    std::lock_guard guard{open_mutex_};
    for (int socket : open_) ::shutdown(socket, SHUT_RD);
  }
  workers_.stop();
}

void http_front::accept_loop() {
  std::array<pollfd, 3> each{pollfd{stopping_.get(), POLLIN, 0}, pollfd{tcp_.get(), POLLIN, 0},
                             pollfd{unix_.socket().get(), POLLIN, 0}};
  while (!stopped_) {
    if (::poll(each.data(), each.size(), -1) < 0 && errno != EINTR) return;
    if (each[1].revents != 0) accept_from(tcp_, false);
    if (each[2].revents != 0) accept_from(unix_.socket(), true);
  }
}

void http_front::accept_from(const descriptor& listening, bool unix_socket) {
  sockaddr_storage peer{};
  socklen_t size = sizeof(peer);
  descriptor socket{::accept4(listening.get(), reinterpret_cast<sockaddr*>(&peer), &size, SOCK_CLOEXEC)};
  if (!socket) {
    // No descriptors are left: the connection stays in the queue, and would wake this thread again at once.
    if (errno == EMFILE || errno == ENFILE) ::poll(nullptr, 0, 10);
    return;
  }
  const int on = 1;
  if (!unix_socket) ::setsockopt(socket.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
  auto shared = std::make_shared<descriptor>(std::move(socket));
  auto name = unix_socket ? std::string{unix_peer} : address_of(peer);
  const auto placed = workers_.enqueue(
      [this, shared, name = std::move(name), unix_socket] { serve(std::move(*shared), name, unix_socket); });
  if (placed == worker_pool::placed::waits) ::eventfd_write(wanted_.get(), 1);
  if (placed == worker_pool::placed::refused) refuse_connection(std::move(*shared));
}

void http_front::refuse_connection(descriptor socket) {
  ++service_.counters.connections_refused;
  if (tls_) return;  // there is no answer without a handshake
  const auto text =
      bare_answer({503, "unavailable", "The server has no room for another connection.", {}, {}, 1});
  // It fits into the socket's buffer, and the accepting thread waits for nobody.
  ::send(socket.get(), text.data(), text.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
}

void http_front::serve(descriptor socket, const std::string& peer, bool unix_socket) {
  const int number = socket.get();
  {
    std::lock_guard guard{open_mutex_};
    open_.insert(number);
  }
  {
    connection_stream stream{std::move(socket), peer, limits_, wanted_.get()};
    visit now{stream, {unix_socket, tls_ != nullptr && !unix_socket, false}};
    current_ = &now;
    const bool secured = unix_socket || !tls_ || stream.secure(tls_->open(number));
    if (secured) {
      now.came.certified = now.came.tls && stream.is_certified();
      serve_requests(now);
      stream.finish();
    }
    current_ = nullptr;
    // Before it is closed: its number may be another connection's in the next moment.
    std::lock_guard guard{open_mutex_};
    open_.erase(number);
  }
}

void http_front::write_fault(visit& now, int status) {
  const auto text = bare_answer(problem_of_status(status));
  now.stream.write(text.data(), text.size());
  ++service_.counters.requests;
  ++service_.counters.client_errors;
}

void http_front::serve_requests(visit& now) {
  for (std::size_t served = 1; !stopped_ && now.stream.await_request(); ++served) {
    const bool last = served == requests_a_connection;
    bool closed = false;
    const bool answered =
        process_request(now.stream, last, closed, [this](httplib::Request& request) { prepare(request); });
    if (!now.stream.has_written() && now.stream.fault() == request_fault::too_slow) write_fault(now, 408);
    if (!now.stream.has_written() && now.stream.fault() == request_fault::headers_too_large)
      write_fault(now, 431);
    if (!now.stream.flush() || !answered || last || closed || now.close) return;
    if (now.stream.fault() != request_fault::none) return;
  }
}

}  // namespace stoker::control
