#include "apps/stoker/local_service.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <optional>

#include "apps/control/control_server.hpp"
#include "apps/daemon/assembly.hpp"
#include "apps/daemon/log.hpp"
#include "apps/daemon/state_folder.hpp"
#include "apps/stoker/configured_daemon.hpp"
#include "apps/stoker/temporary_folder.hpp"
#include "messages/error.hpp"

namespace stoker::cli {

namespace {

// Only what went wrong: results of the command stand beside it.
configuration::daemon_settings quiet(configuration::daemon_settings settings) {
  settings.log.level = configuration::log_level::warning;
  daemon::set_up_log(settings.log);
  return settings;
}

control::control_options options_for(const std::string& socket) {
  control::control_options options;
  options.address.clear();
  options.unix_path = socket;
  return options;
}

}  // namespace

struct local_service::parts {
  explicit parts(configuration::daemon_settings given)
      : settings(quiet(std::move(given))),
        lock(settings.folder),
        origins(settings.origins),
        served(settings.engine) {
    // Who runs this command may read what it reads.
    daemon::add_caches(served, settings, origins, {true, {}, "."});
    server.emplace(served, options_for(folder / "control.sock"));
  }

  temporary_folder folder;
  configuration::daemon_settings settings;
  daemon::state_folder lock;
  daemon::origin_shelf origins;
  engine served;
  std::optional<control::control_server> server;  // ends before what it serves
};

local_service::local_service(const std::string& configuration) {
  auto settings = read_settings(configuration);
  try {
    parts_ = std::make_unique<parts>(std::move(settings));
  } catch (const error& mistake) {
    if (mistake.code() == errc::invalid_argument) throw usage_error{mistake.what()};
    throw failure{exit_failure, mistake.what()};
  }
}

local_service::~local_service() = default;

connection_options local_service::connection(connection_options given) const {
  given.server = parts_->server->url();
  given.token_file.clear();
  return given;
}

std::vector<std::string> local_service::embedded() const {
  std::vector<std::string> names;
  for (const auto& cache : parts_->settings.caches)
    if (!cache.make_back_end) names.push_back(cache.config.name);
  return names;
}

service::service(const connection_options& given, const std::string& configuration) {
  const auto path = configuration_or_usual(configuration);
  const auto connection = path.empty() ? given : reach(read_settings(path), given);
  client_ = std::make_unique<daemon_client>(connection);
  if (client_->answers()) return;
  if (path.empty())
    throw no_daemon_error{fmt::format(
        "no daemon answers at {}; start one with \"stoker serve\", name it with --server, or do without one "
        "by a configuration (--config)",
        client_->server())};
  local_ = std::make_unique<local_service>(path);
  client_ = std::make_unique<daemon_client>(local_->connection(connection));
}

void add_configuration_option(CLI::App& command, std::string& configuration) {
  command
      .add_option(
          "--config", configuration,
          fmt::format("Configuration of a daemon: says where it is, and is done by without one when none "
                      "answers; default: {}, if it is there",
                      usual_configuration))
      ->check(CLI::ExistingFile)
      ->group("Connection");
}

}  // namespace stoker::cli
