#include <boost/test/unit_test.hpp>

#include <filesystem>
#include <map>

#include "bench/baselines/contestants.hpp"
#include "storage/traces/read_trace.hpp"

BOOST_AUTO_TEST_SUITE(peers_test)

namespace {

using namespace stoker;
using namespace stoker::baselines;

// As others measured it with libCacheSim: hit ratio in percent, precision, load.
struct published {
  double hit_percent;
  double precision;
  double load;
};
using published_row = std::map<std::string, published>;

constexpr double hit_points_allowed = 2;
constexpr double precision_allowed = 0.06;
constexpr double load_allowed = 0.12;

void check_row(const trace& recorded, std::uint64_t percent, const published_row& row) {
  const auto capacity = recorded.keys.size() * percent / 100;
  std::vector<contestant> all = plain_evictions();
  for (const auto& one : published_prefetchers()) all.push_back(one);
  const auto plain_lru = all.front().run(recorded, capacity);
  std::size_t checked = 0;
  for (const auto& one : all) {
    const auto expected = row.find(one.name);
    if (expected == row.end()) continue;
    const auto found = one.run(recorded, capacity);
    BOOST_TEST_CONTEXT(one.name << " at " << percent << " %") {
      BOOST_CHECK_SMALL(100 * found.hit_ratio() - expected->second.hit_percent, hit_points_allowed);
      const auto spent = static_cast<double>(found.misses() + found.prefetches);
      BOOST_CHECK_SMALL(spent / static_cast<double>(plain_lru.misses()) - expected->second.load,
                        load_allowed);
      const auto precision = found.prefetches == 0 ? 0.0
                                                   : static_cast<double>(found.useful_prefetches) /
                                                         static_cast<double>(found.prefetches);
      BOOST_CHECK_SMALL(precision - expected->second.precision, precision_allowed);
    }
    ++checked;
  }
  BOOST_CHECK_EQUAL(checked, row.size());
}

void check_trace(const std::string& name, const std::map<std::uint64_t, published_row>& rows) {
  const auto file = std::filesystem::path(STOKER_SOURCE_DIR) / "../shared/traces" / name;
  if (!std::filesystem::exists(file)) {
    BOOST_TEST_MESSAGE("skipped: no " + file.string());
    return;
  }
  const auto recorded = read_trace(file);
  for (const auto& [percent, row] : rows) check_row(recorded, percent, row);
}

}  // namespace

BOOST_AUTO_TEST_CASE(baselines_reach_what_others_measured_on_a_file_system_client) {
  check_trace("lirs_sprite.txt.zst", {{1,
                                       {{"LRU", {16.49, 0, 1}},
                                        {"S3-FIFO", {21.50, 0, 0.94}},
                                        {"Belady (optimum)", {42.49, 0, 0.69}},
                                        {"Mithril as shipped", {34.46, 0.89, 1.04}},
                                        {"Mithril mt128 ms4 pf2", {62.09, 0.87, 1.11}},
                                        {"Mithril mt64 pf4", {67.04, 0.41, 2.09}},
                                        {"PG, one step, P>.25", {58.99, 0.91, 1.06}},
                                        {"PG, five steps, P>.25", {48.50, 0.63, 1.26}}}},
                                      {5,
                                       {{"LRU", {65.74, 0, 1}},
                                        {"S3-FIFO", {67.27, 0, 0.96}},
                                        {"Belady (optimum)", {82.35, 0, 0.51}},
                                        {"Mithril as shipped", {68.96, 0.90, 1.04}},
                                        {"Mithril mt128 ms4 pf2", {79.10, 0.97, 1.04}},
                                        {"Mithril mt64 pf4", {82.37, 0.80, 1.55}},
                                        {"PG, one step, P>.25", {84.04, 0.91, 1.10}},
                                        {"PG, five steps, P>.25", {82.54, 0.75, 1.35}}}},
                                      {10,
                                       {{"LRU", {86.51, 0, 1}},
                                        {"Belady (optimum)", {91.37, 0, 0.64}},
                                        {"Mithril as shipped", {86.71, 0.86, 1.00}},
                                        {"Mithril mt128 ms4 pf2", {88.39, 0.98, 1.01}},
                                        {"Mithril mt64 pf4", {90.11, 0.91, 1.09}},
                                        {"PG, one step, P>.25", {91.90, 0.88, 1.10}},
                                        {"PG, five steps, P>.25", {91.61, 0.71, 1.32}}}}});
}

BOOST_AUTO_TEST_CASE(baselines_reach_what_others_measured_on_a_database) {
  check_trace("arc_oltp.txt.zst", {{1,
                                    {{"LRU", {41.64, 0, 1}},
                                     {"S3-FIFO", {46.46, 0, 0.92}},
                                     {"Belady (optimum)", {59.76, 0, 0.69}},
                                     {"Mithril as shipped", {41.46, 0.19, 1.91}},
                                     {"Mithril mt128 ms4 pf2", {45.45, 0.89, 1.01}},
                                     {"Mithril mt64 pf4", {47.91, 0.50, 1.22}},
                                     {"PG, one step, P>.25", {42.63, 0.20, 1.25}},
                                     {"PG, five steps, P>.25", {41.15, 0.11, 1.79}}}}});
}

BOOST_AUTO_TEST_SUITE_END()
