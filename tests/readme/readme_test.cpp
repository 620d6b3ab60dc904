// The README tells the truth: its example is the file that is compiled here, and it does what the README
// says.
#include <boost/test/unit_test.hpp>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "tests/fixtures/temporary_folder.hpp"

BOOST_AUTO_TEST_SUITE(readme)

namespace {

std::string content(const std::filesystem::path& file) {
  std::ostringstream text;
  text << std::ifstream{file}.rdbuf();
  return std::move(text).str();
}

// Runs the example in a folder of its own and returns what it prints.
std::string run_example(const std::filesystem::path& folder) {
  const auto output = folder / "output";
  const auto command = "cd '" + folder.string() + "' && '" README_EXAMPLE "' > output";
  BOOST_REQUIRE(std::system(command.c_str()) == 0);
  return content(output);
}

}  // namespace

BOOST_AUTO_TEST_CASE(shows_the_example_word_for_word) {
  const std::filesystem::path source = STOKER_SOURCE_DIR;
  const auto example = content(source / "tests/readme/example.cpp");
  BOOST_REQUIRE(!example.empty());
  BOOST_TEST(content(source / "README.md").find("```cpp\n" + example + "```") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(the_example_starts_cold_once_and_warm_from_then_on) {
  stoker::test::temporary_folder folder;
  const auto first = run_example(folder.path());
  BOOST_TEST(first.starts_with("warmed 0 of 0 pages\n"));
  BOOST_TEST(first.find("page /start (miss)\n") != std::string::npos);
  BOOST_TEST(first.find("page /start (hit)\n") != std::string::npos);
  const auto second = run_example(folder.path());
  BOOST_TEST(second.starts_with("warmed 2 of 2 pages\n"));
  BOOST_TEST(second.find("(miss)") == std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
