#include "apps/daemon/serve.hpp"

#include <signal.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <future>
#include <optional>

#include "apps/daemon/assembly.hpp"
#include "apps/daemon/daemon.hpp"
#include "apps/daemon/log.hpp"
#include "apps/daemon/service_manager.hpp"
#include "apps/daemon/signal_queue.hpp"
#include "messages/error.hpp"

namespace stoker::daemon {

namespace {

using configuration::read_daemon_file;

constexpr duration between_looks = std::chrono::seconds{10};
constexpr duration while_draining = std::chrono::milliseconds{50};

class process {
 public:
  process(const serve_options& options, const signal_queue& signals) : options_(options), signals_(signals) {}

  serve_result run() {
    if (const auto failure = start()) return *failure;
    for (;;) {
      const auto signal = signals_.wait(pause());
      if (signal == SIGHUP)
        reload();
      else if (signal)
        return end();
      else
        look_around();
    }
  }

 private:
  std::optional<serve_result> start() {
    try {
      auto settings = read_daemon_file(options_.configuration, options_.variables);
      set_up_log(settings.log);
      for (const auto& note : settings.notes) spdlog::warn("{}", note);
      validate(settings);
      daemon_.emplace(std::move(settings));
    } catch (const error& failure) {
      spdlog::error("{}", failure.what());
      return failure.code() == errc::invalid_argument ? serve_result::malformed : serve_result::failed;
    } catch (const std::exception& failure) {
      spdlog::error("{}", failure.what());
      return serve_result::failed;
    }
    const auto url = daemon_->url();
    spdlog::info("stoker serves {} as process {}", url.empty() ? "nobody" : url, ::getpid());
    manager_.ready("serving " + url);
    return std::nullopt;
  }

  // Between two signs of life half of what the service manager waits for.
  duration pause() const {
    const auto patience = manager_.watchdog();
    return patience > duration::zero() ? std::min(between_looks, patience / 2) : between_looks;
  }

  void look_around() {
    try {
      manager_.status(daemon_->look_around());
      manager_.alive();
    } catch (const std::exception& failure) {
      // No sign of life: an engine that stays like this is started anew by whoever watches.
      spdlog::warn("{}", failure.what());
    }
  }

  void reload() {
    manager_.reloading();
    spdlog::info("reading {} anew", options_.configuration);
    try {
      auto fresh = read_daemon_file(options_.configuration, options_.variables);
      for (const auto& note : fresh.notes) spdlog::warn("{}", note);
      tell(daemon_->reload(std::move(fresh)));
    } catch (const std::exception& failure) {
      spdlog::error("{}; the configuration before stays in force", failure.what());
    }
    manager_.ready("serving " + daemon_->url());
  }

  static void tell(const reload_report& report) {
    for (const auto& line : report.applied) spdlog::info("{}", line);
    for (const auto& line : report.needs_restart) spdlog::warn("{}", line);
    if (report.applied.empty() && report.needs_restart.empty()) spdlog::info("nothing changed");
  }

  serve_result end() {
    spdlog::info("ending: no more requests; runs that are under way may finish");
    manager_.stopping("ending");
    auto drained = std::async(std::launch::async, [this] { return daemon_->drain(); });
    while (drained.wait_for(std::chrono::seconds{0}) != std::future_status::ready) {
      const auto signal = signals_.wait(while_draining);
      if (signal == SIGTERM || signal == SIGINT) force();
    }
    const bool kept = drained.get();
    daemon_.reset();
    if (kept)
      spdlog::info("ended");
    else
      spdlog::error("ended; some of what was learned could not be kept");
    return kept ? serve_result::ended : serve_result::failed;
  }

  // Nothing is waited for: history loses its loss window at most.
  [[noreturn]] static void force() {
    spdlog::warn("ended at once by a second signal");
    std::_Exit(EXIT_FAILURE);
  }

  const serve_options& options_;
  const signal_queue& signals_;
  service_manager manager_;
  std::optional<running_daemon> daemon_;
};

}  // namespace

serve_result serve(const serve_options& options) {
  set_up_log({});  // until the configuration says otherwise
  try {
    const signal_queue signals;
    return process{options, signals}.run();
  } catch (const error& failure) {
    spdlog::error("{}", failure.what());
    return serve_result::failed;
  }
}

}  // namespace stoker::daemon
