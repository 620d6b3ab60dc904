#include "storage/snapshots/snapshot_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

#include "messages/error.hpp"
#include "storage/snapshots/snapshot_codec.hpp"

namespace stoker {

namespace {

namespace fs = std::filesystem;

[[noreturn]] void fail(const std::string& path, const char* doing) {
  const auto number = errno;
  throw error{errc::unavailable,
              "snapshot " + path + ": " + doing + ": " + std::strerror(number) + "; see to the folder"};
}

class descriptor {
 public:
  descriptor(const std::string& path, int flags) : number_(::open(path.c_str(), flags | O_CLOEXEC, 0600)) {
    if (number_ < 0) fail(path, "it can't be opened");
  }
  ~descriptor() { ::close(number_); }
  descriptor(const descriptor&) = delete;
  descriptor& operator=(const descriptor&) = delete;
  int number() const noexcept { return number_; }

 private:
  int number_;
};

// Goes unless it was put in its place.
class temporary {
 public:
  explicit temporary(const std::string& path) : path_(path + ".tmp-" + std::to_string(::getpid())) {
    ::unlink(path_.c_str());  // of a process of that number that was stopped while it wrote
  }
  ~temporary() { ::unlink(path_.c_str()); }
  temporary(const temporary&) = delete;
  temporary& operator=(const temporary&) = delete;
  const std::string& path() const noexcept { return path_; }

 private:
  const std::string path_;
};

void write_all(const std::string& path, const std::string& bytes) {
  const descriptor file{path, O_WRONLY | O_CREAT | O_EXCL};
  for (std::size_t written = 0; written < bytes.size();) {
    const auto some = ::write(file.number(), bytes.data() + written, bytes.size() - written);
    if (some < 0 && errno == EINTR) continue;
    if (some <= 0) fail(path, "it can't be written");
    written += static_cast<std::size_t>(some);
  }
  if (::fsync(file.number()) != 0) fail(path, "it can't be made durable");
}

void make_durable(const fs::path& folder) {
  const descriptor file{folder.empty() ? "." : folder.string(), O_RDONLY | O_DIRECTORY};
  if (::fsync(file.number()) != 0) fail(folder.string(), "the folder can't be made durable");
}

bool is_good(const std::string& path) {
  try {
    read_snapshot(path);
    return true;
  } catch (const error&) {
    return false;
  }
}

// At every moment there is one under one of the two names.
void keep_previous(const std::string& path, const std::string& spare) {
  if (!is_good(path)) return;
  if (::link(path.c_str(), spare.c_str()) != 0) fail(spare, "it can't be linked");
  if (::rename(spare.c_str(), previous_snapshot(path).c_str()) != 0) fail(path, "the previous can't be kept");
}

}  // namespace

std::string previous_snapshot(const std::string& path) {
  return path + ".previous";
}

std::string snapshot_file_name(const std::string& cache) {
  static constexpr std::string_view digits = "0123456789abcdef";
  std::string name;
  for (const char c : cache) {
    const auto byte = static_cast<unsigned char>(c);
    const bool plain =
        (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
    if (plain)
      name += c;
    else
      name.append({'%', digits[byte >> 4], digits[byte & 15]});
  }
  return name + ".snapshot";
}

std::uint64_t write_snapshot(const std::string& path, const hot_set& hot) {
  const auto bytes = encode_snapshot(hot);
  if (bytes.size() > max_snapshot_bytes)
    throw error{errc::invalid_argument,
                "snapshot " + path + ": it would be larger than 2 GiB; save fewer keys"};
  const auto folder = fs::path{path}.parent_path();
  std::error_code ignored;
  if (!folder.empty()) fs::create_directories(folder, ignored);  // the next step says what is wrong
  const temporary fresh{path};
  write_all(fresh.path(), bytes);
  const temporary spare{path + ".previous"};
  keep_previous(path, spare.path());
  if (::rename(fresh.path().c_str(), path.c_str()) != 0) fail(path, "it can't be put in its place");
  make_durable(folder);
  return bytes.size();
}

hot_set read_snapshot(const std::string& path) {
  const descriptor file{path, O_RDONLY | O_NONBLOCK};  // a pipe must not be waited for
  struct ::stat facts {};
  if (::fstat(file.number(), &facts) != 0) fail(path, "it can't be looked at");
  const auto refuse = [&](const std::string& what) {
    throw error{errc::invalid_argument,
                "snapshot " + path + ": " + what + "; the one before it is " + previous_snapshot(path)};
  };
  if (!S_ISREG(facts.st_mode)) refuse("it is no file");
  const auto size = static_cast<std::uint64_t>(facts.st_size);
  if (size > max_snapshot_bytes) refuse("it is larger than any snapshot, 2 GiB");
  std::string bytes(size, '\0');
  for (std::size_t got = 0; got < bytes.size();) {
    const auto some = ::read(file.number(), bytes.data() + got, bytes.size() - got);
    if (some < 0 && errno == EINTR) continue;
    if (some < 0) fail(path, "it can't be read");
    if (some == 0) bytes.resize(got);  // it became shorter meanwhile; its header tells
    got += static_cast<std::size_t>(some);
  }
  try {
    return decode_snapshot(bytes);
  } catch (const error& wrong) {
    refuse(wrong.what());
  }
  return {};
}

}  // namespace stoker
