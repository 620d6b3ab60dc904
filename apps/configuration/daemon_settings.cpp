#include "apps/configuration/daemon_settings.hpp"

#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <set>
#include <thread>

#include "apps/configuration/configuration_file.hpp"
#include "apps/configuration/setting_readers.hpp"
#include "messages/error.hpp"

namespace stoker::configuration {

namespace {

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string{} : std::string{value};
}

void read_daemon_table(configuration_file& from, daemon_settings& into) {
  auto table = from.table("daemon", "STOKER_DAEMON_");
  into.folder = table.text("folder").value_or(usual_state_folder());
  if (into.folder.empty()) table.fail("folder", "must name a folder");
  into.patience = table.span("patience").value_or(into.patience);
  table.check_keys();
}

void read_history(configuration_file& from, daemon_settings& into) {
  auto table = from.table("history", "STOKER_HISTORY_");
  const bool kept = table.flag("enabled").value_or(true);
  const auto folder = table.text("folder").value_or(into.folder + "/history");
  into.engine.history_folder = kept ? folder : "";
  into.engine.snapshot_folder = table.text("snapshots").value_or(into.folder + "/snapshots");
  if (const auto window = table.span("loss_window")) into.engine.loss_window = *window;
  if (into.engine.loss_window == duration::zero()) table.fail("loss_window", "must be more than nothing");
  table.check_keys();
}

// [warming] is for the engine, too.
void apply_warming(daemon_settings& into) {
  const auto& warming = into.warming;
  if (warming.rate_limit) into.engine.profile.origin_calls_per_minute = *warming.rate_limit;
  if (warming.memory_limit_bytes) into.engine.memory_budget_bytes = *warming.memory_limit_bytes;
  into.engine.node = warming.node;
  into.engine.busy = warming.busy;
}

void read_changes(configuration_file& from, change_settings& into) {
  auto table = from.table("changes", "STOKER_CHANGES_");
  into.folders = table.texts("folders");
  for (const auto& each : into.folders)
    if (!each.starts_with('/')) table.fail("folders", "must be whole paths; \"" + each + "\" is none");
  into.repository = table.text("repository").value_or(into.folders.empty() ? "" : into.folders.front());
  table.check_keys();
}

void add_origins(configuration_file& from, daemon_settings& into) {
  std::set<std::string> names;
  for (auto& table : from.tables("origin", "name", "STOKER_ORIGIN_")) {
    into.origins.push_back(read_origin(table));
    if (!names.insert(into.origins.back().name).second) table.fail("the name stands twice");
  }
}

// `kind`: of the table that the key names one of.
void check_named(const section& where, const std::string& key, const std::string& name,
                 const std::vector<std::string>& known, const std::string& kind) {
  if (std::find(known.begin(), known.end(), name) != known.end()) return;
  if (known.empty()) where.fail(key, "is \"" + name + "\", and there is no [[" + kind + "]]");
  where.refuse_word(key, name, known);
}

void add_caches(configuration_file& from, daemon_settings& into) {
  std::vector<std::string> origins;
  for (const auto& each : into.origins) origins.push_back(each.name);
  std::set<std::string> names;
  for (auto& table : from.tables("cache", "name", "STOKER_CACHE_")) {
    auto read = read_cache(table);
    if (!names.insert(read.config.name).second) table.fail("the name stands twice");
    if (!read.origin.empty()) check_named(table, "origin", read.origin, origins, "origin");
    for (const auto& rule : read.rules)
      if (!rule.origin.empty()) check_named(table, "rules", rule.origin, origins, "origin");
    read.config.origin_name = read.origin;
    into.caches.push_back(std::move(read));
  }
}

void add_feeds(configuration_file& from, daemon_settings& into) {
  std::vector<std::string> caches;
  for (const auto& each : into.caches) caches.push_back(each.config.name);
  std::set<std::string> names;
  for (auto& table : from.tables("feed", "name", "STOKER_FEED_")) {
    auto read = read_feed(table);
    if (!names.insert(read.name).second) table.fail("the name stands twice");
    check_named(table, "cache", read.cache, caches, "cache");
    into.feeds.push_back(std::move(read));
  }
}

// Schedules and caches name caches.
void check_names(daemon_settings& into) {
  std::set<std::string> caches;
  for (const auto& each : into.caches) caches.insert(each.config.name);
  const auto fail = [&](const std::string& where, const std::string& who, const std::string& name) {
    throw error{errc::invalid_argument, where + ": " + who + ": there is no cache \"" + name + "\""};
  };
  for (const auto& each : into.caches)
    for (const auto& name : each.config.reads)
      if (!caches.contains(name)) fail(each.where, "cache \"" + each.config.name + "\": reads", name);
  for (const auto& each : into.warming.schedules)
    if (!each.what.cache.empty() && !caches.contains(each.what.cache))
      fail(into.warming.places.at(each.id), "schedule \"" + each.id + "\": cache", each.what.cache);
  if (into.caches.empty()) into.notes.emplace_back("no [[cache]] is configured: there is nothing to warm");
}

}  // namespace

std::string usual_state_folder() {
  // systemd joins several with colons; ours is the first.
  const auto given = variable("STATE_DIRECTORY");
  if (!given.empty()) return given.substr(0, given.find(':'));
  if (::geteuid() == 0) return "/var/lib/stoker";
  const auto state = variable("XDG_STATE_HOME");
  if (!state.empty()) return state + "/stoker";
  const auto home = variable("HOME");
  return home.empty() ? "stoker-state" : home + "/.local/state/stoker";
}

daemon_settings read_daemon(configuration_file& from) {
  daemon_settings read;
  read.path = from.path();
  read_daemon_table(from, read);
  auto server = from.table("server", "STOKER_SERVER_");
  read.server = read_server(server);
  auto log = from.table("log", "STOKER_LOG_");
  read.log = read_log(log);
  auto engine = from.table("engine", "STOKER_ENGINE_");
  read_engine(engine, std::max(1u, std::thread::hardware_concurrency()), read.engine);
  read_history(from, read);
  add_origins(from, read);
  add_caches(from, read);
  add_feeds(from, read);
  read.warming = read_schedules(from);
  read_changes(from, read.changes);
  apply_warming(read);
  from.check_tables();
  read.notes = from.check_variables();
  check_names(read);
  read.written = from.written();
  return read;
}

daemon_settings read_daemon(std::string_view text, const std::string& path, const environment& variables) {
  configuration_file read{text, path, variables};
  return read_daemon(read);
}

daemon_settings read_daemon_file(const std::string& path, const environment& variables) {
  if (!path.empty()) return read_daemon(read_text(path), path, variables);
  auto read = read_daemon("", "(no file)", variables);
  read.path.clear();
  return read;
}

}  // namespace stoker::configuration
