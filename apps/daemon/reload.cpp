#include "apps/daemon/reload.hpp"

#include <algorithm>
#include <map>
#include <sstream>

namespace stoker::daemon {

namespace {

using configuration::cache_settings;
using configuration::daemon_settings;
using configuration::schedule_settings;

using texts = std::map<std::string, std::string>;

// The names of tables that are there now and were not, or differ, or are gone.
std::vector<std::string> changed(const texts& before, const texts& now) {
  std::vector<std::string> names;
  for (const auto& [name, text] : now)
    if (const auto known = before.find(name); known == before.end() || known->second != text)
      names.push_back(name);
  for (const auto& [name, text] : before)
    if (!now.contains(name)) names.push_back(name);
  return names;
}

const cache_settings* find(const daemon_settings& settings, const std::string& cache) {
  for (const auto& each : settings.caches)
    if (each.config.name == cache) return &each;
  return nullptr;
}

bool same_rules(const cache_settings& one, const cache_settings& other) {
  return one.config.include_keys == other.config.include_keys &&
         one.config.exclude_keys == other.config.exclude_keys;
}

// What [warming] says of the engine, which is made once.
void compare_warming(const daemon_settings& before, const daemon_settings& now,
                     std::vector<std::string>& needs_restart) {
  const auto tell = [&](const char* key, bool same) {
    if (!same) needs_restart.push_back(std::string{"[warming] "} + key + " changed; a restart is needed");
  };
  const auto& busy = before.engine.busy;
  const auto& busy_now = now.engine.busy;
  tell("rate_limit", before.warming.rate_limit == now.warming.rate_limit);
  tell("memory_limit_mb", before.warming.memory_limit_bytes == now.warming.memory_limit_bytes);
  tell("node", before.engine.node == now.engine.node);
  tell("busy_stall_share", busy.stall_share == busy_now.stall_share);
  tell("busy_load_per_core", busy.load_per_core == busy_now.load_per_core);
  tell("longest_deferral", busy.longest_deferral == busy_now.longest_deferral);
}

using key_list = std::vector<std::string>;
const key_list rule_keys{"include_keys", "exclude_keys"};
const key_list limit_keys{"calls_per_second", "calls_per_minute", "burst", "mb_per_second", "in_flight"};

// A table as it is written, without the lines of some keys.
std::string without(const key_list& keys, const std::string& text) {
  std::string rest;
  std::istringstream lines{text};
  for (std::string line; std::getline(lines, line);)
    if (std::none_of(keys.begin(), keys.end(),
                     [&](const std::string& key) { return line.starts_with(key + " ="); }))
      rest += line + '\n';
  return rest;
}

class comparison {
 public:
  comparison(const daemon_settings& before, const daemon_settings& now) : before_(before), now_(now) {}

  configuration_changes run() {
    for (const auto& table : changed(before_.written, now_.written)) look_at(table);
    if (before_.server.token != now_.server.token &&
        now_.written.at("server") == before_.written.at("server"))
      restart("[server] token");
    compare_warming(before_, now_, result_.needs_restart);
    return std::move(result_);
  }

 private:
  void restart(const std::string& what) {
    result_.needs_restart.push_back(what + " changed; a restart is needed");
  }

  void look_at(const std::string& table) {
    if (table == "log")
      result_.log = true;
    else if (is_background(table))
      result_.background = true;
    else if (table.starts_with("cache \""))
      look_at_cache(table);
    else if (table.starts_with("origin \""))
      look_at_origin(table);
    else if (table.starts_with("feed \""))
      result_.feeds.push_back(table.substr(6, table.size() - 7));  // feed "NAME"
    else if (table != "cache" && table != "origin" && table != "feed")
      restart('[' + table + ']');
  }

  void look_at_cache(const std::string& table) {
    const auto name = table.substr(7, table.size() - 8);  // cache "NAME"
    const auto* before = find(before_, name);
    const auto* now = find(now_, name);
    if (before == nullptr)
      result_.new_caches.push_back(name);
    else if (now == nullptr)
      result_.needs_restart.push_back(table + " is gone; it goes on until a restart");
    else if (!same_rules(*before, *now) &&
             without(rule_keys, before_.written.at(table)) == without(rule_keys, now_.written.at(table)))
      result_.new_rules.push_back(name);
    else
      restart(table);
  }

  // One that is new serves caches that are new; the others keep theirs.
  void look_at_origin(const std::string& table) {
    if (!before_.written.contains(table) || !now_.written.contains(table)) return;
    if (without(limit_keys, before_.written.at(table)) == without(limit_keys, now_.written.at(table)))
      result_.new_limits.push_back(table.substr(8, table.size() - 9));  // origin "NAME"
    else
      restart(table);
  }

  const daemon_settings& before_;
  const daemon_settings& now_;
  configuration_changes result_;
};

}  // namespace

bool is_background(const std::string& table) {
  return table == "warming" || table == "schedule" || table == "calendar" || table.starts_with("schedule ") ||
         table.starts_with("calendar ");
}

configuration_changes compare(const daemon_settings& in_force, const daemon_settings& fresh) {
  return comparison{in_force, fresh}.run();
}

}  // namespace stoker::daemon
