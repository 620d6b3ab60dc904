#include "apps/stoker/open_recorder.hpp"

#include <boost/test/unit_test.hpp>

#include <map>

BOOST_AUTO_TEST_SUITE(open_recorder_test)

namespace {

using namespace stoker;
using namespace stoker::cli;

// A file system of a few regular files; "/link" is another name of "/src/a.cpp".
std::optional<regular_file> look_up(const std::string& path) {
  static const std::map<std::string, regular_file> files{
      {"/src/a.cpp", {"/src/a.cpp", 10}}, {"/src/sub/b.hpp", {"/src/sub/b.hpp", 20}},
      {"/link", {"/src/a.cpp", 10}},      {"/source", {"/source", 5}},
      {"/big", {"/big", 1ull << 40}},     {"/proc/self/maps", {"/proc/self/maps", 0}}};
  const auto found = files.find(path);
  return found == files.end() ? std::nullopt : std::optional(found->second);
}

file_open open_of(const std::string& path, double time = 1, file_use use = file_use::read) {
  return {.time_seconds = time, .process = 3, .program = "cc1", .path = path, .use = use};
}

std::vector<std::string> recorded_keys(recording_options options, const std::vector<std::string>& paths) {
  open_recorder recorder(std::move(options), look_up);
  for (const auto& path : paths) recorder.add(open_of(path));
  const auto t = std::move(recorder).take();
  std::vector<std::string> keys;
  for (const auto id : t.accesses) keys.push_back(t.keys[id]);
  return keys;
}

void check_keys(const std::vector<std::string>& found, const std::vector<std::string>& expected) {
  BOOST_CHECK_EQUAL_COLLECTIONS(found.begin(), found.end(), expected.begin(), expected.end());
}

}  // namespace

BOOST_AUTO_TEST_CASE(an_access_has_time_size_canonical_path_and_process) {
  open_recorder recorder({}, look_up);
  recorder.add(open_of("/link", 100.25));
  recorder.add(open_of("/big", 100.75));
  const auto t = std::move(recorder).take();
  BOOST_CHECK_EQUAL(t.keys.at(t.accesses.at(0)), "/src/a.cpp");
  BOOST_CHECK_EQUAL(t.times.at(0), 0.0);
  BOOST_CHECK_EQUAL(t.times.at(1), 0.5);
  BOOST_CHECK_EQUAL(t.sizes.at(0), 10u);
  BOOST_CHECK_EQUAL(t.sizes.at(1), UINT32_MAX);
  BOOST_CHECK_EQUAL(t.subject_names.at(t.subjects.at(0)), "3:cc1");
}

BOOST_AUTO_TEST_CASE(keys_inside_the_folder_become_relative_to_it) {
  check_keys(recorded_keys({.relative_to = "/src/", .include = {}, .exclude = {}},
                           {"/src/sub/b.hpp", "/src/a.cpp", "/source"}),
             {"sub/b.hpp", "a.cpp", "/source"});
}

BOOST_AUTO_TEST_CASE(globs_choose_among_the_keys) {
  const std::vector<std::string> paths{"/src/a.cpp", "/src/sub/b.hpp", "/source"};
  check_keys(recorded_keys({.relative_to = "/src", .include = {"sub/*", "/sour*"}, .exclude = {}}, paths),
             {"sub/b.hpp", "/source"});
  check_keys(recorded_keys({.relative_to = {}, .include = {"/src/*"}, .exclude = {"*.hpp"}}, paths),
             {"/src/a.cpp"});
}

BOOST_AUTO_TEST_CASE(what_is_no_regular_file_or_the_kernels_own_is_left_out_and_counted) {
  open_recorder recorder({}, look_up);
  recorder.add(open_of("/src"));
  recorder.add(open_of("/gone"));
  recorder.add(open_of("/proc/self/maps"));
  BOOST_CHECK_EQUAL(recorder.recorded(), 0u);
  BOOST_CHECK_EQUAL(recorder.no_regular_file(), 2u);
  BOOST_CHECK_EQUAL(recorder.left_out(), 1u);
}

BOOST_AUTO_TEST_CASE(files_opened_for_writing_alone_are_recorded_on_request) {
  for (const bool writes : {false, true}) {
    open_recorder recorder({.relative_to = {}, .include = {}, .exclude = {}, .writes = writes}, look_up);
    recorder.add(open_of("/source", 1, file_use::write));
    recorder.add(open_of("/source", 1, file_use::execute));
    BOOST_CHECK_EQUAL(recorder.recorded(), writes ? 2u : 1u);
  }
}

BOOST_AUTO_TEST_SUITE_END()
