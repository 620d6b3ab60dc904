#include "bench/baselines/frontier.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>

#include "bench/baselines/scatter_plot.hpp"

BOOST_AUTO_TEST_SUITE(frontier_test)

namespace {

using namespace stoker::baselines;

constexpr outcome plain{.requests = 1000, .hits = 200};
constexpr outcome prefetched{
    .requests = 1000, .hits = 500, .prefetches = 400, .useful_prefetches = 300, .metadata_bytes = 5000};

}  // namespace

BOOST_AUTO_TEST_CASE(a_cell_is_counted_from_plain_lru) {
  const auto c = make_cell(prefetched, plain, 100, 0.5);
  BOOST_CHECK_CLOSE(c.gain_points, 30.0, 1e-9);
  BOOST_CHECK_CLOSE(c.precision, 0.75, 1e-9);
  BOOST_CHECK_CLOSE(c.load, 900.0 / 800.0, 1e-9);
  BOOST_CHECK_CLOSE(c.metadata_bytes_per_key, 50.0, 1e-9);
}

BOOST_AUTO_TEST_CASE(a_standing_has_the_means_and_the_worst) {
  const standing s{"s", {make_cell(prefetched, plain, 100, 0.5), make_cell(plain, plain, 100, 1.5)}};
  BOOST_CHECK_CLOSE(s.mean_gain(), 15.0, 1e-9);
  BOOST_CHECK_EQUAL(s.worst_gain(), 0.0);
  BOOST_CHECK_CLOSE(s.accesses_per_second(), 1000.0, 1e-9);
}

BOOST_AUTO_TEST_CASE(a_table_has_a_line_for_each_contestant) {
  const standing s{"somebody", {make_cell(prefetched, plain, 100, 0.5)}};
  const auto table = frontier_table({s, s}, {"1%"});
  BOOST_CHECK_EQUAL(std::count(table.begin(), table.end(), '\n'), 3);
  BOOST_CHECK(table.find("50.00 (1.12)") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_plot_names_every_point_and_escapes_its_name) {
  const auto svg = scatter_plot("T", {{"a, P>.25", 1.2, 12.3, false}, {"b", 0.9, -1, true}});
  BOOST_CHECK(svg.starts_with("<svg ") && svg.ends_with("</svg>\n"));
  BOOST_CHECK(svg.find("a, P&gt;.25 +12.3 at 1.20") != std::string::npos);
  BOOST_CHECK(svg.find("b -1.0 at 0.90") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
