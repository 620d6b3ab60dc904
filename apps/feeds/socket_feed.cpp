#include "apps/feeds/socket_feed.hpp"

#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <unordered_map>
#include <vector>

#include "apps/feeds/frame_connection.hpp"
#include "apps/feeds/listening_sockets.hpp"
#include "messages/error.hpp"
#include "messages/key.hpp"

namespace stoker::feeds {

namespace {

constexpr std::size_t read_bytes = 256 * 1024;  // at a time and connection: nobody is kept waiting by another
constexpr int tick_ms = 250;                    // how late an overdue connection is noticed
constexpr std::size_t most_connections = 4096;

[[noreturn]] void refuse(const std::string& what) {
  throw error{errc::invalid_argument, "socket feed: " + what};
}

}  // namespace

void validate(const socket_feed_config& config) {
  if (config.socket_path.empty() && !config.port)
    refuse("give a socket's path, a port, or both: it would listen nowhere");
  if (config.socket_mode > 0777) refuse("socket_mode must be permissions such as 0660");
  if (config.port && !is_loopback(config.host))
    refuse("host must be an address of loopback: a feed has no authentication");
  if (config.max_connections == 0 || config.max_connections > most_connections)
    refuse("max_connections must be 1 to " + std::to_string(most_connections));
  if (config.frame_timeout <= duration::zero()) refuse("frame_timeout must be more than 0");
}

// What the feed's thread works with.
class socket_feed::server {
 public:
  explicit server(socket_feed& owner)
      : owner_(owner),
        writer_(owner.sink_, owner.counts_, access_writer::short_wait),
        poll_(::epoll_create1(EPOLL_CLOEXEC)) {
    if (poll_ < 0) throw error{errc::unavailable, "socket feed: no descriptor is left to wait with"};
    buffer_.resize(read_bytes);
  }

  ~server() {
    for (const int each : listeners_) ::close(each);
    if (!listeners_.empty() && !owner_.config_.socket_path.empty())
      ::unlink(owner_.config_.socket_path.c_str());
    connections_.clear();
    owner_.connections_ = 0;
    ::close(poll_);
  }

  server(const server&) = delete;
  server& operator=(const server&) = delete;

  void open() {
    const auto& config = owner_.config_;
    if (!config.socket_path.empty()) add_listener(listen_unix(config.socket_path, config.socket_mode));
    if (!config.port) return;
    owner_.port_ = *config.port;
    add_listener(listen_loopback(config.host, owner_.port_));
  }

  void run(const stop_signal& stop) {
    watch(stop.descriptor());
    std::array<epoll_event, 64> events{};
    while (!stop.raised()) {
      const int ready = ::epoll_wait(poll_, events.data(), static_cast<int>(events.size()), tick_ms);
      now_ = std::chrono::steady_clock::now();
      for (int i = 0; i < ready && !stop.raised(); ++i)
        serve(events[static_cast<std::size_t>(i)].data.fd, stop);
      end_overdue();
    }
  }

 private:
  void add_listener(int descriptor) {
    listeners_.push_back(descriptor);
    watch(descriptor);
  }

  void watch(int descriptor) const {
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.fd = descriptor;
    ::epoll_ctl(poll_, EPOLL_CTL_ADD, descriptor, &event);
  }

  void serve(int descriptor, const stop_signal& stop) {
    for (const int each : listeners_)
      if (each == descriptor) return accept_one(each, stop);
    const auto found = connections_.find(descriptor);
    if (found == connections_.end()) return;
    if (!found->second->receive(buffer_, writer_, owner_.counts_, stop, now_)) end(descriptor);
  }

  void accept_one(int listener, const stop_signal& stop) {
    const int descriptor = ::accept4(listener, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (descriptor < 0) {
      // Whoever waits to be accepted makes the listener readable for as long as no descriptor is left.
      if (errno == EMFILE || errno == ENFILE) stop.wait(std::chrono::milliseconds{tick_ms});
      return;
    }
    // Unlike any number of a thread, and any other connection of this process.
    const auto stream = hash_key("connection " + std::to_string(++accepted_) + " of " +
                                 std::to_string(reinterpret_cast<std::uintptr_t>(this)));
    auto made = std::make_unique<frame_connection>(descriptor, stream, owner_.config_.assume_hits);
    if (served() >= owner_.config_.max_connections)
      made->refuse("too many connections", owner_.counts_, now_);
    // Those that were refused wait a moment to be closed; more of them than others means somebody tries hard.
    if (connections_.size() >= 2 * owner_.config_.max_connections) return;
    connections_.emplace(descriptor, std::move(made));
    watch(descriptor);
    owner_.connections_ = connections_.size();
  }

  std::size_t served() const {
    std::size_t count = 0;
    for (const auto& [descriptor, each] : connections_) count += each->refused() ? 0 : 1;
    return count;
  }

  void end(int descriptor) {
    connections_.erase(descriptor);
    owner_.connections_ = connections_.size();
  }

  void end_overdue() {
    std::vector<int> over;
    for (const auto& [descriptor, each] : connections_) {
      if (!each->is_overdue(now_, owner_.config_.frame_timeout)) continue;
      if (each->refused())
        over.push_back(descriptor);
      else
        each->refuse("the frame was not whole in time", owner_.counts_, now_);
    }
    for (const int each : over) end(each);
  }

  socket_feed& owner_;
  access_writer writer_;
  const int poll_;
  std::vector<int> listeners_;
  std::unordered_map<int, std::unique_ptr<frame_connection>> connections_;
  std::uint64_t accepted_ = 0;
  std::string buffer_;
  frame_connection::steady_time now_{};
};

socket_feed::socket_feed(socket_feed_config config, access_sink sink)
    : config_(std::move(config)), sink_(std::move(sink)) {
  validate(config_);
}

socket_feed::~socket_feed() {
  stop();
}

void socket_feed::start() {
  if (thread_.running()) return;
  server_ = std::make_unique<server>(*this);
  try {
    server_->open();
  } catch (...) {
    counts_.source(false);
    server_.reset();
    throw;
  }
  counts_.source(true);
  thread_.start([this](const stop_signal& stop) { server_->run(stop); });
}

void socket_feed::stop() {
  thread_.stop();
  server_.reset();
}

}  // namespace stoker::feeds
