// Files: what is cold is read, and nothing else; what Stoker read in can be dropped again.
//
// Needs a file system whose pages can be dropped; elsewhere (a tmpfs) the tests are skipped.
#include <fcntl.h>
#include <unistd.h>

#include <atomic>
#include <boost/test/unit_test.hpp>
#include <fstream>
#include <random>
#include <thread>

#include "messages/error.hpp"
#include "storage/caches/files/file_reading.hpp"
#include "storage/caches/files/page_cache.hpp"
#include "tests/fixtures/temporary_folder.hpp"

namespace stoker::test {

BOOST_AUTO_TEST_SUITE(page_cache_test)

namespace {

constexpr std::uint64_t page = 4096;

remote_cache::steady_deadline soon() {
  return std::chrono::steady_clock::now() + std::chrono::seconds{30};
}

class cold_folder {
 public:
  // A file that is on the device and in no page of memory.
  std::string add(const std::string& name, std::uint64_t bytes) {
    const auto path = folder_ / name;
    std::ofstream{path} << std::string(bytes, 'x');
    const open_file file{path};
    ::fsync(file.number());
    ::posix_fadvise(file.number(), 0, 0, POSIX_FADV_DONTNEED);
    return name;
  }
  void touch(const std::string& name, std::uint64_t offset) const {
    const open_file file{folder_ / name};
    ::posix_fadvise(file.number(), 0, 0, POSIX_FADV_RANDOM);  // one page, no read-ahead
    char byte = 0;
    BOOST_REQUIRE(::pread(file.number(), &byte, 1, static_cast<off_t>(offset)) == 1);
  }
  std::uint64_t resident(const std::string& name) const {
    const open_file file{folder_ / name};
    return resident_pages(file.number(), {0, file.size()}).value_or(0);
  }
  bool can_be_cold() {
    if (resident(add("probe", 10 * page)) == 0) return true;
    BOOST_TEST_MESSAGE("skipped: pages of this file system can't be dropped");
    return false;
  }
  std::filesystem::path path() const { return folder_.path(); }

