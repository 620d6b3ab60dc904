// What the shipped settings reach on the recorded build that belongs to this project: always checked.
#include <boost/test/unit_test.hpp>
#include <filesystem>

#include "apps/replay/replay.hpp"
#include "tests/actors/prediction/traces.hpp"

using namespace stoker;

BOOST_AUTO_TEST_SUITE(golden_figures)

namespace {

struct golden {
  double share;  // of the trace's keys that the cache holds
  std::uint32_t delay;
  double hit_percent;
};

// A drop of more than 0.3 points is a loss of quality. Delays are in requests.
constexpr golden figures[] = {
    {0.01, 0, 90.37}, {0.05, 0, 94.10}, {0.10, 0, 94.59}, {0.10, 10, 90.53}, {0.10, 100, 71.06},
};
constexpr double allowed_drop = 0.3;

}  // namespace

BOOST_AUTO_TEST_CASE(the_recorded_build_is_predicted_as_well_as_ever) {
  const auto recorded = read_trace(std::filesystem::path(STOKER_SOURCE_DIR) / "tests/data/build.csv.zst");
  for (const auto& [share, delay, wanted] : figures) {
    replay_options options;
    options.cache_entries = static_cast<std::uint64_t>(static_cast<double>(recorded.keys.size()) * share);
    options.delay = delay;
    options.opaque_keys = true;
    const auto reached = 100 * replay(recorded, options).hit_ratio();
    BOOST_TEST_CONTEXT("cache of " << options.cache_entries << ", delay " << delay << ": " << reached
                                   << " %") {
      BOOST_TEST(reached > wanted - allowed_drop);
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()
