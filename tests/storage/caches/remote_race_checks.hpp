// What every race of live traffic against the warmer must come to.
#pragma once

#include <boost/test/unit_test.hpp>
#include <utility>

#include "tests/storage/caches/remote_race.hpp"

namespace stoker::test {

template <class Connect>
remote_race::result race_at(Connect connect, bool direct_deletes) {
  remote_race::settings how;
  how.connect = std::move(connect);
  how.direct_deletes = direct_deletes;
  const auto came = remote_race::run(how);
  BOOST_TEST_MESSAGE(came.operations << " operations; fills stored " << came.fills_stored << ", present "
                                     << came.fills_present << ", fenced " << came.fills_fenced
                                     << "; refreshes stored " << came.refreshes_stored << ", fenced "
                                     << came.refreshes_fenced << "; stale " << came.stale);
  BOOST_TEST(came.operations >= 100'000u);
  BOOST_TEST(came.failures == 0u);
  BOOST_TEST(came.without_ttl == 0u);
  // All that can happen did, or the race was none.
  BOOST_TEST(came.fills_stored > 0u);
  BOOST_TEST(came.fills_present > 0u);
  BOOST_TEST(came.fills_fenced > 0u);
  BOOST_TEST(came.refreshes_stored > 0u);
  BOOST_TEST(came.refreshes_fenced > 0u);
  return came;
}

}  // namespace stoker::test
