// Which pages of a file are in the page cache, asked without loading any.
//
// By cachestat (Linux 6.5 and later), which counts the pages of a range; where the kernel has none, by
// reading with RWF_NOWAIT, which fails at the first page that is not there: the pages that are there are
// copied, and count as used. mincore is no help: of files of others it tells that every page is there.
//
// Threads: any. Errors: an empty answer says that neither way works here.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

namespace stoker {

struct byte_range {
  std::uint64_t offset = 0;
  std::uint64_t length = 0;

  bool operator==(const byte_range&) const = default;
};

// Pages of the range that are resident.
using count_resident = std::function<std::optional<std::uint64_t>(int file, byte_range range)>;

std::optional<std::uint64_t> resident_by_cachestat(int file, byte_range range);
// 0 unless all of the range is resident.
std::optional<std::uint64_t> resident_by_reading(int file, byte_range range);
// cachestat, or else reading.
std::optional<std::uint64_t> resident_pages(int file, byte_range range);

std::uint64_t pages_of(byte_range range);

// The parts of a file of `size` bytes that hold pages which are not resident. `exact` parts hold no page that
// is.
struct cold_part {
  byte_range range;
  bool exact = false;
};
std::optional<std::vector<cold_part>> cold_parts(int file, std::uint64_t size, const count_resident& count);

}  // namespace stoker
