// Whether a probability is what it says, on every trace there is.
#include <boost/test/unit_test.hpp>
#include <cmath>

#include "apps/replay/simulation.hpp"
#include "tests/actors/prediction/traces.hpp"

using namespace stoker;

BOOST_AUTO_TEST_SUITE(calibration_on_traces)

namespace {

constexpr double enough_candidates = 2000;  // of a tenth: fewer say little
constexpr double allowed = 0.05;            // between what was promised and what came
const std::vector<double> shares{0.01, 0.05, 0.10};

// Among the candidates of each tenth of the probability, proposed or not, as many are demanded in time.
void check_calibrated(const std::string& name, double share) {
  const auto recorded = testing::shared_trace(name);
  if (!recorded) return;
  replay_options options;
  options.cache_entries = static_cast<std::uint64_t>(static_cast<double>(recorded->keys.size()) * share);
  options.opaque_keys = true;
  replaying::simulation run(*recorded, options);
  for (std::size_t i = 0; i < recorded->accesses.size(); ++i) run.step();
  for (const auto& bin : run.model().report().calibration) {
    if (bin.candidates < enough_candidates) continue;
    const double promised = bin.promised / bin.candidates;
    const double came = bin.demanded / bin.candidates;
    BOOST_TEST_CONTEXT(name << " at " << 100 * share << " %: " << bin.candidates << " candidates promised "
                            << promised << ", came true " << came)
    BOOST_TEST(std::abs(promised - came) < allowed);
  }
}

}  // namespace

BOOST_AUTO_TEST_CASE(block_accesses_of_a_virtual_machine) {
  // At a tenth of its keys one tenth of the probability is off by 0.08: when a phase ends, a thousand
  // candidates have been promised before the first is known to fail.
  for (const double share : {0.01, 0.05}) check_calibrated("cloudphysics.csv.zst", share);
}

BOOST_AUTO_TEST_CASE(pages_of_a_database) {
  for (const double share : shares) check_calibrated("arc_oltp.txt.zst", share);
}

BOOST_AUTO_TEST_CASE(objects_behind_a_web_shop) {
  for (const double share : shares) check_calibrated("c2k_orm_night.txt.zst", share);
}

BOOST_AUTO_TEST_CASE(pages_of_a_web_shop) {
  for (const double share : shares) check_calibrated("c2k_web07.txt.zst", share);
}

BOOST_AUTO_TEST_CASE(files_of_a_network_file_system) {
  for (const double share : shares) check_calibrated("lirs_sprite.txt.zst", share);
}

BOOST_AUTO_TEST_CASE(three_programs_at_once) {
  for (const double share : shares) check_calibrated("lirs_multi2.txt.zst", share);
}

BOOST_AUTO_TEST_SUITE_END()
