#include "storage/origins/function_origin.hpp"

#include <boost/test/unit_test.hpp>
#include <stdexcept>

#include "messages/error.hpp"

BOOST_AUTO_TEST_SUITE(function_origin_suite)

namespace {

using namespace stoker;

load_result load(origin& source, std::string_view key = "key") {
  return source.load(key, {});
}

BOOST_AUTO_TEST_CASE(passes_on_what_a_full_loader_returns) {
  function_origin source{[](std::string_view) {
    load_result result;
    result.outcome = load_outcome::throttled;
    result.retry_after = std::chrono::seconds{3};
    return result;
  }};
  BOOST_CHECK(load(source).outcome == load_outcome::throttled);
  BOOST_CHECK(load(source).retry_after == std::chrono::seconds{3});
}

BOOST_AUTO_TEST_CASE(takes_functions_of_text_value_and_optional) {
  function_origin text{[](std::string_view key) { return "text of " + std::string{key}; }};
  function_origin bytes{[](const std::string& key) { return value{key + "!"}; }};
  function_origin maybe{[](std::string_view key) -> std::optional<std::string> {
    return key == "key" ? std::optional<std::string>{"here"} : std::nullopt;
  }};
  BOOST_CHECK_EQUAL(load(text).bytes.view(), "text of key");
  BOOST_CHECK_EQUAL(load(bytes).bytes.view(), "key!");
  BOOST_CHECK(load(maybe).outcome == load_outcome::loaded);
  BOOST_CHECK(load(maybe, "other").outcome == load_outcome::absent);
}

BOOST_AUTO_TEST_CASE(an_empty_text_is_a_value_like_any_other) {
  function_origin source{[](std::string_view) { return std::string{}; }};
  BOOST_CHECK(load(source).outcome == load_outcome::loaded);
  BOOST_CHECK(static_cast<bool>(load(source).bytes));
}

BOOST_AUTO_TEST_CASE(whatever_is_thrown_becomes_a_failure_with_its_text) {
  function_origin source{[](std::string_view) -> std::string { throw std::runtime_error{"disk on fire"}; }};
  BOOST_CHECK(load(source).outcome == load_outcome::failed);
  BOOST_CHECK_EQUAL(load(source).error, "the loader threw: disk on fire");
  function_origin odd{[](std::string_view) -> std::string { throw 42; }};
  BOOST_CHECK(load(odd).outcome == load_outcome::failed);
  BOOST_CHECK(!load(odd).error.empty());
}

BOOST_AUTO_TEST_CASE(an_empty_function_is_refused) {
  BOOST_CHECK_THROW(function_origin{function_origin::function{}}, error);
}

}  // namespace

BOOST_AUTO_TEST_SUITE_END()
