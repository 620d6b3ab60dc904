#include "storage/origins/file_origin.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>
#include <fstream>

#include "messages/error.hpp"
#include "tests/fixtures/temporary_folder.hpp"

namespace file_origin_suite {

using namespace stoker;
namespace fs = std::filesystem;

struct folder_of_files {
  folder_of_files() {
    fs::create_directories(root() / "inside");
    write(root() / "page", "content");
    write(root() / "inside" / "deep", "deeper");
    write(root() / "empty", "");
    write(root().parent_path() / "secret", "not yours");
  }
  fs::path root() const { return temporary.path() / "root"; }
  static void write(const fs::path& file, const std::string& content) {
    std::ofstream{file, std::ios::binary} << content;
  }

  test::temporary_folder temporary;
};

load_result load(const fs::path& root, const std::string& key, std::uint64_t max_bytes = 1 << 20) {
  return file_origin{{root, max_bytes}}.load(key, {});
}

}  // namespace file_origin_suite

BOOST_FIXTURE_TEST_SUITE(file_origin_suite, folder_of_files)

BOOST_AUTO_TEST_CASE(reads_files_below_the_root) {
  BOOST_CHECK_EQUAL(load(root(), "page").bytes.view(), "content");
  BOOST_CHECK_EQUAL(load(root(), "inside/deep").bytes.view(), "deeper");
  BOOST_CHECK_EQUAL(load(root(), "inside/../page").bytes.view(), "content");
  BOOST_CHECK(load(root(), "empty").outcome == load_outcome::loaded);
}

BOOST_AUTO_TEST_CASE(without_a_root_keys_are_paths) {
  BOOST_CHECK_EQUAL(load({}, (root() / "page").string()).bytes.view(), "content");
}

BOOST_AUTO_TEST_CASE(a_missing_file_is_absent) {
  BOOST_CHECK(load(root(), "nowhere").outcome == load_outcome::absent);
  BOOST_CHECK(load(root(), "page/below-a-file").outcome == load_outcome::absent);
  BOOST_CHECK(load(root(), "nowhere").error.find("nowhere: No such file") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(keys_that_lead_out_of_the_root_are_refused) {
  for (const auto* key : {"../secret", "inside/../../secret", "/etc/hostname", "..", ""})
    BOOST_CHECK(load(root(), key).outcome == load_outcome::refused);
  BOOST_CHECK(load(root(), std::string{"page\0x", 6}).outcome == load_outcome::refused);
}

BOOST_AUTO_TEST_CASE(folders_and_pipes_are_refused) {
  BOOST_CHECK(load(root(), "inside").outcome == load_outcome::refused);
  const auto pipe = root() / "pipe";
  BOOST_REQUIRE_EQUAL(::mkfifo(pipe.c_str(), 0600), 0);
  BOOST_CHECK(load(root(), "pipe").outcome == load_outcome::refused);
}

BOOST_AUTO_TEST_CASE(a_file_that_may_not_be_read_is_refused) {
  if (::geteuid() == 0) return;  // may read everything
  fs::permissions(root() / "page", fs::perms::none);
  BOOST_CHECK(load(root(), "page").outcome == load_outcome::refused);
}

BOOST_AUTO_TEST_CASE(a_file_larger_than_the_bound_is_refused) {
  BOOST_CHECK(load(root(), "page", 7).outcome == load_outcome::loaded);
  const auto refused = load(root(), "page", 6);
  BOOST_CHECK(refused.outcome == load_outcome::refused);
  BOOST_CHECK(refused.error.find("larger than the most that is loaded, 6 bytes") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(files_that_do_not_tell_their_size_are_read_to_the_end_or_the_bound) {
  if (!fs::exists("/proc/self/status")) return;
  BOOST_CHECK(!load({}, "/proc/self/status").bytes.view().empty());
  BOOST_CHECK(load({}, "/proc/self/status", 10).outcome == load_outcome::refused);
}

BOOST_AUTO_TEST_CASE(large_files_come_whole) {
  std::string content;
  for (int i = 0; i < 100000; ++i) content += static_cast<char>(i * 31);
  write(root() / "large", content);
  BOOST_CHECK(load(root(), "large").bytes.view() == content);
}

BOOST_AUTO_TEST_CASE(a_root_that_is_no_folder_and_a_bound_of_nothing_are_refused) {
  BOOST_CHECK_THROW((file_origin{{root() / "page", 1}}), error);
  BOOST_CHECK_THROW((file_origin{{root(), 0}}), error);
}

BOOST_AUTO_TEST_SUITE_END()
