#include "apps/daemon/signal_queue.hpp"

#include <poll.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string>

#include "messages/error.hpp"

namespace stoker::daemon {

namespace {

int open_queue() {
  sigset_t wanted;
  ::sigemptyset(&wanted);
  for (const int each : {SIGTERM, SIGINT, SIGHUP}) ::sigaddset(&wanted, each);
  ::pthread_sigmask(SIG_BLOCK, &wanted, nullptr);
  ::signal(SIGPIPE, SIG_IGN);  // a client that goes away is an error of its connection
  return ::signalfd(-1, &wanted, SFD_CLOEXEC | SFD_NONBLOCK);
}

}  // namespace

signal_queue::signal_queue() : descriptor_(open_queue()) {
  if (descriptor_ < 0)
    throw error{errc::unavailable, std::string{"signals can't be waited for: "} + std::strerror(errno)};
}

signal_queue::~signal_queue() {
  ::close(descriptor_);
}

std::optional<int> signal_queue::wait(duration patience) const {
  pollfd queue{descriptor_, POLLIN, 0};
  ::poll(&queue, 1, static_cast<int>(std::chrono::ceil<std::chrono::milliseconds>(patience).count()));
  signalfd_siginfo came{};
  if (::read(descriptor_, &came, sizeof came) != static_cast<ssize_t>(sizeof came)) return std::nullopt;
  return static_cast<int>(came.ssi_signo);
}

}  // namespace stoker::daemon
