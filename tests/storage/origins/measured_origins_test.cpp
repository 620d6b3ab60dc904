// What a miss costs is measured on the way, whatever the origin: each load's receipt tells size and time.
#include <boost/test/unit_test.hpp>

#include "storage/caches/memory/memory_cache.hpp"
#include "storage/caches/read_through.hpp"
#include "storage/origins/exec_origin.hpp"
#include "storage/origins/http_origin.hpp"
#include "storage/origins/peer_origin.hpp"
#include "storage/origins/postgres_origin.hpp"
#include "tests/fixtures/http_server.hpp"
#include "tests/fixtures/postgres_server.hpp"
#include "tests/storage/caches/redis_server.hpp"

BOOST_AUTO_TEST_SUITE(measured_origins_suite)

namespace {

using namespace stoker;
using namespace stoker::test;

constexpr auto patience = std::chrono::seconds{20};

// Warms "key" from the origin, whose value is "value", and then reads the entry's cost.
void check_measured(std::shared_ptr<origin> source) {
  read_through_config config;
  config.name = "measured";
  config.entries = std::make_shared<memory_cache>(memory_cache_config{.capacity_bytes = 1 << 20});
  config.source = std::move(source);
  read_through cache{config};
  load_item item;
  item.key = "key";
  const auto until = std::chrono::steady_clock::now() + patience;
  const time_point now{std::chrono::hours{1}};
  const auto receipt = cache.load_and_fill(item, now, until, filled_by::warmer, nullptr);
  BOOST_TEST((receipt.status == load_status::stored));
  BOOST_TEST(receipt.error == "");
  BOOST_TEST(receipt.bytes == 5u);
  BOOST_TEST((receipt.took > duration::zero() && receipt.took < patience));
  BOOST_TEST(config.entries->get("key", now).cost_us > 0u);
}

BOOST_AUTO_TEST_CASE(http_is_measured) {
  http_server server{[](const heard_request&) { return answer(200, "value"); }};
  http_origin_config config;
  config.urls = {{"*", server.url() + "/{key}"}};
  check_measured(std::make_shared<http_origin>(config));
}

BOOST_AUTO_TEST_CASE(a_program_is_measured) {
  exec_origin_config config;
  config.arguments = {"printf", "value"};
  check_measured(std::make_shared<exec_origin>(config));
}

BOOST_AUTO_TEST_CASE(postgres_is_measured) {
  if (!has_postgres()) return;
  const postgres_server server;
  postgres_origin_config config;
  config.connection = server.connection();
  config.statement = "SELECT 'value' WHERE $1 = 'key'";
  check_measured(std::make_shared<postgres_origin>(config));
}

BOOST_AUTO_TEST_CASE(a_peer_is_measured) {
  if (!is_installed("redis-server")) return;
  const redis_server server;
  auto peer = std::make_shared<redis_cache>(server.config());
  remote_entry entry;
  entry.key = "key";
  entry.bytes = "value";
  peer->put(std::span{&entry, 1}, std::chrono::steady_clock::now() + patience);
  check_measured(std::make_shared<peer_origin>(peer_origin_config{peer, nullptr}));
}

}  // namespace

BOOST_AUTO_TEST_SUITE_END()
