// The folder of a daemon's state: made when it is missing, locked while the daemon lives.
//
// It holds stoker.pid, with the process id, on which the lock is, so that a process that was killed leaves
// none; control.token, the token of the control API; redaction.secret, which hides keys; history, snapshots
// and plans.
//
// Ownership: holds the lock until the end. Threads: one at a time. Errors: stoker::error, with the path and
// what to do.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <optional>
#include <string>

namespace stoker::daemon {

class state_folder {
 public:
  // Throws errc::busy when another process holds the lock (the text names its id), errc::unavailable when the
  // folder can't be made or written to.
  explicit state_folder(std::filesystem::path where);
  ~state_folder();
  state_folder(const state_folder&) = delete;
  state_folder& operator=(const state_folder&) = delete;

  // The token that is kept here; a random one is made, and readable by the owner alone, when there is none.
  std::string token() const;
  // The same for what hides keys, so that a key looks the same after a restart.
  std::string redaction_secret() const;

  const std::filesystem::path& path() const noexcept { return path_; }

 private:
  std::filesystem::path path_;
  int lock_ = -1;
};

// Where token() keeps it.
std::filesystem::path token_file(const std::filesystem::path& folder);

// The process that has locked the folder; empty: none has, or it can't be told.
std::optional<pid_t> holder_of(const std::filesystem::path& folder);

}  // namespace stoker::daemon