 private:
  temporary_folder folder_;
};

page_cache_config below(const cold_folder& folder) {
  page_cache_config config;
  config.root = folder.path();
  return config;
}

std::vector<remote_outcome> fill(page_cache& cache, const std::vector<std::string>& keys) {
  std::vector<remote_entry> batch(keys.size());
  for (std::size_t i = 0; i < keys.size(); ++i) batch[i].key = keys[i];
  return cache.fill(batch, soon());
}

remote_look look(page_cache& cache, std::string_view key) {
  return cache.contains(std::span{&key, 1}, soon()).front();
}

bool roll_back(page_cache& cache, const std::string& key) {
  const filled_entry filled{key, {}};
  return cache.remove_unused(std::span{&filled, 1}, soon()).removed == 1;
}

// Rewrites, replaces or removes a file, and reads it. False: what is read is not what was written.
bool change_and_read_back(const std::filesystem::path& path, std::uint64_t version, unsigned kind) {
  const auto text = std::to_string(version) + std::string(5000, '.');
  if (kind == 0) std::filesystem::remove(path);
  if (kind == 1) {
    std::ofstream{path.string() + ".new"} << text;
    std::filesystem::rename(path.string() + ".new", path);
  }
  if (kind > 1) std::ofstream{path} << text;
  std::ifstream file{path};
  const std::string read{std::istreambuf_iterator<char>{file}, {}};
  return kind == 0 ? !file.is_open() : read == text;
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_fill_reads_what_is_cold) {
  cold_folder files;
  if (!files.can_be_cold()) return;
  const std::vector<std::string> keys{files.add("small", 100), files.add("pages", 10 * page + 1),
                                      files.add("large", 9'000'000), files.add("empty", 0)};
  page_cache cache{below(files)};
  BOOST_TEST((look(cache, "large").state == residency::absent));
  const auto first = fill(cache, keys);
  BOOST_TEST((first[0].result == fill_result::stored));
  BOOST_TEST((first[2].result == fill_result::stored));
  BOOST_TEST((first[3].result == fill_result::present));
  for (const auto& key : keys) BOOST_TEST((look(cache, key).state == residency::present));
  BOOST_TEST(files.resident("pages") == 11u);
  for (const auto& outcome : fill(cache, keys)) BOOST_TEST((outcome.result == fill_result::present));
  const auto stats = cache.stats(soon());
  BOOST_TEST(stats.stored == 3u);
  BOOST_TEST(stats.present == 5u);
  BOOST_TEST(stats.bytes == 100 + 10 * page + 1 + 9'000'000);
}

BOOST_AUTO_TEST_CASE(only_what_stoker_read_in_is_dropped) {
  cold_folder files;
  if (!files.can_be_cold()) return;
  files.add("cold", 40 * page);
  files.add("warm", 40 * page);
  files.add("half", 400 * page);
  for (std::uint64_t i = 0; i < 40; ++i) files.touch("warm", i * page);
  files.touch("half", 0);
  const auto there_before = files.resident("half");
  page_cache cache{below(files)};
  fill(cache, {"cold", "warm", "half"});
  BOOST_TEST(files.resident("half") == 400u);
  BOOST_TEST(roll_back(cache, "cold"));
  BOOST_TEST(roll_back(cache, "half"));
  BOOST_TEST(!roll_back(cache, "warm"));
  BOOST_TEST(!roll_back(cache, "cold"));
  BOOST_TEST(files.resident("cold") == 0u);
  BOOST_TEST(files.resident("warm") == 40u);
  BOOST_TEST(files.resident("half") >= there_before);
  BOOST_TEST(files.resident("half") < 100u);
  BOOST_TEST(cache.stats(soon()).bytes == 0u);
}

BOOST_AUTO_TEST_CASE(clear_drops_all_that_was_read_in) {
  cold_folder files;
  if (!files.can_be_cold()) return;
  files.add("a", 10 * page);
  files.add("b", 10 * page);
  files.touch("b", 0);
  page_cache cache{below(files)};
  fill(cache, {"a"});
  BOOST_TEST((cache.clear(soon()) == trouble::none));
  BOOST_TEST(files.resident("a") == 0u);
  BOOST_TEST(files.resident("b") >= 1u);
  BOOST_TEST(!cache.capabilities().clears_all);
}

BOOST_AUTO_TEST_CASE(an_invalidated_file_leaves_memory) {
  cold_folder files;
  if (!files.can_be_cold()) return;
  files.add("a", 10 * page);
  page_cache cache{below(files)};
  fill(cache, {"a"});
  const std::string_view key = "a";
  BOOST_TEST(cache.invalidate(std::span{&key, 1}, soon()).removed == 1u);
  BOOST_TEST(cache.invalidate(std::span{&key, 1}, soon()).removed == 0u);
  BOOST_TEST((look(cache, "a").state == residency::absent));
}

BOOST_AUTO_TEST_CASE(memory_that_was_reclaimed_is_noticed) {
  cold_folder files;
  if (!files.can_be_cold()) return;
  files.add("a", 100 * page);
  page_cache cache{below(files)};
  BOOST_TEST(!cache.condition(soon()).lost_content());
  fill(cache, {"a"});
  BOOST_TEST(!cache.condition(soon()).lost_content());
  const open_file file{(files.path() / "a").string()};
  ::posix_fadvise(file.number(), 0, 0, POSIX_FADV_DONTNEED);
  const auto emptied = cache.condition(soon());
  BOOST_TEST(emptied.emptied);
  BOOST_TEST(emptied.incarnation == 2u);
  BOOST_TEST(!cache.condition(soon()).lost_content());
}

BOOST_AUTO_TEST_CASE(what_is_no_file_is_told_and_costs_nobody_else) {
  cold_folder files;
  files.add("a", 100);
  std::filesystem::create_directory(files.path() / "folder");
  page_cache cache{below(files)};
  const auto outcomes =
      fill(cache, {"absent", "folder", "../a", "/etc/passwd", "", std::string("a\0b", 3), "a"});
  BOOST_TEST((outcomes[0].why == trouble::rejected));
  BOOST_TEST((outcomes[1].why == trouble::rejected));
  for (std::size_t i = 2; i < 6; ++i) BOOST_TEST((outcomes[i].why == trouble::denied));
  BOOST_TEST((outcomes[6].result != fill_result::refused));
  BOOST_TEST(cache.last_error() != "");
  BOOST_TEST((look(cache, "absent").state == residency::absent));
  BOOST_TEST((look(cache, "../a").why == trouble::unsupported));
}

BOOST_AUTO_TEST_CASE(a_deadline_that_has_passed_is_told_for_each_file) {
  cold_folder files;
  files.add("a", 100);
  page_cache cache{below(files)};
  remote_entry entry;
  entry.key = "a";
  const auto past = std::chrono::steady_clock::now() - std::chrono::seconds{1};
  BOOST_TEST((cache.fill(std::span{&entry, 1}, past).front().why == trouble::timed_out));
  BOOST_TEST((cache.contains(std::span{&entry.key, 1}, past).front().why == trouble::timed_out));
}

// Files are rewritten, replaced and removed by others, and dropped through Stoker, while they are warmed.
BOOST_AUTO_TEST_CASE(whoever_changes_files_while_they_are_warmed_reads_them_as_they_are) {
  cold_folder files;
  page_cache cache{below(files)};
  std::atomic<std::uint64_t> operations{0}, stale{0}, unexplained{0};
  const auto name_of = [](unsigned number) { return std::to_string(number % 64); };
  std::thread changing{[&] {
    std::minstd_rand random{1};
    for (std::uint64_t version = 1; operations < 100'000; ++version, ++operations)
      stale += !change_and_read_back(files.path() / name_of(random()), version, random() % 4);
  }};
  std::thread dropping{[&] {
    std::minstd_rand random{2};
    for (; operations < 100'000; ++operations) {
      const auto name = name_of(random());
      const std::string_view key = name;
      unexplained += cache.invalidate(std::span{&key, 1}, soon()).why != trouble::none;
    }
  }};
  std::minstd_rand random{3};
  while (operations < 100'000) {
    std::vector<std::string> keys(32);
    for (auto& key : keys) key = name_of(random());
    for (const auto& outcome : fill(cache, keys))
      unexplained += outcome.why != trouble::none && outcome.why != trouble::rejected;
    operations += keys.size();
  }
  changing.join();
  dropping.join();
  BOOST_TEST(stale == 0u);
  BOOST_TEST(unexplained == 0u);
}

BOOST_AUTO_TEST_CASE(what_files_can_not_do_is_said) {
  cold_folder files;
  page_cache cache{below(files)};
  remote_entry entry;
  entry.key = "a";
  BOOST_TEST((cache.put(std::span{&entry, 1}, soon()).front().why == trouble::unsupported));
  BOOST_TEST((cache.refresh(std::span{&entry, 1}, soon()).front().why == trouble::unsupported));
  BOOST_TEST((cache.read(std::span{&entry.key, 1}, soon()).front().there.why == trouble::unsupported));
  BOOST_TEST(cache.begin_refresh(std::span{&entry.key, 1}, soon()).front().version == "");
  BOOST_TEST(cache.capabilities().loads_by_itself);
  BOOST_TEST((cache.capabilities().refresh == fence::none));
  const auto memory = cache.memory(soon());
  BOOST_TEST(memory.limit_bytes > memory.used_bytes);
  page_cache_config nowhere;
  nowhere.root = files.path() / "absent";
  BOOST_CHECK_THROW(page_cache{nowhere}, error);
}

BOOST_AUTO_TEST_CASE(reading_without_waiting_tells_the_same_as_counting) {
  cold_folder files;
  if (!files.can_be_cold()) return;
  files.add("cold", 40 * page);
  files.add("warm", 40 * page);
  for (std::uint64_t i = 0; i < 40; ++i) files.touch("warm", i * page);
  const open_file warm{(files.path() / "warm").string()};
  BOOST_TEST(resident_by_reading(warm.number(), {0, warm.size()}).value() == 40u);
  auto config = below(files);
  config.count = resident_by_reading;
  page_cache cache{config};
  BOOST_TEST((fill(cache, {"warm"}).front().result == fill_result::present));
  BOOST_TEST((fill(cache, {"cold"}).front().result == fill_result::stored));
  BOOST_TEST((look(cache, "cold").state == residency::present));
}

BOOST_AUTO_TEST_CASE(cold_parts_are_found_between_warm_ones) {
  constexpr std::uint64_t mebibyte = 1 << 20;
  // Resident is the second mebibyte, and one page in the fourth.
  const auto count = [](int, byte_range range) -> std::optional<std::uint64_t> {
    std::uint64_t pages = 0;
    for (auto at = range.offset; at < range.offset + range.length; at += page)
      pages += at / mebibyte == 1 || at == 3 * mebibyte ? 1 : 0;
    return pages;
  };
  const auto parts = cold_parts(0, 4 * mebibyte, count).value();
  std::uint64_t exact = 0;
  std::uint64_t mixed = 0;
  for (const auto& part : parts) (part.exact ? exact : mixed) += part.range.length;
  BOOST_TEST(mixed == 64u * 1024);
  BOOST_TEST(exact == 3 * mebibyte - mixed);
  BOOST_TEST(
      !cold_parts(0, page, [](int, byte_range) { return std::optional<std::uint64_t>{}; }).has_value());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace stoker::test
