#include "storage/origins/file_origin.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <optional>
#include <string>
#include <utility>

#include "messages/error.hpp"

namespace stoker {

namespace {

// Files under /proc say they are empty: what is read decides, in steps of this many bytes.
constexpr std::size_t least_read_bytes = 4096;

class descriptor {
 public:
  // O_NONBLOCK: opening a pipe that nobody writes to must not hang. It changes nothing for regular files.
  explicit descriptor(const std::filesystem::path& path)
      : number_(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)) {}
  descriptor(const descriptor&) = delete;
  descriptor& operator=(const descriptor&) = delete;
  ~descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  int number() const noexcept { return number_; }
  bool opened() const noexcept { return number_ >= 0; }

 private:
  int number_;
};

load_result failure(load_outcome outcome, std::string text) {
  load_result result;
  result.outcome = outcome;
  result.error = std::move(text);
  return result;
}

load_result system_failure(const std::filesystem::path& path, int code) {
  const auto text = path.string() + ": " + std::strerror(code);
  switch (code) {
    case ENOENT:
    case ENOTDIR:
      return failure(load_outcome::absent, text);
    case EACCES:
    case EPERM:
    case ELOOP:
    case ENAMETOOLONG:
    case ENXIO:
    case EISDIR:
      return failure(load_outcome::refused, text);
    default:
      return failure(load_outcome::failed, text);
  }
}

load_result too_large(const std::filesystem::path& path, std::uint64_t max_bytes) {
  return failure(load_outcome::refused, path.string() + ": larger than the most that is loaded, " +
                                            std::to_string(max_bytes) + " bytes");
}

bool leads_out(const std::filesystem::path& inside) {
  return inside.is_absolute() || (!inside.empty() && *inside.begin() == "..");
}

// Where the key's file is; empty: out of the root, or no path at all.
std::optional<std::filesystem::path> locate(const std::filesystem::path& root, std::string_view key) {
  if (key.empty() || key.find('\0') != std::string_view::npos) return std::nullopt;
  const std::filesystem::path path{key};
  if (root.empty()) return path;
  const auto inside = path.lexically_normal();
  if (leads_out(inside)) return std::nullopt;
  return root / inside;
}

load_result read_all(const std::filesystem::path& path, int file, std::size_t expected_bytes,
                     std::uint64_t max_bytes) {
  std::string content;
  std::size_t filled = 0;
  content.resize(
      std::max(expected_bytes + 1, least_read_bytes));  // one more, so that the end shows in one read
  while (true) {
    const auto got = ::read(file, content.data() + filled, content.size() - filled);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return system_failure(path, errno);
    if (got == 0) break;
    filled += static_cast<std::size_t>(got);
    if (filled > max_bytes) return too_large(path, max_bytes);
    if (filled == content.size()) content.resize(2 * content.size());
  }
  load_result result;
  result.outcome = load_outcome::loaded;
  result.bytes = value{std::string_view{content}.substr(0, filled)};
  return result;
}

}  // namespace

file_origin::file_origin(file_origin_config config) : config_(std::move(config)) {
  if (config_.max_bytes == 0)
    throw error{errc::invalid_argument,
                "file origin: max_bytes is 0; give the size of the largest file to load"};
  if (!config_.root.empty() && !std::filesystem::is_directory(config_.root))
    throw error{errc::invalid_argument,
                "file origin: the root " + config_.root.string() + " is not a folder"};
}

load_result file_origin::load(std::string_view key, std::chrono::steady_clock::time_point) {
  const auto path = locate(config_.root, key);
  if (!path)
    return failure(load_outcome::refused,
                   "\"" + std::string{key} + "\" is no path" +
                       (config_.root.empty() ? "" : " inside " + config_.root.string()));
  const descriptor file{*path};
  if (!file.opened()) return system_failure(*path, errno);
  struct stat about {};
  if (::fstat(file.number(), &about) != 0) return system_failure(*path, errno);
  if (S_ISDIR(about.st_mode)) return system_failure(*path, EISDIR);
  if (!S_ISREG(about.st_mode)) return failure(load_outcome::refused, path->string() + ": not a regular file");
  const auto bytes = static_cast<std::uint64_t>(about.st_size);
  if (bytes > config_.max_bytes) return too_large(*path, config_.max_bytes);
  return read_all(*path, file.number(), bytes, config_.max_bytes);
}

}  // namespace stoker
