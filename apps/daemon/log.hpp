// The daemon's log: one line an event on standard error, as text or as JSON.
//
// Text is "2026-11-27T08:30:00.123Z info    message"; where systemd's journal listens, which keeps the time
// itself,
// "<6>message" with the priority that it understands. JSON is {"time", "level", "message"}. No line names a
// key. Threads: any, once it is set up.
#pragma once

#include <spdlog/formatter.h>

#include <memory>

#include "apps/configuration/daemon_settings.hpp"

namespace stoker::daemon {

enum class log_form : std::uint8_t { text, journal, json };

std::unique_ptr<spdlog::formatter> make_formatter(log_form form);

// From now on everything that is logged through spdlog goes to standard error like this.
void set_up_log(const configuration::log_settings& settings);

}  // namespace stoker::daemon
