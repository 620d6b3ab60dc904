#include "apps/feeds/packed_log.hpp"

#include <optional>

#include "apps/feeds/plain_log.hpp"
#include "storage/traces/byte_source.hpp"

namespace stoker::feeds {

namespace {

constexpr int lines_at_a_time = 16'384;

// Reads away what stands before the position. Empty: there is less, or it is something else.
std::optional<read_tail> skip(byte_source& bytes, const file_position& to) {
  read_tail tail;
  std::string buffer(64 * 1024, '\0');
  for (std::uint64_t left = to.offset; left > 0;) {
    const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(left, buffer.size()));
    const auto got = bytes.read({buffer.data(), wanted});
    if (got == 0) return std::nullopt;
    tail.add({buffer.data(), got});
    left -= got;
  }
  const auto& seen = tail.bytes();
  if (seen.size() < to.print_bytes) return std::nullopt;
  read_tail compared;
  compared.add(std::string_view{seen}.substr(seen.size() - to.print_bytes));
  if (to.print_bytes > 0 && compared.print() != to.print) return std::nullopt;
  return tail;
}

}  // namespace

bool is_packed(const std::filesystem::path& path) {
  return path.extension() == ".gz" || path.extension() == ".zst";
}

std::unique_ptr<packed_log> packed_log::open(const std::filesystem::path& path, const file_position& from) {
  const auto identity = identity_of(path);
  if (!identity) return nullptr;
  try {
    auto bytes = decompressed(open_file(path));
    auto tail = skip(*bytes, from);
    if (!tail) return nullptr;
    return std::unique_ptr<packed_log>{
        new packed_log{std::move(bytes), *identity, from.offset, *std::move(tail)}};
  } catch (const byte_source_error&) {
    return nullptr;
  }
}

packed_log::packed_log(std::unique_ptr<byte_source> bytes, file_identity identity, std::uint64_t offset,
                       read_tail tail)
    : lines_(std::move(bytes), longest_log_line),
      identity_(identity),
      offset_(offset),
      tail_(std::move(tail)) {}

// A damaged end is an end: what came before it was fine.
log_part::progress packed_log::read(const line_function& line) {
  try {
    for (int count = 0; count < lines_at_a_time; ++count) {
      const auto next = lines_.next();
      if (!next) return progress::complete;
      line(next);
      offset_ += next->size() + 1;
      tail_.add(*next);
      tail_.add("\n");
    }
  } catch (const byte_source_error&) {
    return progress::complete;
  } catch (const line_too_long&) {
    line(std::nullopt);
    return progress::complete;
  }
  return progress::some;
}

file_position packed_log::position() const {
  file_position result{identity_, offset_, 0, 0};
  tail_.fill_in(result);
  return result;
}

}  // namespace stoker::feeds
