#include "storage/caches/files/residency.hpp"

#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

namespace stoker {

namespace {

constexpr std::uint64_t page_bytes = 4096;
// A range in which some pages are resident is divided down to this size: the kernel reads no less at once.
constexpr std::uint64_t smallest_part = 64 * 1024;
// What is looked at first of a large file.
constexpr std::uint64_t largest_part = 8u << 20;

// Of linux/mman.h, in kernels newer than the headers that this may be built with.
constexpr long cachestat_call = 451;
struct cachestat_range {
  std::uint64_t off;
  std::uint64_t len;
};
struct cachestat_counts {
  std::uint64_t cache, dirty, writeback, evicted, recently_evicted;
};

void divide(int file, byte_range range, const count_resident& count, std::vector<cold_part>& into,
            bool& failed) {
  const auto resident = count(file, range);
  if (!resident) {
    failed = true;
    return;
  }
  if (*resident >= pages_of(range)) return;
  if (*resident == 0 || range.length <= smallest_part) {
    into.push_back({range, *resident == 0});
    return;
  }
  const auto half = (range.length / 2 + smallest_part - 1) / smallest_part * smallest_part;
  divide(file, {range.offset, half}, count, into, failed);
  divide(file, {range.offset + half, range.length - half}, count, into, failed);
}

}  // namespace

std::uint64_t pages_of(byte_range range) {
  return (range.length + page_bytes - 1) / page_bytes;
}

std::optional<std::uint64_t> resident_by_cachestat(int file, byte_range range) {
  cachestat_range asked{range.offset, range.length};
  cachestat_counts counts{};
  if (::syscall(cachestat_call, file, &asked, &counts, 0) != 0) return std::nullopt;
  return counts.cache;
}

std::optional<std::uint64_t> resident_by_reading(int file, byte_range range) {
  std::array<char, smallest_part> bytes;
  for (auto at = range.offset; at < range.offset + range.length;) {
    iovec into{bytes.data(), std::min<std::uint64_t>(bytes.size(), range.offset + range.length - at)};
    const auto got = ::preadv2(file, &into, 1, static_cast<off_t>(at), RWF_NOWAIT);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0 && errno != EAGAIN) return std::nullopt;
    if (got <= 0) return 0;
    at += static_cast<std::uint64_t>(got);
  }
  return pages_of(range);
}

std::optional<std::uint64_t> resident_pages(int file, byte_range range) {
  if (const auto counted = resident_by_cachestat(file, range)) return counted;
  return resident_by_reading(file, range);
}

std::optional<std::vector<cold_part>> cold_parts(int file, std::uint64_t size, const count_resident& count) {
  std::vector<cold_part> parts;
  bool failed = false;
  for (std::uint64_t at = 0; at < size && !failed; at += largest_part)
    divide(file, {at, std::min(largest_part, size - at)}, count, parts, failed);
  if (failed) return std::nullopt;
  return parts;
}

}  // namespace stoker
