// What a service manager (systemd) is told: when the daemon serves, reloads and stops, how it is, and that it
// lives.
//
// Says nothing where nobody listens. Threads: one at a time.
#pragma once

#include <string>

#include "messages/time.hpp"

namespace stoker::daemon {

class service_manager {
 public:
  // As the environment says: NOTIFY_SOCKET, WATCHDOG_USEC.
  service_manager();

  bool listens() const noexcept { return listens_; }
  // How long it waits for a sign of life; 0: for ever.
  duration watchdog() const noexcept { return watchdog_; }

  void ready(const std::string& status) const;
  void reloading() const;
  void stopping(const std::string& status) const;
  void status(const std::string& text) const;
  void alive() const;

 private:
  void tell(const std::string& state) const;

  bool listens_ = false;
  duration watchdog_{};
};

}  // namespace stoker::daemon
