#include "apps/daemon/log.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <cstdlib>
#include <nlohmann/json.hpp>
#include <string>

namespace stoker::daemon {

namespace {

using configuration::log_level;

std::string time_of(const spdlog::details::log_msg& line) {
  using std::chrono::milliseconds;
  const auto since = std::chrono::floor<milliseconds>(line.time.time_since_epoch());
  const auto seconds = std::chrono::floor<std::chrono::seconds>(since);
  return fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:03}Z", fmt::gmtime(seconds.count()), (since - seconds).count());
}

const char* word_of(spdlog::level::level_enum level) {
  switch (level) {
    case spdlog::level::trace:
      return "trace";
    case spdlog::level::debug:
      return "debug";
    case spdlog::level::warn:
      return "warning";
    case spdlog::level::err:
    case spdlog::level::critical:
      return "error";
    default:
      return "info";
  }
}

// As syslog numbers them.
int priority_of(spdlog::level::level_enum level) {
  switch (level) {
    case spdlog::level::trace:
    case spdlog::level::debug:
      return 7;
    case spdlog::level::warn:
      return 4;
    case spdlog::level::err:
    case spdlog::level::critical:
      return 3;
    default:
      return 6;
  }
}

std::string line_of(const spdlog::details::log_msg& message, log_form form) {
  const std::string text{message.payload.data(), message.payload.size()};
  if (form == log_form::journal) return fmt::format("<{}>{}\n", priority_of(message.level), text);
  if (form == log_form::text)
    return fmt::format("{} {:<7} {}\n", time_of(message), word_of(message.level), text);
  const nlohmann::ordered_json line{
      {"time", time_of(message)}, {"level", word_of(message.level)}, {"message", text}};
  return line.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + '\n';
}

class form_formatter final : public spdlog::formatter {
 public:
  explicit form_formatter(log_form form) : form_(form) {}

  void format(const spdlog::details::log_msg& message, spdlog::memory_buf_t& into) override {
    const auto line = line_of(message, form_);
    into.append(line.data(), line.data() + line.size());
  }
  std::unique_ptr<formatter> clone() const override { return std::make_unique<form_formatter>(form_); }

 private:
  log_form form_;
};

spdlog::level::level_enum spdlog_level(log_level level) {
  switch (level) {
    case log_level::trace:
      return spdlog::level::trace;
    case log_level::debug:
      return spdlog::level::debug;
    case log_level::info:
      return spdlog::level::info;
    case log_level::warning:
      return spdlog::level::warn;
    case log_level::error:
      return spdlog::level::err;
    case log_level::off:
      return spdlog::level::off;
  }
  return spdlog::level::info;
}

}  // namespace

std::unique_ptr<spdlog::formatter> make_formatter(log_form form) {
  return std::make_unique<form_formatter>(form);
}

void set_up_log(const configuration::log_settings& settings) {
  const bool journal = std::getenv("JOURNAL_STREAM") != nullptr && ::isatty(STDERR_FILENO) == 0;
  const auto form = settings.json ? log_form::json : journal ? log_form::journal : log_form::text;
  auto logger = std::make_shared<spdlog::logger>("stoker", std::make_shared<spdlog::sinks::stderr_sink_mt>());
  logger->set_formatter(make_formatter(form));
  logger->set_level(spdlog_level(settings.level));
  logger->flush_on(spdlog::level::trace);
  spdlog::set_default_logger(std::move(logger));
}

}  // namespace stoker::daemon
