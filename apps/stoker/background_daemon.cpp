#include "apps/stoker/background_daemon.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstring>
#include <filesystem>
#include <vector>

#include "apps/stoker/watching.hpp"

extern char** environ;

namespace stoker::cli {

namespace {

constexpr double between_looks_s = 0.1;

// In a session of its own, so that the terminal's end is not its end; without input, its log in a file.
class detached_process {
 public:
  explicit detached_process(const std::string& log) {
    posix_spawn_file_actions_init(&files_);
    posix_spawn_file_actions_addopen(&files_, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&files_, STDOUT_FILENO, log.c_str(),
                                     O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW, 0600);
    posix_spawn_file_actions_adddup2(&files_, STDOUT_FILENO, STDERR_FILENO);
    posix_spawnattr_init(&attributes_);
    posix_spawnattr_setflags(&attributes_, POSIX_SPAWN_SETSID);
  }
  detached_process(const detached_process&) = delete;
  detached_process& operator=(const detached_process&) = delete;
  ~detached_process() {
    posix_spawn_file_actions_destroy(&files_);
    posix_spawnattr_destroy(&attributes_);
  }

  pid_t start(std::vector<std::string> arguments) {
    std::vector<char*> pointers;
    for (auto& argument : arguments) pointers.push_back(argument.data());
    pointers.push_back(nullptr);
    pid_t process = 0;
    const auto code =
        posix_spawn(&process, pointers.front(), &files_, &attributes_, pointers.data(), environ);
    if (code != 0)
      throw failure{exit_failure,
                    fmt::format("{} can't be started: {}", arguments.front(), std::strerror(code))};
    return process;
  }

 private:
  posix_spawn_file_actions_t files_{};
  posix_spawnattr_t attributes_{};
};

}  // namespace

pid_t launch(const background_daemon& what, daemon_client& client) {
  const auto program =
      what.program.empty() ? std::filesystem::read_symlink("/proc/self/exe").string() : what.program;
  std::vector<std::string> arguments{program, "serve"};
  if (!what.configuration.empty())
    arguments.insert(arguments.end(), {"--config", std::filesystem::absolute(what.configuration).string()});
  std::filesystem::create_directories(what.folder);
  const auto log = (std::filesystem::path{what.folder} / "daemon.log").string();
  const auto process = detached_process{log}.start(std::move(arguments));
  for (double waited = 0; waited < what.patience_s; waited += between_looks_s) {
    if (client.answers()) return process;
    if (waitpid(process, nullptr, WNOHANG) == process)
      throw failure{exit_failure, fmt::format("the daemon ended at once; {} says why", log)};
    wait_for_key(-1, between_looks_s);
  }
  throw failure{exit_failure,
                fmt::format("the daemon (process {}) does not answer at {} after {:.0f} s; {} may say why",
                            process, client.server(), what.patience_s, log)};
}

}  // namespace stoker::cli
