#include "storage/origins/routed_origin.hpp"

#include <boost/test/unit_test.hpp>
#include <thread>
#include <vector>

#include "storage/origins/function_origin.hpp"

using namespace stoker;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(routed_origin_suite)

namespace {

std::shared_ptr<origin> saying(const std::string& text) {
  return std::make_shared<function_origin>([text](std::string_view) { return loaded(text); });
}

std::string load(routed_origin& routed, std::string_view key) {
  return std::string{routed.load(key, std::chrono::steady_clock::time_point::max()).bytes.view()};
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_key_with_a_loader_of_its_own_is_loaded_by_it_and_others_are_not) {
  routed_origin routed{saying("others")};
  routed.route("own", saying("own"), 0s);
  BOOST_TEST(load(routed, "own") == "own");
  BOOST_TEST(load(routed, "else") == "others");
  routed.unroute("own");
  BOOST_TEST(load(routed, "own") == "others");
}

BOOST_AUTO_TEST_CASE(a_route_may_set_the_ttl_alone_and_a_load_that_names_one_keeps_it) {
  routed_origin routed{saying("others")};
  routed.route("a", nullptr, 5min);
  const auto result = routed.load("a", std::chrono::steady_clock::time_point::max());
  BOOST_TEST((result.bytes.view() == "others"));
  BOOST_TEST((result.ttl == 5min));
  auto short_lived = std::make_shared<function_origin>([](std::string_view) -> load_result {
    auto own = loaded("x");
    own.ttl = 1s;
    return own;
  });
  routed.route("b", short_lived, 5min);
  BOOST_TEST((routed.load("b", std::chrono::steady_clock::time_point::max()).ttl == 1s));
}

BOOST_AUTO_TEST_CASE(routes_change_while_others_load) {
  routed_origin routed{saying("others")};
  std::vector<std::thread> threads;
  for (int t = 0; t < 2; ++t)
    threads.emplace_back([&] {
      for (int i = 0; i < 2000; ++i) BOOST_REQUIRE(!load(routed, "k").empty());
    });
  for (int i = 0; i < 2000; ++i) {
    routed.route("k", saying("own"), 0s);
    routed.unroute("k");
  }
  for (auto& thread : threads) thread.join();
}

BOOST_AUTO_TEST_SUITE_END()
