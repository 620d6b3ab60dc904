#include "apps/stoker/traced_command.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <system_error>

#include "apps/stoker/command_line.hpp"

namespace stoker::cli {

namespace {

constexpr auto traced_calls =
    "trace=?open,?openat,?openat2,?creat,?execve,?execveat,?chdir,?fchdir,?clone,?clone3,?fork,?vfork";
constexpr int poll_ms = 20;  // how late the end of a command that writes nothing is noticed
constexpr std::size_t read_bytes = 64 * 1024;

[[noreturn]] void fail(const std::string& what, int error) {
  throw failure(exit_failure, "record: " + what + ": " + std::strerror(error));
}

// A named pipe in a folder of its own: unlike an inherited pipe, no daemon that the command leaves behind
// holds it.
class named_pipe {
 public:
  named_pipe() {
    std::string pattern = (std::filesystem::temp_directory_path() / "stoker-record-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr) fail("cannot make a temporary folder", errno);
    folder_ = pattern;
    if (::mkfifo(path().c_str(), 0600) != 0) fail("cannot make a named pipe", errno);
    descriptor_ = ::open(path().c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    if (descriptor_ < 0) fail("cannot open a named pipe", errno);
  }
  named_pipe(const named_pipe&) = delete;
  named_pipe& operator=(const named_pipe&) = delete;
  ~named_pipe() {
    if (descriptor_ >= 0) ::close(descriptor_);
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }

  std::string path() const { return folder_ / "strace"; }
  int descriptor() const { return descriptor_; }

 private:
  std::filesystem::path folder_;
  int descriptor_ = -1;
};

// The terminal's interrupt is for the command: this process waits for it to end.
class interrupts_ignored {
 public:
  interrupts_ignored() : before_(::signal(SIGINT, SIG_IGN)) {}
  interrupts_ignored(const interrupts_ignored&) = delete;
  interrupts_ignored& operator=(const interrupts_ignored&) = delete;
  ~interrupts_ignored() { ::signal(SIGINT, before_); }

 private:
  void (*before_)(int);
};

std::vector<std::string> strace_arguments(const traced_command& command, const std::string& output) {
  // -f: children too; -ttt: seconds since the epoch; -y: paths of descriptors; -qq: no notes of its own;
  // --seccomp-bpf: stops the command at the traced calls only.
  std::vector<std::string> arguments{"strace", "-f",         "-ttt", "-y",   "-qq", "--seccomp-bpf",
                                     "-e",     traced_calls, "-o",   output, "--"};
  arguments.insert(arguments.end(), command.arguments.begin(), command.arguments.end());
  return arguments;
}

pid_t spawn(std::vector<std::string> arguments, bool output_to_error) {
  std::vector<char*> pointers;
  for (auto& argument : arguments) pointers.push_back(argument.data());
  pointers.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  if (output_to_error) posix_spawn_file_actions_adddup2(&actions, STDERR_FILENO, STDOUT_FILENO);
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  sigset_t interrupts;
  sigemptyset(&interrupts);
  sigaddset(&interrupts, SIGINT);
  posix_spawnattr_setsigdefault(&attributes, &interrupts);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF);
  pid_t pid = 0;
  const int error = ::posix_spawnp(&pid, pointers[0], &actions, &attributes, pointers.data(), environ);
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&actions);
  if (error == ENOENT)
    throw failure(exit_failure, "record: strace is not installed; install the package strace");
  if (error != 0) fail("cannot run strace", error);
  return pid;
}

// Cuts what arrives into lines.
class line_cutter {
 public:
  explicit line_cutter(const std::function<void(std::string_view)>& on_line) : on_line_(on_line) {}

  void add(std::string_view bytes) {
    for (auto end = bytes.find('\n'); end != std::string_view::npos; end = bytes.find('\n')) {
      rest_ += bytes.substr(0, end);
      on_line_(rest_);
      rest_.clear();
      bytes.remove_prefix(end + 1);
    }
    rest_ += bytes;
  }

 private:
  const std::function<void(std::string_view)>& on_line_;
  std::string rest_;
};

// Takes what the pipe holds now. False: nothing, and nobody has it open for writing.
bool drain(int descriptor, line_cutter& lines) {
  std::vector<char> buffer(read_bytes);
  while (true) {
    const auto got = ::read(descriptor, buffer.data(), buffer.size());
    if (got == 0) return false;
    if (got < 0) {
      if (errno == EAGAIN || errno == EINTR) return true;
      fail("cannot read from strace", errno);
    }
    lines.add({buffer.data(), static_cast<std::size_t>(got)});
  }
}

bool has_ended(pid_t pid, int& status) {
  const auto ended = ::waitpid(pid, &status, WNOHANG);
  if (ended < 0 && errno != EINTR) fail("cannot wait for strace", errno);
  return ended == pid;
}

int exit_status(int status) {
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

}  // namespace

int run_traced(const traced_command& command, const std::function<void(std::string_view)>& on_line) {
  const named_pipe pipe;
  const interrupts_ignored guard;
  const auto pid = spawn(strace_arguments(command, pipe.path()), command.output_to_error);
  line_cutter lines(on_line);
  int status = 0;
  while (!has_ended(pid, status)) {
    pollfd wanted{.fd = pipe.descriptor(), .events = POLLIN, .revents = 0};
    ::poll(&wanted, 1, poll_ms);
    // Before strace opens the pipe and after it closes it, poll reports a hang-up at once: wait instead of
    // spinning.
    if (!drain(pipe.descriptor(), lines)) ::poll(nullptr, 0, poll_ms);
  }
  drain(pipe.descriptor(), lines);
  return exit_status(status);
}

}  // namespace stoker::cli
