#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <filesystem>
#include <string_view>

#include "storage/traces/read_trace.hpp"

BOOST_AUTO_TEST_SUITE(recorded_build_test)

namespace {

const std::filesystem::path recorded_build =
    std::filesystem::path(STOKER_SOURCE_DIR) / "tests/data/build.csv.zst";

bool starts_with_any(const std::string& key, std::initializer_list<std::string_view> folders) {
  return std::any_of(folders.begin(), folders.end(), [&](auto folder) { return key.starts_with(folder); });
}

}  // namespace

BOOST_AUTO_TEST_CASE(the_recorded_build_is_a_whole_trace) {
  const auto t = stoker::read_trace(recorded_build);
  BOOST_CHECK_GT(t.accesses.size(), 50'000u);
  BOOST_CHECK_EQUAL(t.times.size(), t.accesses.size());
  BOOST_CHECK_EQUAL(t.sizes.size(), t.accesses.size());
  BOOST_CHECK_EQUAL(t.subjects.size(), t.accesses.size());
  BOOST_CHECK_LT(std::filesystem::file_size(recorded_build), 1'000'000u);
}

BOOST_AUTO_TEST_CASE(its_keys_are_files_that_any_machine_with_the_build_packages_or_the_checkout_has) {
  for (const auto& key : stoker::read_trace(recorded_build).keys) {
    BOOST_CHECK_MESSAGE(starts_with_any(key, {"/usr/include/", "/usr/lib/gcc/", "/usr/lib/x86_64-linux-gnu/",
                                              "messages/", "storage/", "actors/", "apps/"}),
                        key);
  }
}

BOOST_AUTO_TEST_SUITE_END()
