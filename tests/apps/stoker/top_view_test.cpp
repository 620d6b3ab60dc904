#include "apps/stoker/top_view.hpp"

#include <boost/test/unit_test.hpp>

#include "tests/apps/stoker/daemon_samples.hpp"

using namespace stoker::cli;

namespace top_view_test {

struct view_fixture {
  top_view view{"http://127.0.0.1:8003"};
  nlohmann::ordered_json status = stoker::test::sample_status_json();

  void traffic(int hits, int misses) {
    auto& cache = status["caches"][0];
    cache["hits"] = cache["hits"].get<int>() + hits;
    cache["misses"] = cache["misses"].get<int>() + misses;
    view.status(status);
  }
  std::string shown(const frame_size& size = {}, bool colours = false) const {
    std::string text;
    for (const auto& line : view.frame(size, palette{colours})) text += line + '\n';
    return text;
  }
  bool shows(const std::string& part) const { return shown().find(part) != std::string::npos; }
};

}  // namespace top_view_test

BOOST_FIXTURE_TEST_SUITE(top_view_test, view_fixture)

BOOST_AUTO_TEST_CASE(live_figures_are_those_between_two_looks) {
  view.status(status);
  BOOST_TEST(shows("95.3 %"));  // as the server measured it: nothing has happened yet
  traffic(300, 100);
  BOOST_TEST(shows("75.0 %"));
  BOOST_TEST(shows("  400  "));
  traffic(0, 0);
  BOOST_TEST(shows("95.3 %"));
}

BOOST_AUTO_TEST_CASE(a_daemon_that_was_restarted_counts_from_nothing) {
  view.status(status);
  status["caches"][0]["hits"] = 10;
  status["caches"][0]["misses"] = 0;
  view.status(status);
  BOOST_TEST(shown().find("-8") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(shows_the_keys_of_one_cache_after_the_other) {
  view.status(status);
  BOOST_TEST(view.selected() == "pages");
  view.select_next();
  BOOST_TEST(view.selected() == "users");
  view.select_next();
  BOOST_TEST(view.selected() == "pages");
  view.hot_keys(stoker::test::sample_top_json().at("keys"));
  BOOST_TEST(shows("hot keys of pages"));
  BOOST_TEST(shows("/start"));
  view.no_hot_keys("no token");
  BOOST_TEST(shows("no token"));
  BOOST_TEST(!shows("/start"));
}

BOOST_AUTO_TEST_CASE(a_frame_fits_whatever_terminal_there_is) {
  view.status(status);
  view.hot_keys(stoker::test::sample_top_json().at("keys"));
  for (const auto size : {frame_size{20, 5}, frame_size{1, 1}, frame_size{80, 24}, frame_size{300, 100}})
    for (const auto colours : {false, true}) {
      const auto lines = view.frame(size, palette{colours});
      BOOST_TEST(lines.size() == std::max<std::size_t>(2, size.rows));
      for (const auto& line : lines) {
        BOOST_TEST(shown_width(line) <= size.columns);
        if (line.find('\x1b') != std::string::npos) BOOST_TEST(line.find("\x1b[0m") != std::string::npos);
      }
    }
}

BOOST_AUTO_TEST_CASE(a_wide_terminal_shows_the_course_of_the_hit_ratio) {
  view.status(status);
  traffic(100, 0);
  traffic(50, 50);
  traffic(0, 100);
  BOOST_TEST(shown({160, 40}).find("█▅▁") != std::string::npos);
  BOOST_TEST(shown({100, 40}).find("█") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(an_engine_without_caches_has_a_frame_too) {
  view.status(nlohmann::ordered_json::object());
  BOOST_TEST(view.selected() == "");
  BOOST_TEST(shows("no run is under way"));
}

BOOST_AUTO_TEST_SUITE_END()
