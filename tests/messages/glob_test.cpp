#include "messages/glob.hpp"

#include <boost/test/unit_test.hpp>
#include <random>

BOOST_AUTO_TEST_SUITE(glob_suite)

using stoker::matches_any_glob;
using stoker::matches_glob;

BOOST_AUTO_TEST_CASE(plain_text_matches_itself_alone) {
  BOOST_TEST(matches_glob("user:17", "user:17"));
  BOOST_TEST(!matches_glob("user:17", "user:1"));
  BOOST_TEST(!matches_glob("user:1", "user:17"));
  BOOST_TEST(!matches_glob("user", "USER"));
  BOOST_TEST(matches_glob("", ""));
  BOOST_TEST(!matches_glob("", "a"));
}

BOOST_AUTO_TEST_CASE(a_star_takes_any_characters_and_none) {
  BOOST_TEST(matches_glob("*", ""));
  BOOST_TEST(matches_glob("lock:*", "lock:"));
  BOOST_TEST(matches_glob("src/*.py", "src/a/b.py"));
  BOOST_TEST(matches_glob("*a*b*", "xxaxxbxx"));
  BOOST_TEST(matches_glob("*ab", "aab"));
  BOOST_TEST(!matches_glob("*.py", "main.cpp"));
  BOOST_TEST(!matches_glob("a*b", "ac"));
}

BOOST_AUTO_TEST_CASE(a_question_mark_takes_one_character) {
  BOOST_TEST(matches_glob("k?", "k7"));
  BOOST_TEST(!matches_glob("k?", "k"));
  BOOST_TEST(!matches_glob("k?", "k77"));
}

BOOST_AUTO_TEST_CASE(a_set_takes_one_of_its_characters) {
  BOOST_TEST(matches_glob("k[0-9a]", "k7"));
  BOOST_TEST(matches_glob("k[0-9a]", "ka"));
  BOOST_TEST(!matches_glob("k[0-9a]", "kb"));
  BOOST_TEST(matches_glob("k[!0-9]", "kb"));
  BOOST_TEST(!matches_glob("k[!0-9]", "k7"));
  BOOST_TEST(matches_glob("[]x]", "]"));
  BOOST_TEST(matches_glob("[a-]", "-"));
}

BOOST_AUTO_TEST_CASE(what_is_escaped_or_never_closed_stands_for_itself) {
  BOOST_TEST(matches_glob("a\\*b", "a*b"));
  BOOST_TEST(!matches_glob("a\\*b", "axb"));
  BOOST_TEST(matches_glob("a[b", "a[b"));
  BOOST_TEST(matches_glob("[", "["));
  BOOST_TEST(matches_glob("a\\", "a\\"));
}

// What a pattern of stars, question marks and letters means, said again as plainly as possible.
bool matches_plainly(std::string_view pattern, std::string_view text) {
  if (pattern.empty()) return text.empty();
  if (pattern[0] == '*')
    return matches_plainly(pattern.substr(1), text) ||
           (!text.empty() && matches_plainly(pattern, text.substr(1)));
  return !text.empty() && (pattern[0] == '?' || pattern[0] == text[0]) &&
         matches_plainly(pattern.substr(1), text.substr(1));
}

BOOST_AUTO_TEST_CASE(agrees_with_a_plain_definition_over_random_patterns) {
  std::mt19937 random{5};
  const auto letters = [&](std::string_view of, int most) {
    std::string text;
    for (auto left = random() % static_cast<unsigned>(most); left > 0; --left)
      text += of[random() % of.size()];
    return text;
  };
  int matched = 0;
  for (int i = 0; i < 20'000; ++i) {
    const auto pattern = letters("ab*?", 8);
    const auto text = letters("ab", 8);
    BOOST_REQUIRE_MESSAGE(matches_glob(pattern, text) == matches_plainly(pattern, text),
                          pattern << " " << text);
    matched += matches_glob(pattern, text);
  }
  BOOST_TEST(matched > 1000);
}

BOOST_AUTO_TEST_CASE(a_hostile_pattern_takes_no_exponential_time) {
  const std::string text(5000, 'a');
  std::string pattern;
  for (int i = 0; i < 500; ++i) pattern += "a*";
  BOOST_TEST(!matches_glob(pattern + "b", text));
}

BOOST_AUTO_TEST_CASE(one_of_several_is_enough) {
  BOOST_TEST(matches_any_glob({"a*", "b*"}, "bc"));
  BOOST_TEST(!matches_any_glob({"a*", "b*"}, "c"));
  BOOST_TEST(!matches_any_glob({}, "c"));
}

BOOST_AUTO_TEST_SUITE_END()
