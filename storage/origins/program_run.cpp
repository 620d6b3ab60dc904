#include "storage/origins/program_run.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

namespace stoker {

namespace {

using steady = std::chrono::steady_clock;

constexpr std::size_t kept_words = 512;  // of standard error
constexpr std::size_t read_bytes = 64 * 1024;

class descriptor {
 public:
  explicit descriptor(int number = -1) noexcept : number_(number) {}
  ~descriptor() { close(); }
  descriptor(const descriptor&) = delete;
  descriptor& operator=(const descriptor&) = delete;

  void reset(int number) noexcept {
    close();
    number_ = number;
  }
  void close() noexcept {
    if (number_ >= 0) ::close(number_);
    number_ = -1;
  }
  int number() const noexcept { return number_; }
  bool is_open() const noexcept { return number_ >= 0; }

 private:
  int number_;
};

struct pipe_ends {
  descriptor in;   // ours, to read from; does not block
  descriptor out;  // the program's

  bool open() {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) return false;
    in.reset(ends[0]);
    out.reset(ends[1]);
    return ::fcntl(ends[0], F_SETFL, O_NONBLOCK) == 0;
  }
};

// What posix_spawn() is to do in the new process.
class spawn_plan {
 public:
  spawn_plan(const std::string& folder, int output, int errors) {
    ::posix_spawn_file_actions_init(&actions_);
    ::posix_spawn_file_actions_addopen(&actions_, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    ::posix_spawn_file_actions_adddup2(&actions_, output, STDOUT_FILENO);
    ::posix_spawn_file_actions_adddup2(&actions_, errors, STDERR_FILENO);
    ::posix_spawn_file_actions_addclosefrom_np(&actions_, STDERR_FILENO + 1);
    if (!folder.empty()) ::posix_spawn_file_actions_addchdir_np(&actions_, folder.c_str());
    ::posix_spawnattr_init(&attributes_);
    sigset_t signals;
    ::sigemptyset(&signals);
    ::posix_spawnattr_setsigmask(&attributes_, &signals);
    ::sigaddset(&signals, SIGPIPE);
    ::sigaddset(&signals, SIGINT);
    ::sigaddset(&signals, SIGTERM);
    ::sigaddset(&signals, SIGCHLD);
    ::posix_spawnattr_setsigdefault(&attributes_, &signals);
    ::posix_spawnattr_setpgroup(&attributes_, 0);
    ::posix_spawnattr_setflags(&attributes_,
                               POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  }
  ~spawn_plan() {
    ::posix_spawn_file_actions_destroy(&actions_);
    ::posix_spawnattr_destroy(&attributes_);
  }
  spawn_plan(const spawn_plan&) = delete;
  spawn_plan& operator=(const spawn_plan&) = delete;

  // 0, or the system's error.
  int start(const program_order& order, pid_t& process) const {
    const auto arguments = pointers(order.arguments);
    const auto environment = pointers(order.environment);
    return ::posix_spawnp(&process, arguments[0], &actions_, &attributes_, arguments.data(),
                          environment.data());
  }

 private:
  static std::vector<char*> pointers(const std::vector<std::string>& words) {
    std::vector<char*> result;
    for (const auto& word : words) result.push_back(const_cast<char*>(word.c_str()));
    result.push_back(nullptr);
    return result;
  }

  posix_spawn_file_actions_t actions_;
  posix_spawnattr_t attributes_;
};

// A program that runs, until it is over and its group is gone.
class running_program {
 public:
  running_program(const program_order& order, steady::time_point deadline)
      : order_(order), deadline_(deadline) {}
  ~running_program() { finish(); }
  running_program(const running_program&) = delete;
  running_program& operator=(const running_program&) = delete;

  program_result run() {
    if (!start()) return std::move(result_);
    result_.error = "how it ended was not to be seen";
    while (!over_) {
      wait();
      take(output_.in, &running_program::add_output);
      take(errors_.in, &running_program::add_error);
    }
    finish();
    return std::move(result_);
  }

 private:
  using adds = void (running_program::*)(std::string_view bytes);

  bool start() {
    if (!output_.open() || !errors_.open()) return failed(program_end::not_started, errno);
    const spawn_plan plan{order_.folder, output_.out.number(), errors_.out.number()};
    if (const int code = plan.start(order_, process_); code != 0) {
      process_ = -1;
      const bool gone =
          code == ENOENT || code == EACCES || code == ENOEXEC || code == ENOTDIR || code == E2BIG;
      return failed(gone ? program_end::not_found : program_end::not_started, code);
    }
    output_.out.close();
    errors_.out.close();
    handle_.reset(static_cast<int>(::syscall(SYS_pidfd_open, process_, 0)));
    return handle_.is_open() || failed(program_end::not_started, errno);
  }

  bool failed(program_end how, int code) {
    result_.end = how;
    result_.error = std::strerror(code);
    return false;
  }

  // Until something can be read, the program is over, or the deadline is there.
  void wait() {
    const auto left = deadline_ - steady::now();
    if (left <= left.zero()) return stop(program_end::timed_out);
    const auto ms =
        std::chrono::ceil<std::chrono::milliseconds>(std::min<steady::duration>(left, std::chrono::hours{1}));
    std::array<pollfd, 3> asked{pollfd{handle_.number(), POLLIN, 0}, pollfd{output_.in.number(), POLLIN, 0},
                                pollfd{errors_.in.number(), POLLIN, 0}};
    if (::poll(asked.data(), asked.size(), static_cast<int>(ms.count())) > 0 && asked[0].revents != 0)
      over_ = true;
  }

  void take(descriptor& from, adds add) {
    std::array<char, read_bytes> bytes;
    while (from.is_open()) {
      const auto got = ::read(from.number(), bytes.data(), bytes.size());
      if (got < 0 && errno == EINTR) continue;
      if (got < 0 && errno == EAGAIN) return;
      if (got <= 0) return from.close();
      (this->*add)({bytes.data(), static_cast<std::size_t>(got)});
      if (steady::now() >= deadline_ || stopped_) return;
    }
  }

  void add_output(std::string_view bytes) {
    if (bytes.size() > order_.max_output_bytes - result_.output.size()) return stop(program_end::too_much);
    result_.output += bytes;
  }
  void add_error(std::string_view bytes) {
    auto& words = result_.last_words;
    words += bytes;
    if (words.size() > kept_words) words.erase(0, words.size() - kept_words);
  }

  void stop(program_end why) {
    stopped_ = over_ = true;
    result_.end = why;
  }

  // Kills what is left of the group while the process still holds its number, and lets it go.
  void finish() noexcept {
    if (process_ <= 0) return;
    if (!stopped_) note_end();
    ::kill(-process_, SIGKILL);
    while (::waitpid(process_, nullptr, 0) < 0 && errno == EINTR) continue;
    process_ = -1;
    std::replace(result_.last_words.begin(), result_.last_words.end(), '\n', ' ');
  }

  void note_end() noexcept {
    siginfo_t about{};
    if (!handle_.is_open() ||
        ::waitid(P_PID, static_cast<id_t>(process_), &about, WEXITED | WNOHANG | WNOWAIT) != 0 ||
        about.si_pid == 0)
      return;  // somebody else in this process took its end: it stays `not_started`
    result_.end = about.si_code == CLD_EXITED ? program_end::exited : program_end::signalled;
    result_.code = about.si_status;
  }

  const program_order& order_;
  const steady::time_point deadline_;
  pipe_ends output_;
  pipe_ends errors_;
  pid_t process_ = -1;
  descriptor handle_;  // readable when the process is over
  bool over_ = false;
  bool stopped_ = false;  // by us
  program_result result_;
};

}  // namespace

program_result run_program(const program_order& order, std::chrono::steady_clock::time_point deadline) {
  return running_program{order, deadline}.run();
}

}  // namespace stoker
