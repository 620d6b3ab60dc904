// Snapshots as files: whole or not at all, and the one before stays.
#include "storage/snapshots/snapshot_file.hpp"

#include <sys/stat.h>

#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <fstream>

#include "messages/error.hpp"
#include "tests/fixtures/temporary_folder.hpp"
#include "tests/storage/snapshots/snapshot_samples.hpp"

BOOST_AUTO_TEST_SUITE(snapshot_file_test)

namespace {

using namespace stoker;
using namespace stoker::test;

std::string refusal(const std::string& path) {
  try {
    read_snapshot(path);
    return {};
  } catch (const error& wrong) {
    return wrong.what();
  }
}

std::size_t files_in(const temporary_folder& folder) {
  std::size_t count = 0;
  for ([[maybe_unused]] const auto& file : std::filesystem::directory_iterator{folder.path()}) ++count;
  return count;
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_snapshot_is_written_and_the_one_before_stays) {
  const temporary_folder folder;
  const auto path = folder / "below/pages.snapshot";
  const auto bytes = write_snapshot(path, sample_hot_set(10));
  BOOST_TEST(bytes == std::filesystem::file_size(path));
  BOOST_TEST(!std::filesystem::exists(previous_snapshot(path)));
  write_snapshot(path, sample_hot_set(20));
  BOOST_TEST(same(read_snapshot(path), sample_hot_set(20)));
  BOOST_TEST(same(read_snapshot(previous_snapshot(path)), sample_hot_set(10)));
  write_snapshot(path, sample_hot_set(30));
  BOOST_TEST(same(read_snapshot(previous_snapshot(path)), sample_hot_set(20)));
}

BOOST_AUTO_TEST_CASE(a_broken_one_is_refused_by_name_and_never_takes_the_place_of_a_good_one) {
  const temporary_folder folder;
  const auto path = folder / "pages.snapshot";
  write_snapshot(path, sample_hot_set(10));
  write_snapshot(path, sample_hot_set(20));
  std::filesystem::resize_file(path, 500);
  const auto text = refusal(path);
  BOOST_TEST(text.starts_with("snapshot " + path + ": byte 16: "));
  BOOST_TEST(text.find(previous_snapshot(path)) != std::string::npos);
  write_snapshot(path, sample_hot_set(30));
  BOOST_TEST(same(read_snapshot(path), sample_hot_set(30)));
  BOOST_TEST(same(read_snapshot(previous_snapshot(path)), sample_hot_set(10)));
}

BOOST_AUTO_TEST_CASE(a_write_that_fails_leaves_what_was_there_and_nothing_else) {
  const temporary_folder folder;
  const auto path = folder / "pages.snapshot";
  write_snapshot(path, sample_hot_set(10));
  std::filesystem::create_directory(previous_snapshot(path));  // nothing can be put in its place
  BOOST_CHECK_THROW(write_snapshot(path, sample_hot_set(20)), error);
  BOOST_TEST(same(read_snapshot(path), sample_hot_set(10)));
  BOOST_TEST(files_in(folder) == 2u);
  BOOST_CHECK_THROW(write_snapshot(path + "/below", sample_hot_set(20)), error);
}

BOOST_AUTO_TEST_CASE(what_is_no_file_is_refused) {
  const temporary_folder folder;
  BOOST_TEST(refusal(folder / "none").find("No such file") != std::string::npos);
  BOOST_TEST(refusal(folder.path().string()).find("it is no file") != std::string::npos);
  const auto pipe = folder / "pipe";
  BOOST_TEST_REQUIRE(::mkfifo(pipe.c_str(), 0600) == 0);
  BOOST_TEST(refusal(pipe).find("it is no file") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(any_name_of_a_cache_makes_a_file_name) {
  BOOST_TEST(snapshot_file_name("pages") == "pages.snapshot");
  BOOST_TEST(snapshot_file_name("../a b") == "%2e%2e%2fa%20b.snapshot");
  BOOST_TEST(snapshot_file_name("\xc3\xa9") == "%c3%a9.snapshot");
}

BOOST_AUTO_TEST_SUITE_END()
