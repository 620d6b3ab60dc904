// The reader that every table goes through: types, overrides, and words that were meant.
#include "apps/configuration/section.hpp"

#include <boost/test/unit_test.hpp>

#include "apps/configuration/configuration_file.hpp"
#include "apps/configuration/suggestion.hpp"

using namespace stoker;
using namespace stoker::configuration;

BOOST_AUTO_TEST_SUITE(sections)

namespace {

void fails_with(const std::function<void()>& what, const std::string& reason) {
  BOOST_CHECK_EXCEPTION(what(), error, [&](const error& mistake) {
    const bool told = std::string{mistake.what()}.find(reason) != std::string::npos;
    BOOST_CHECK_MESSAGE(told, std::string{mistake.what()} + " does not say: " + reason);
    return told;
  });
}

}  // namespace

BOOST_AUTO_TEST_CASE(slips_of_the_pen_are_counted) {
  BOOST_TEST(edit_distance("limit", "limit") == 0u);
  BOOST_TEST(edit_distance("limt", "limit") == 1u);
  BOOST_TEST(edit_distance("limti", "limit") == 1u);  // two letters swapped
  BOOST_TEST(edit_distance("", "limit") == 5u);
  BOOST_TEST(edit_distance("kitten", "sitting") == 3u);
}

BOOST_AUTO_TEST_CASE(the_nearest_word_is_suggested_when_it_is_near_enough) {
  const std::vector<std::string> words{"limit", "list", "port"};
  BOOST_TEST(nearest("limt", words) == "limit");
  BOOST_TEST(nearest("prot", words) == "port");
  BOOST_TEST(nearest("capacity", words) == "");
  BOOST_TEST(suggestion("limt", words) == "; did you mean \"limit\"?");
  BOOST_TEST(suggestion("capacity", words) == "");
  BOOST_TEST(nearest(std::string(10'000, 'x'), words) == "");
}

BOOST_AUTO_TEST_CASE(a_variable_is_a_text_where_one_is_wanted) {
  const environment variables{
      {"STOKER_A_PASSWORD", "0123"}, {"STOKER_A_PORT", "12"}, {"STOKER_A_LIST", "[1"}};
  configuration_file file{"[a]\npassword = 1\nport = 3\n", "c.toml", variables};
  auto section = file.table("a", "STOKER_A_");
  BOOST_TEST(section.text("password").value() == "0123");
  BOOST_TEST(section.integer("port", 0, 100).value() == 12);
  BOOST_TEST(section.texts("list").at(0) == "[1");  // no TOML, so a text
  fails_with([&] { file.table("a", "STOKER_OTHER_").text("password"); },
             "c.toml:2: a: password must be a text");
}

BOOST_AUTO_TEST_CASE(a_list_can_come_from_a_variable) {
  const environment variables{{"STOKER_A_KEYS", "[\"lock:*\", \"tmp:*\"]"}};
  configuration_file file{"", "c.toml", variables};
  BOOST_TEST(file.table("a", "STOKER_A_").texts("keys") == (std::vector<std::string>{"lock:*", "tmp:*"}));
}

BOOST_AUTO_TEST_CASE(variables_of_a_section_that_are_none_of_its_keys_are_mistakes) {
  const auto check = [](const environment& variables) {
    configuration_file file{"[[cache]]\nname = \"a\"\n[[cache]]\nname = \"a b\"\n", "c.toml", variables};
    for (auto& each : file.tables("cache", "name", "STOKER_CACHE_")) each.integer("limit", 0, 9);
    file.table("warming", "STOKER_").flag("enabled");
    return file.check_variables();
  };
  BOOST_TEST(check({{"STOKER_CACHE_A_B_LIMIT", "5"}}).empty());
  fails_with(
      [&] {
        check({{"STOKER_CACHE_A_LIMTI", "5"}});
      },
      "STOKER_CACHE_A_LIMTI: cache \"a\" has no such key; did you mean \"STOKER_CACHE_A_LIMIT\"?");
  fails_with(
      [&] {
        check({{"STOKER_CACHE_A_B_X", "5"}});
      },
      "STOKER_CACHE_A_B_X: cache \"a b\" has no such key");
  BOOST_TEST(check({{"STOKER_SOMEBODY_ELSES", "5"}}).empty());
  const auto notes = check({{"STOKER_ENABLDE", "5"}});
  BOOST_REQUIRE(notes.size() == 1u);
  BOOST_TEST(notes[0] == "STOKER_ENABLDE overrides nothing; did you mean \"STOKER_ENABLED\"?");
}

BOOST_AUTO_TEST_CASE(tables_that_nobody_asked_for_are_mistakes) {
  const environment none;
  configuration_file file{"[cache]\n[servre]\n", "c.toml", none};
  file.table("server", "");
  file.table("cache", "");
  fails_with([&] { file.check_tables(); },
             "c.toml:2: the file: there is no table \"servre\"; did you mean \"server\"?");
}

BOOST_AUTO_TEST_CASE(what_is_written_is_told_without_comments_and_order) {
  const auto written = [](const std::string& text) {
    const environment none;
    configuration_file file{text, "c.toml", none};
    file.table("log", "");
    file.tables("cache", "name", "");
    return file.written();
  };
  const auto one = written("[log]\na = 1\nb = 2 # two\n[[cache]]\nname = \"x\"\nttl = 3\n");
  BOOST_CHECK(one == written("[log]\nb = 2\na = 1\n[[cache]]\nttl = 3\nname = \"x\"\n"));
  BOOST_CHECK(one != written("[log]\nb = 2\na = 1\n[[cache]]\nttl = 4\nname = \"x\"\n"));
  BOOST_TEST(one.contains("cache \"x\""));
}

BOOST_AUTO_TEST_SUITE_END()
