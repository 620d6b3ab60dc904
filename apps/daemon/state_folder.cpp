#include "apps/daemon/state_folder.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>

#include "messages/error.hpp"

namespace stoker::daemon {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t token_bytes = 32;

[[noreturn]] void fail(const fs::path& path, const std::string& what, int code) {
  throw error{errc::unavailable, fmt::format("{}: {}: {}", path.string(), what, std::strerror(code))};
}

fs::path lock_file(const fs::path& folder) {
  return folder / "stoker.pid";
}

void make_folder(const fs::path& path) {
  std::error_code failure;
  if (fs::create_directories(path, failure)) ::chmod(path.c_str(), S_IRWXU);
  if (failure) fail(path, "the daemon's folder can't be made", failure.value());
}

// By the lock file's content, which only a process that holds the lock writes.
std::optional<pid_t> written_id(const fs::path& folder) {
  pid_t id = 0;
  std::ifstream file{lock_file(folder)};
  return file >> id ? std::optional{id} : std::nullopt;
}

int take_lock(const fs::path& folder) {
  const auto path = lock_file(folder);
  // Closed on exec: programs that the daemon starts don't hold the lock for it.
  const int lock = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, S_IRUSR | S_IWUSR | S_IRGRP | S_IROTH);
  if (lock < 0) fail(path, "the daemon's folder can't be written to", errno);
  if (::flock(lock, LOCK_EX | LOCK_NB) == 0) return lock;
  const int code = errno;
  ::close(lock);
  if (code != EWOULDBLOCK) fail(path, "can't be locked", code);
  const auto holder = written_id(folder);
  throw error{errc::busy,
              fmt::format("{}: another daemon runs on this folder{}; stop it first, or configure "
                          "another folder ([daemon] folder)",
                          folder.string(), holder ? fmt::format(" (process {})", *holder) : std::string{})};
}

void write_all(int file, const std::string& text, const fs::path& path) {
  if (::write(file, text.data(), text.size()) != static_cast<ssize_t>(text.size()))
    fail(path, "can't be written", errno);
}

std::string random_token() {
  std::array<unsigned char, token_bytes> bytes{};
  if (::getrandom(bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size()))
    throw error{errc::unavailable, "the system gives no random bytes for a token"};
  std::string token;
  for (const auto byte : bytes) token += fmt::format("{:02x}", byte);
  return token;
}

// Written aside and moved into place, so that nobody reads half of it.
void write_token(const fs::path& path, const std::string& token) {
  const auto aside = path.string() + ".new";
  ::unlink(aside.c_str());
  const int file = ::open(aside.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR);
  if (file < 0) fail(aside, "can't be made", errno);
  write_all(file, token + "\n", aside);
  ::close(file);
  if (::rename(aside.c_str(), path.c_str()) != 0) fail(path, "can't be made", errno);
}

}  // namespace

state_folder::state_folder(fs::path where) : path_(std::move(where)) {
  make_folder(path_);
  lock_ = take_lock(path_);
  if (::ftruncate(lock_, 0) != 0) fail(lock_file(path_), "can't be written", errno);
  write_all(lock_, fmt::format("{}\n", ::getpid()), lock_file(path_));
}

state_folder::~state_folder() {
  // Not removed: another process may have opened it already, and would lock a file that is gone.
  if (::ftruncate(lock_, 0) != 0) errno = 0;  // a stale id misleads nobody: the lock counts
  ::close(lock_);
}

namespace {

std::string kept_secret(const fs::path& path) {
  std::string token;
  if (std::ifstream file{path}; file >> token) return token;
  token = random_token();
  write_token(path, token);
  return token;
}

}  // namespace

std::string state_folder::token() const {
  return kept_secret(token_file(path_));
}

std::string state_folder::redaction_secret() const {
  return kept_secret(path_ / "redaction.secret");
}

fs::path token_file(const fs::path& folder) {
  return folder / "control.token";
}

std::optional<pid_t> holder_of(const fs::path& folder) {
  const int lock = ::open(lock_file(folder).c_str(), O_RDONLY | O_CLOEXEC);
  if (lock < 0) return std::nullopt;
  const bool held = ::flock(lock, LOCK_SH | LOCK_NB) != 0;
  ::close(lock);
  return held ? written_id(folder) : std::nullopt;
}

}  // namespace stoker::daemon
