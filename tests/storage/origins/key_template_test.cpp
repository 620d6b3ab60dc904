#include "storage/origins/key_template.hpp"

#include <boost/test/unit_test.hpp>
#include <random>

#include "messages/error.hpp"

BOOST_AUTO_TEST_SUITE(key_template_suite)

namespace {

using namespace stoker;
using namespace std::string_view_literals;

std::string filled(const std::string& pattern, const std::string& text, std::string_view key,
                   insertion how = insertion::url) {
  const key_pattern compiled{pattern};
  const auto parts = compiled.match(key);
  if (!parts) return "<no match>";
  return text_template{text, compiled, how}.fill(*parts).value_or("<leads out>");
}

std::string objection(const std::string& pattern, const std::string& text = "") {
  try {
    const key_pattern compiled{pattern};
    const text_template made{text, compiled, insertion::url};
  } catch (const error& mistake) {
    return mistake.what();
  }
  return "none";
}

BOOST_AUTO_TEST_CASE(parts_of_a_key_go_where_the_template_names_them) {
  BOOST_TEST(filled("user:{id}", "http://h/users/{id}", "user:7") == "http://h/users/7");
  BOOST_TEST(filled("{kind}:{id}", "/{id}/{kind}?k={key}", "a:b") == "/b/a?k=a%3Ab");
  BOOST_TEST(filled("*", "/{key}", "any key") == "/any%20key");
  BOOST_TEST(filled("img/{path*}.png", "/{+path}", "img/a/b.png") == "/a/b");
  BOOST_TEST(filled("a?[0-9][!x]", "ok", "ab5y") == "ok");
}

BOOST_AUTO_TEST_CASE(a_part_ends_at_a_separator_unless_it_has_a_star) {
  BOOST_TEST(filled("user:{id}", "{id}", "user:7:posts") == "<no match>");
  BOOST_TEST(filled("user:{id*}", "{id}", "user:7:posts") == "7%3Aposts");
  BOOST_TEST(filled("user:{id}:*", "{id}", "user:7:posts") == "7");
  BOOST_TEST(filled("user:{id}", "{id}", "user:") == "<no match>");
}

BOOST_AUTO_TEST_CASE(patterns_speak_of_whole_keys_byte_by_byte) {
  BOOST_TEST(filled("user:{id}", "x", "my user:7") == "<no match>");
  BOOST_TEST(filled("{a*}", "{a}", "a\0\xff\n"sv) == "a%00%FF%0A");
  BOOST_TEST(filled("?", "{key}", "\xc3\xa4") == "<no match>");
  BOOST_TEST(filled("a.b", "x", "aXb") == "<no match>");
  BOOST_TEST(filled("(a+)", "{key}", "(a+)") == "%28a%2B%29");
  BOOST_TEST(filled("\\*\\{x}", "x", "*{x}") == "x");
  BOOST_TEST(filled("[]a]", "x", "]") == "x");
  BOOST_TEST(filled("[a", "x", "[a") == "x");
  BOOST_TEST(filled("[!a-c.]", "x", "d") == "x");
  BOOST_TEST(filled("[!a-c.]", "x", "b") == "<no match>");
}

BOOST_AUTO_TEST_CASE(regular_expressions_have_named_and_numbered_parts) {
  BOOST_TEST(filled("regex:user:(?P<id>[0-9]+)(:x)?", "/{id}/{2}", "user:42") == "/42/");
  BOOST_TEST(filled("regex:user:(?P<id>[0-9]+)", "/{id}", "user:x") == "<no match>");
}

BOOST_AUTO_TEST_CASE(nothing_of_a_key_escapes_its_place_in_a_url) {
  BOOST_TEST(filled("*", "/p/{key}/q", "a/../b?c#d&e=f") == "<leads out>");
  BOOST_TEST(filled("*", "/p/{key}/q", "a/b?c#d&e=f\r\nX: y") == "/p/a%2Fb%3Fc%23d%26e%3Df%0D%0AX%3A%20y/q");
  BOOST_TEST(filled("*", "/{key}", "..") == "<leads out>");
  BOOST_TEST(filled("*", "/{+key}", "a/./b") == "<leads out>");
  BOOST_TEST(filled("*", "/{+key}", "a/..b/c%2e") == "/a/..b/c%252e");
  BOOST_TEST(filled("*", "{key}", "..", insertion::verbatim) == "..");
}

BOOST_AUTO_TEST_CASE(doubled_braces_are_braces) {
  BOOST_TEST(filled("*", "{{{key}}}", "k") == "{k}");
}

BOOST_AUTO_TEST_CASE(mistakes_are_shown_with_what_to_do) {
  BOOST_TEST(objection("user:{id").find("never closed") != std::string::npos);
  BOOST_TEST(objection("{key}").find("whole key") != std::string::npos);
  BOOST_TEST(objection("{a b}").find("no name") != std::string::npos);
  BOOST_TEST(objection("regex:(").find("missing") != std::string::npos);
  BOOST_TEST(objection("user:{id}", "/{other}").find("no part of the pattern") != std::string::npos);
  BOOST_TEST(objection("*", "/{key").find("never closed") != std::string::npos);
  BOOST_TEST(objection("{a}{b}{c}{d}{e}{f}{g}{h}{i}{j}{k}{l}{m}{n}{o}{p}{q}").find("at most 16") !=
             std::string::npos);
}

BOOST_AUTO_TEST_CASE(the_first_pattern_that_matches_makes_the_url) {
  const url_templates urls{{{"user:{id}", "http://a/{id}"}, {"*", "https://b/x?k={key}"}}};
  BOOST_TEST(urls.url_of("user:1").url == "http://a/1");
  BOOST_TEST(urls.url_of("page:1").url == "https://b/x?k=page%3A1");
  BOOST_TEST(urls.url_of("..").objection.find("lead out") != std::string::npos);
  const url_templates some{{{"user:{id}", "http://a/{id}"}}};
  BOOST_TEST(some.url_of("page:1").objection.find("no pattern") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(urls_must_be_absolute_and_keys_choose_no_host) {
  BOOST_CHECK_THROW(url_templates{{}}, error);
  for (const char* url : {"ftp://h/{key}", "/x", "http://", "http:///x", "http://h/a b", "http://{key}/"})
    BOOST_CHECK_THROW((url_templates{{{"*", url}}}), error);
}

// The inverse of percent-encoding.
std::string decoded(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool code = text[i] == '%';
    out += code ? static_cast<char>(std::stoi(std::string{text.substr(i + 1, 2)}, nullptr, 16)) : text[i];
    i += code ? 2 : 0;
  }
  return out;
}

BOOST_AUTO_TEST_CASE(whatever_the_key_its_url_is_one_segment_that_says_the_key) {
  std::mt19937 random{7};
  constexpr std::string_view spiteful = "/.%?#&=+: \\\r\n@;\"'<>{}aZ0~_-";
  const url_templates urls{{{"*", "http://h/p/{key}"}}};
  const std::string start = "http://h/p/";
  for (int i = 0; i < 20'000; ++i) {
    std::string key;
    for (auto left = 1 + random() % 12; left > 0; --left)
      key += random() % 4 == 0 ? static_cast<char>(random()) : spiteful[random() % spiteful.size()];
    const auto made = urls.url_of(key);
    if (!made.objection.empty()) continue;
    BOOST_REQUIRE(made.url.starts_with(start));
    const auto segment = std::string_view{made.url}.substr(start.size());
    BOOST_REQUIRE(
        segment.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~%") ==
        std::string_view::npos);
    BOOST_REQUIRE(segment != "." && segment != "..");
    BOOST_REQUIRE(decoded(segment) == key);
  }
}

BOOST_AUTO_TEST_CASE(a_hostile_key_costs_linear_time) {
  const key_pattern pattern{"*a*a*a*a*a*a*a*a*b"};
  BOOST_TEST(!pattern.match(std::string(60'000, 'a')));
}

}  // namespace

BOOST_AUTO_TEST_SUITE_END()
