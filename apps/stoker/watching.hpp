// Showing something again and again until the user has enough.
#pragma once

#include <csignal>
#include <functional>

namespace stoker::cli {

// While it lives, an interrupt from the terminal (SIGINT, SIGTERM) is noted instead of ending the process, so
// that the terminal can be left as it was. One at a time.
class interrupt_watch {
 public:
  interrupt_watch();
  ~interrupt_watch();
  interrupt_watch(const interrupt_watch&) = delete;
  interrupt_watch& operator=(const interrupt_watch&) = delete;

  static bool interrupted() noexcept;

 private:
  struct sigaction interrupt_before_ {};
  struct sigaction terminate_before_ {};
};

// Waits until input can be read, or so many seconds; true: a key was pressed. Without input it just waits.
bool wait_for_key(int input, double seconds);

// Calls `show` at once and then every `interval_s`, `times` times in all (0: until it is interrupted).
void watch(double interval_s, unsigned times, const std::function<void()>& show);

}  // namespace stoker::cli
