// What a daemon is configured by: one TOML file, and the environment over it.
//
// stoker.toml beside this file documents every key. Reading opens no connection and no history: origins and
// back ends are made when they are asked for. Ownership: plain values; each make() gives a new object.
// Threads: any.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "apps/configuration/environment.hpp"
#include "apps/configuration/schedule_settings.hpp"
#include "messages/origin_limits.hpp"
#include "stoker/engine.hpp"

namespace stoker::feeds {
class feed;
}

namespace stoker::configuration {

class configuration_file;

// [server]: the control API.
struct server_settings {
  std::string where{};                // file and line, as of all that have it
  std::string address = "127.0.0.1";  // empty: no TCP
  std::uint16_t port = 8003;          // 0: a free one
  std::string socket{};               // path of a Unix socket that is served beside; empty: none
  std::uint32_t socket_mode = 0600;
  std::string token{};  // empty: one that the daemon makes, and keeps in its folder
  std::string certificate{};
  std::string key{};
  std::string client_ca{};
  std::vector<std::string> host_names{};
  std::vector<std::string> web_origins{};
  duration ready_deadline = std::chrono::minutes{5};
  std::uint32_t workers = 16;
  std::uint32_t streams = 8;
  std::uint32_t waiting_connections = 128;
  std::uint32_t runs = 8;
  std::uint64_t header_bytes = 16 << 10;
  std::uint64_t payload_bytes = 2 << 20;
  double requests_per_second = 5000;  // of one peer; 0: no limit
  double burst = 10'000;
  duration request_timeout = std::chrono::seconds{10};
  duration answer_timeout = std::chrono::seconds{10};
};

enum class log_level : std::uint8_t { trace, debug, info, warning, error, off };

// [log]
struct log_settings {
  log_level level = log_level::info;
  bool json = false;
};

// Finds another origin by its name; throws stoker::error when there is none.
using origin_lookup = std::function<std::shared_ptr<origin>(const std::string& name)>;
using origin_maker = std::function<std::shared_ptr<origin>(const origin_lookup& others)>;

// [[origin]]
struct origin_settings {
  std::string where{};
  std::string name{};
  std::string kind{};
  std::string shown{};  // where it loads from, without secrets, for people
  origin_maker make{};
  std::optional<origin_limits> limits{};  // empty: the profile's
};

// Of the keys that match, what differs from the rest of their cache.
struct key_rule {
  std::string keys{};               // a pattern (storage/origins/key_template.hpp)
  std::string origin{};             // empty: the cache's
  duration ttl{0};                  // 0: the origin's answer, or the cache's
  std::vector<std::string> tags{};  // templates, as the following
  std::string subject{};            // empty: none
};

// [changes]: what the strategy changed_files may read when it is asked from outside.
struct change_settings {
  std::vector<std::string> folders{};  // none: nothing
  std::string repository{};            // that is meant where none is named
};

// [[cache]] changed_keys: files of a repository, and the key that each has.
struct changed_key {
  std::string files{};
  std::string key{};
};

// [[cache]]
struct cache_settings {
  std::string where{};
  cache_config config{};  // without its source and its back end
  std::string back_end{};
  std::string shown{};   // where it stands, without secrets; empty: in this process
  std::string origin{};  // empty: its back end loads by itself
  std::vector<key_rule> rules{};
  std::vector<changed_key> changed_keys{};                         // none: the path is the key
  std::function<std::shared_ptr<remote_cache>()> make_back_end{};  // empty: the embedded cache
};

// Makes a feed that records into the cache. `folder`: where it keeps what it has to know after a restart.
using feed_maker = std::function<std::unique_ptr<feeds::feed>(cache_handle into, const std::string& folder)>;

// [[feed]]
struct feed_settings {
  std::string name{};
  std::string kind{};
  std::string cache{};
  std::string shown{};  // where accesses come from, without secrets, for people
  feed_maker make{};
};

struct daemon_settings {
  std::string path{};                            // of the file; empty: there was none
  std::string folder{};                          // of the daemon's state
  duration patience = std::chrono::seconds{30};  // for runs that are under way when it ends
  server_settings server{};
  log_settings log{};
  engine_config engine{};  // the history's folder included
  std::vector<origin_settings> origins{};
  std::vector<cache_settings> caches{};
  std::vector<feed_settings> feeds{};
  schedule_settings warming{};
  change_settings changes{};
  std::map<std::string, std::string> written{};  // configuration_file::written(), to tell what changed
  std::vector<std::string> notes{};              // what may be a mistake, in a line each
};

// Where a daemon's state stands unless it is told: the first of $STATE_DIRECTORY (systemd's), /var/lib/stoker
// for the superuser, $XDG_STATE_HOME/stoker, ~/.local/state/stoker.
std::string usual_state_folder();

// Throws stoker::error(invalid_argument), which names file, line and key, or the variable.
daemon_settings read_daemon(configuration_file& from);

// The same of a text, `path` being what errors call it.
daemon_settings read_daemon(std::string_view text, const std::string& path, const environment& variables);

// The same of a file; an empty path: of the environment alone.
daemon_settings read_daemon_file(const std::string& path, const environment& variables);

}  // namespace stoker::configuration
