#include "apps/stoker/presentation.hpp"

#include <boost/test/unit_test.hpp>

#include <nlohmann/json.hpp>

using namespace stoker::cli;

BOOST_AUTO_TEST_SUITE(presentation)

BOOST_AUTO_TEST_CASE(figures_are_shown_in_words_that_people_read) {
  BOOST_TEST(count_text(7) == "7");
  BOOST_TEST(count_text(1234567) == "1,234,567");
  BOOST_TEST(count_text(-1234) == "-1,234");
  BOOST_TEST(count_text(-123) == "-123");
  BOOST_TEST(bytes_text(0) == "0 B");
  BOOST_TEST(bytes_text(1536) == "1.5 KiB");
  BOOST_TEST(bytes_text(3ull << 40) == "3.0 TiB");
  BOOST_TEST(ratio_text(0.9312) == "93.1 %");
  BOOST_TEST(points_text(-0.042) == "-4.2 points");
  BOOST_TEST(duration_text(0.00002) == "20 us");
  BOOST_TEST(duration_text(0.25) == "250 ms");
  BOOST_TEST(duration_text(1.25) == "1.2 s");
  BOOST_TEST(duration_text(89) == "89 s");
  BOOST_TEST(duration_text(600) == "10 min");
  BOOST_TEST(duration_text(7200) == "2.0 h");
  BOOST_TEST(duration_text(259200) == "3.0 d");
}

BOOST_AUTO_TEST_CASE(what_is_not_known_is_a_dash) {
  for (const auto* text : {"null", "\"text\"", "{}"}) {
    const auto figure = nlohmann::ordered_json::parse(text);
    BOOST_TEST(count_text(figure) == "-");
    BOOST_TEST(bytes_text(figure) == "-");
    BOOST_TEST(ratio_text(figure) == "-");
    BOOST_TEST(duration_text(figure) == "-");
  }
}

BOOST_AUTO_TEST_CASE(times_are_told_from_now) {
  const nlohmann::ordered_json now = "2026-11-27T12:00:00Z";
  BOOST_TEST(when_text("2026-11-27T11:59:15Z", now) == "45 s ago");
  BOOST_TEST(when_text("2026-11-27T13:30:00.5+01:00", now) == "in 30 min");
  BOOST_TEST(when_text(now, now) == "now");
  BOOST_TEST(when_text(nullptr, now) == "never");
  BOOST_TEST(due_text("2026-11-27T11:59:15Z", now) == "now");
  BOOST_TEST(due_text("2026-11-27T13:30:00.5+01:00", now) == "in 30 min");
  BOOST_TEST(when_text("2026-11-27T12:00:00Z", nullptr) == "2026-11-27T12:00:00Z");
}

BOOST_AUTO_TEST_CASE(keys_can_do_no_harm_to_a_terminal) {
  BOOST_TEST(key_text({{"key", "a\x1b[31mb\n"}}) == "a\\x1b[31mb\\x0a");
  BOOST_TEST(key_text({{"key_base64", "/w=="}}) == "base64:/w==");
  BOOST_TEST(key_text("plain") == "plain");
  BOOST_TEST(key_text({{"key", std::string(100, 'k')}}, 5) == "kkkkk...");
  BOOST_TEST(key_text({{"key", "äöü"}}, 2) == "äö...");
}

BOOST_AUTO_TEST_CASE(columns_are_as_wide_as_what_is_shown_in_them) {
  text_table table{{"name", ">count", "note"}};
  table.add({"ä", "1", "x"});
  const palette paint{true};
  table.add({paint(tone::bad, "long name"), "12,345", ""});
  BOOST_TEST(table.text(palette{false}) ==
             "name        count  note\n"
             "ä               1  x\n"
             "\x1b[31mlong name\x1b[0m  12,345\n");
}

BOOST_AUTO_TEST_CASE(colours_are_there_only_when_they_are_asked_for) {
  BOOST_TEST(palette{false}(tone::good, "ok") == "ok");
  BOOST_TEST(palette{true}(tone::good, "ok") == "\x1b[32mok\x1b[0m");
  BOOST_TEST(shown_width(palette{true}(tone::good, "ok")) == 2u);
}

BOOST_AUTO_TEST_CASE(a_bar_is_as_full_as_its_share) {
  BOOST_TEST(bar_text(0.5, 12) == "[#####-----]");
  BOOST_TEST(bar_text(-1, 4) == "[--]");
  BOOST_TEST(bar_text(7, 4) == "[##]");
  BOOST_TEST(bar_text(1, 0) == "[]");
}

BOOST_AUTO_TEST_SUITE_END()
