#include "apps/changes/page_cache.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>
#include <fstream>

#include "tests/fixtures/temporary_folder.hpp"

using namespace stoker;
using namespace stoker::changes;
using namespace stoker::test;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(page_cache)

namespace {

constexpr std::uint64_t megabyte = 1 << 20;

struct files {
  std::string add(const std::string& name, std::size_t bytes) {
    const auto path = folder / name;
    std::ofstream{path} << std::string(bytes, 'x');
    return path;
  }

  // Out of the page cache, if the file system lets it go: false, if it doesn't.
  static bool drop(const std::string& path) {
    const int file = ::open(path.c_str(), O_RDONLY);
    ::fsync(file);
    ::posix_fadvise(file, 0, 0, POSIX_FADV_DONTNEED);
    char byte = 0;
    const iovec into{&byte, 1};
    const bool gone = ::preadv2(file, &into, 1, 0, RWF_NOWAIT) < 0;
    ::close(file);
    return gone;
  }

  temporary_folder folder;
};

file_bounds bounds(std::uint64_t bytes = 100 * megabyte) {
  file_bounds wide;
  wide.bytes = bytes;
  return wide;
}

}  // namespace

BOOST_FIXTURE_TEST_CASE(what_is_cold_is_read_and_what_is_warm_is_found_to_be, files) {
  const auto path = add("a", 3 * megabyte + 17);
  if (!drop(path)) {
    BOOST_TEST_MESSAGE("skipped: this file system keeps its pages in memory");
    return;
  }
  const auto first = warm_files({path}, bounds()).at(0);
  BOOST_CHECK(first.outcome == file_outcome::warmed);
  BOOST_TEST(first.bytes == 3 * megabyte + 17);
  BOOST_TEST(first.bytes_read > 0u);
  const auto second = warm_files({path}, bounds()).at(0);
  BOOST_CHECK(second.outcome == file_outcome::resident);
  BOOST_TEST(second.bytes_read == 0u);
}

BOOST_FIXTURE_TEST_CASE(files_beyond_the_budget_are_left_out_and_smaller_ones_still_fit, files) {
  auto narrow = bounds(megabyte);
  narrow.workers = 1;
  const auto results =
      warm_files({add("a", megabyte / 2), add("b", megabyte), add("c", megabyte / 4)}, narrow);
  BOOST_CHECK(results[0].outcome != file_outcome::over_budget);
  BOOST_CHECK(results[1].outcome == file_outcome::over_budget);
  BOOST_CHECK(results[2].outcome != file_outcome::over_budget);
}

BOOST_FIXTURE_TEST_CASE(after_the_deadline_nothing_is_begun, files) {
  auto over = bounds();
  over.deadline = std::chrono::steady_clock::now();
  const auto results = warm_files({add("a", 10), add("b", 10)}, over);
  for (const auto& result : results) BOOST_CHECK(result.outcome == file_outcome::too_late);
}

BOOST_FIXTURE_TEST_CASE(what_is_no_file_is_missing_and_blocks_nobody, files) {
  const auto pipe = folder / "pipe";
  BOOST_REQUIRE(::mkfifo(pipe.c_str(), 0600) == 0);
  const auto results = warm_files({folder / "none", folder.path().string(), pipe, add("a", 0)}, bounds());
  for (int i = 0; i < 3; ++i) BOOST_CHECK(results[i].outcome == file_outcome::missing);
  BOOST_CHECK(results[3].outcome == file_outcome::resident);  // nothing is in it
}

BOOST_FIXTURE_TEST_CASE(results_come_in_the_order_of_the_paths_however_many_workers_there_are, files) {
  std::vector<std::string> paths;
  for (int i = 0; i < 200; ++i) paths.push_back(add("f" + std::to_string(i), static_cast<std::size_t>(i)));
  auto wide = bounds();
  wide.workers = 8;
  std::size_t told = 0;
  const auto results = warm_files(paths, wide, [&](std::size_t done) { told = done; });
  BOOST_TEST(told == 200u);
  for (std::size_t i = 0; i < paths.size(); ++i) {
    BOOST_TEST(results[i].path == paths[i]);
    BOOST_TEST(results[i].bytes == i);
  }
}

BOOST_AUTO_TEST_SUITE_END()
