#include "apps/daemon/service_manager.hpp"

#include <fmt/format.h>
#include <systemd/sd-daemon.h>
#include <time.h>

#include <cstdlib>

namespace stoker::daemon {

service_manager::service_manager() : listens_(std::getenv("NOTIFY_SOCKET") != nullptr) {
  std::uint64_t patience_us = 0;
  if (::sd_watchdog_enabled(0, &patience_us) > 0) watchdog_ = std::chrono::microseconds{patience_us};
}

void service_manager::tell(const std::string& state) const {
  if (listens_) ::sd_notify(0, state.c_str());
}

void service_manager::ready(const std::string& text) const {
  tell("READY=1\nSTATUS=" + text);
}

void service_manager::reloading() const {
  // systemd matches the two by this clock (Type=notify-reload).
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  tell(fmt::format("RELOADING=1\nMONOTONIC_USEC={}", now.tv_sec * 1'000'000 + now.tv_nsec / 1000));
}

void service_manager::stopping(const std::string& text) const {
  tell("STOPPING=1\nSTATUS=" + text);
}

void service_manager::status(const std::string& text) const {
  tell("STATUS=" + text);
}

void service_manager::alive() const {
  tell("WATCHDOG=1");
}

}  // namespace stoker::daemon
