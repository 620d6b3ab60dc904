#include "apps/stoker/watching.hpp"

#include <poll.h>

#include <atomic>
#include <cmath>

namespace stoker::cli {

namespace {

std::atomic<bool> noted{false};

void note(int) {
  noted = true;
}

}  // namespace

interrupt_watch::interrupt_watch() {
  noted = false;
  struct sigaction action {};
  action.sa_handler = note;  // without SA_RESTART: waits end
  sigaction(SIGINT, &action, &interrupt_before_);
  sigaction(SIGTERM, &action, &terminate_before_);
}

interrupt_watch::~interrupt_watch() {
  sigaction(SIGINT, &interrupt_before_, nullptr);
  sigaction(SIGTERM, &terminate_before_, nullptr);
}

bool interrupt_watch::interrupted() noexcept {
  return noted;
}

bool wait_for_key(int input, double seconds) {
  pollfd waiting{input, POLLIN, 0};
  const auto ready = poll(&waiting, 1, static_cast<int>(std::lround(seconds * 1000)));
  return ready > 0 && (waiting.revents & POLLIN) != 0;
}

void watch(double interval_s, unsigned times, const std::function<void()>& show) {
  const interrupt_watch interrupts;
  constexpr int no_input = -1;  // poll() leaves it out, and waits
  for (unsigned shown = 1; !interrupt_watch::interrupted(); ++shown) {
    show();
    if (shown == times) return;
    wait_for_key(no_input, interval_s);
  }
}

}  // namespace stoker::cli
