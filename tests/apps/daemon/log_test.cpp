#include "apps/daemon/log.hpp"

#include <spdlog/details/log_msg.h>

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

using namespace stoker::daemon;

BOOST_AUTO_TEST_SUITE(log_suite)

namespace {

std::string formatted(log_form form, spdlog::level::level_enum level, const std::string& text) {
  using namespace std::chrono;
  const spdlog::log_clock::time_point at{milliseconds{1'795'764'600'123}};  // 2026-11-27 07:30 UTC
  const spdlog::details::log_msg message{at, spdlog::source_loc{}, "stoker", level, text};
  spdlog::memory_buf_t line;
  make_formatter(form)->format(message, line);
  return {line.data(), line.size()};
}

}  // namespace

BOOST_AUTO_TEST_CASE(text_has_time_and_level) {
  BOOST_TEST(formatted(log_form::text, spdlog::level::info, "hello") ==
             "2026-11-27T07:30:00.123Z info    hello\n");
  BOOST_TEST(formatted(log_form::text, spdlog::level::warn, "hello") ==
             "2026-11-27T07:30:00.123Z warning hello\n");
}

BOOST_AUTO_TEST_CASE(the_journal_is_told_the_priority) {
  BOOST_TEST(formatted(log_form::journal, spdlog::level::err, "broken") == "<3>broken\n");
  BOOST_TEST(formatted(log_form::journal, spdlog::level::info, "hello") == "<6>hello\n");
  BOOST_TEST(formatted(log_form::journal, spdlog::level::debug, "hello") == "<7>hello\n");
}

BOOST_AUTO_TEST_CASE(json_is_one_line_whatever_the_message_holds) {
  const auto line = formatted(log_form::json, spdlog::level::warn, "a \"b\"\nc\xff");
  BOOST_TEST(line.find('\n') == line.size() - 1);
  const auto json = nlohmann::json::parse(line);
  BOOST_TEST(json.at("time") == "2026-11-27T07:30:00.123Z");
  BOOST_TEST(json.at("level") == "warning");
  BOOST_TEST(json.at("message") == "a \"b\"\nc\xef\xbf\xbd");
}

BOOST_AUTO_TEST_SUITE_END()
