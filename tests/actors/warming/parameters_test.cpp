#include "actors/warming/parameters.hpp"

#include <boost/test/unit_test.hpp>

#include "messages/error.hpp"

BOOST_AUTO_TEST_SUITE(parameters)

namespace {

using namespace stoker;
using namespace std::chrono_literals;

const std::vector<parameter_declaration> declared{
    {"limit", parameter_type::integer, "100", "how many", 1, 1000},
    {"floor", parameter_type::number, "0.5", "how likely", 0, 1},
    {"window", parameter_type::span, "24h", "how far back", 60, 1e9},
    {"language", parameter_type::text, "", "which language"},
};

strategy_parameters parse(const std::vector<strategy_parameter_value>& given) {
  return parse_parameters("tested", declared, given);
}

std::string error_of(const std::vector<strategy_parameter_value>& given) {
  try {
    parse(given);
  } catch (const error& mistake) {
    BOOST_CHECK(mistake.code() == errc::invalid_argument);
    return mistake.what();
  }
  return "no error";
}

BOOST_AUTO_TEST_CASE(takes_defaults_where_nothing_is_given) {
  const auto parsed = parse({});
  BOOST_CHECK_EQUAL(parsed.integer("limit"), 100);
  BOOST_CHECK_EQUAL(parsed.number("floor"), 0.5);
  BOOST_CHECK(parsed.span("window") == duration{24h});
  BOOST_CHECK_EQUAL(parsed.text("language"), "");
}

BOOST_AUTO_TEST_CASE(parses_every_unit_of_a_duration) {
  const std::vector<std::pair<std::string, duration>> units{
      {"90000ms", 90s}, {"90s", 90s}, {"90", 90s}, {"1.5m", 90s}, {"2min", 2min}, {"24h", 24h}, {"2d", 48h}};
  for (const auto& [text, expected] : units)
    BOOST_CHECK(parse({{"window", text}}).span("window") == expected);
}

BOOST_AUTO_TEST_CASE(the_last_of_several_values_wins_and_others_names_are_left_alone) {
  const auto parsed = parse({{"limit", "1"}, {"of-another-strategy", "x"}, {"limit", "7"}});
  BOOST_CHECK_EQUAL(parsed.integer("limit"), 7);
  BOOST_CHECK_EQUAL(parsed.texts().size(), declared.size());
}

BOOST_AUTO_TEST_CASE(an_error_names_strategy_parameter_value_and_what_is_expected) {
  BOOST_CHECK_EQUAL(
      error_of({{"limit", "many"}}),
      "strategy tested: parameter limit: \"many\" given, expected a whole number, at least 1, at most 1000");
  BOOST_CHECK_EQUAL(
      error_of({{"window", "5 parsecs"}}),
      "strategy tested: parameter window: \"5 parsecs\" given, expected a duration like 90s, 15m or 24h, "
      "at least 60s, at most 1e+09s");
}

BOOST_AUTO_TEST_CASE(rejects_what_is_almost_a_value) {
  for (const auto* text : {"0", "1001", "1.5", "1x", " 1", "+1", "99999999999999999999"})
    BOOST_CHECK_NE(error_of({{"limit", text}}), "no error");
  for (const auto* text : {"1.01", "-0.1", "nan", "inf", "half"})
    BOOST_CHECK_NE(error_of({{"floor", text}}), "no error");
  for (const auto* text : {"-90s", "1e3", "h", "59s", "100000d"})
    BOOST_CHECK_NE(error_of({{"window", text}}), "no error");
}

BOOST_AUTO_TEST_CASE(a_parameter_without_default_must_be_given) {
  const std::vector<parameter_declaration> required{{"depth", parameter_type::integer, "", "how deep", 1, 5}};
  BOOST_CHECK_THROW(parse_parameters("s", required, {}), error);
  BOOST_CHECK_EQUAL(parse_parameters("s", required, {{"depth", "3"}}).integer("depth"), 3);
}

BOOST_AUTO_TEST_CASE(a_list_has_commas_between_and_may_have_them_within) {
  const std::vector<parameter_declaration> list{{"keys", parameter_type::list, "", "keys"}};
  const auto parsed = [&](const std::string& text) {
    return parse_parameters("s", list, {{"keys", text}}).list("keys");
  };
  using texts = std::vector<std::string>;
  BOOST_TEST(parsed("a,b c,d") == (texts{"a", "b c", "d"}), boost::test_tools::per_element());
  BOOST_TEST(parsed("a\\,b,c\\\\,\\d") == (texts{"a,b", "c\\", "\\d"}), boost::test_tools::per_element());
  BOOST_TEST(parsed(",a,,") == texts{"a"}, boost::test_tools::per_element());
  BOOST_TEST(parsed("").empty());
}

BOOST_AUTO_TEST_CASE(a_flag_is_yes_or_no) {
  const std::vector<parameter_declaration> flag{{"force", parameter_type::flag, "false", "force"}};
  const auto parsed = [&](const std::string& text) {
    return parse_parameters("s", flag, {{"force", text}}).flag("force");
  };
  for (const auto* yes : {"true", "yes", "on", "1"}) BOOST_TEST(parsed(yes));
  for (const auto* no : {"false", "no", "off", "0"}) BOOST_TEST(!parsed(no));
  BOOST_CHECK_THROW(parsed("maybe"), error);
  BOOST_CHECK_THROW(parsed(""), error);
}

BOOST_AUTO_TEST_CASE(a_text_or_list_that_is_required_must_be_given) {
  parameter_declaration tag{"tag", parameter_type::text, "", "a tag"};
  tag.required = true;
  parameter_declaration keys{"keys", parameter_type::list, "", "keys"};
  keys.required = true;
  BOOST_CHECK_THROW(parse_parameters("s", {tag}, {}), error);
  BOOST_CHECK_THROW(parse_parameters("s", {keys}, {{"keys", ","}}), error);
  BOOST_CHECK_EQUAL(parse_parameters("s", {tag}, {{"tag", "x"}}).text("tag"), "x");
}

BOOST_AUTO_TEST_CASE(an_integer_may_be_looked_for) {
  const auto parsed = parse({{"limit", "7"}});
  BOOST_TEST(parsed.integer_if_any("limit").value() == 7);
  BOOST_TEST(!parsed.integer_if_any("window").has_value());
  BOOST_TEST(!parsed.integer_if_any("never declared").has_value());
}

BOOST_AUTO_TEST_CASE(types_have_names_both_ways) {
  for (const auto type : {parameter_type::integer, parameter_type::number, parameter_type::text,
                          parameter_type::span, parameter_type::list, parameter_type::flag})
    BOOST_CHECK(parameter_type_of(to_string(type)) == type);
  BOOST_CHECK_THROW(parameter_type_of("colour"), error);
}

}  // namespace

BOOST_AUTO_TEST_SUITE_END()
