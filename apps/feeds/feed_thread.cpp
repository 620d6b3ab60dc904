#include "apps/feeds/feed_thread.hpp"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>

#include "messages/error.hpp"

namespace stoker::feeds {

stop_signal::stop_signal() : descriptor_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  if (descriptor_ < 0) throw error{errc::unavailable, "feed: no descriptor is left to wait with"};
}

stop_signal::~stop_signal() {
  ::close(descriptor_);
}

void stop_signal::raise() noexcept {
  raised_ = true;
  const std::uint64_t one = 1;
  [[maybe_unused]] const auto written = ::write(descriptor_, &one, sizeof one);
}

void stop_signal::clear() noexcept {
  raised_ = false;
  std::uint64_t count = 0;
  [[maybe_unused]] const auto taken = ::read(descriptor_, &count, sizeof count);
}

bool stop_signal::wait(duration at_most) const noexcept {
  if (raised_) return true;
  const auto bounded = std::clamp<duration>(at_most, duration::zero(), std::chrono::hours{1});
  const auto seconds = std::chrono::floor<std::chrono::seconds>(bounded);
  const timespec time{seconds.count(), (bounded - seconds).count()};
  pollfd asked{descriptor_, POLLIN, 0};
  ::ppoll(&asked, 1, &time, nullptr);
  return raised_;
}

void feed_thread::start(body run) {
  stop_.clear();
  thread_ = std::thread{[this, run = std::move(run)] { run(stop_); }};
}

void feed_thread::stop() noexcept {
  if (!thread_.joinable()) return;
  stop_.raise();
  thread_.join();
}

}  // namespace stoker::feeds
