// An engine in this process, as a configuration describes it, for commands that can do without a daemon. It
// is served on a Unix socket of its own, so that a command talks to it as to a daemon; it warms nothing by
// itself.
//
// Ownership: holds the lock on the state folder, so that no daemon runs on it at the same time. Threads:
// those of the engine and of its server; members one at a time. Errors: usage_error for a configuration that
// can't work, failure when the folder is a daemon's or can't be written to.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "apps/stoker/daemon_client.hpp"

namespace stoker::cli {

class local_service {
 public:
  explicit local_service(const std::string& configuration);
  // Keeps what was learned.
  ~local_service();
  local_service(const local_service&) = delete;
  local_service& operator=(const local_service&) = delete;

  // As `given`, but here.
  connection_options connection(connection_options given) const;
  // Caches that live in this process, and end with it.
  std::vector<std::string> embedded() const;

 private:
  struct parts;
  std::unique_ptr<parts> parts_;
};

// Who answers a command: the daemon; or, when none does and there is a configuration, an engine of this
// process's own.
class service {
 public:
  // Throws no_daemon_error when neither is there; `configuration` empty: the usual one, if it is there.
  service(const connection_options& given, const std::string& configuration);

  daemon_client& client() noexcept { return *client_; }
  // Null: a daemon answers.
  const local_service* local() const noexcept { return local_.get(); }

 private:
  std::unique_ptr<local_service> local_;
  std::unique_ptr<daemon_client> client_;
};

// --config, of commands that may use it.
void add_configuration_option(CLI::App& command, std::string& configuration);

}  // namespace stoker::cli
