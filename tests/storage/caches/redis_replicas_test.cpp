// Replicas of Redis for reading: of one server, and in a cluster.
#include <algorithm>
#include <boost/test/unit_test.hpp>

#include "messages/error.hpp"
#include "tests/storage/caches/redis_cluster.hpp"
#include "tests/storage/caches/remote_suite.hpp"

namespace stoker::test {

using namespace stoker::remote_suite;

namespace redis_replicas_test {

// A server and its replica, which a test may write to, so that each of the two can be told from the other.
class pair_of_servers {
 public:
  pair_of_servers() {
    start(primary_, {"--repl-diskless-sync-delay", "0"});
    start_replica();
  }

  redis_config primary() const { return at(primary_); }
  redis_config replica() const { return at(replica_); }
  redis_config config() const {
    auto made = primary();
    made.replicas.push_back(replica().where);
    made.read_from = read_preference::replica;
    return made;
  }
  server_process& replica_process() { return *replica_.process; }
  server_process& primary_process() { return *primary_.process; }

  void start_replica() {
    start(replica_, {"--replicaof", "127.0.0.1", std::to_string(primary_.port), "--replica-read-only", "no",
                     "--repl-diskless-sync-delay", "0"});
    BOOST_TEST_REQUIRE(replica_.process->wait_until([this] { return follows(); }));
  }
  bool follows() const {
    return told(replica(), {"INFO", "replication"}).find("master_link_status:up") != std::string::npos;
  }
  // It arrives at the replica, where it is told another value.
  void set_apart(const std::string& key, const std::string& at_primary, const std::string& at_replica) {
    told(primary(), {"SET", key, at_primary, "PX", "3600000"});
    BOOST_TEST_REQUIRE(replica_.process->wait_until([&] {
      return told(replica(), {"GET", key}) == at_primary;
    }));
    told(replica(), {"SET", key, at_replica, "KEEPTTL"});
  }

 private:
  struct member {
    std::uint16_t port = free_port();
    temporary_folder folder;
    std::unique_ptr<server_process> process;
  };

  static redis_config at(const member& one) {
    redis_config made;
    made.where.port = one.port;
    return made;
  }
  static void start(member& one, const std::vector<std::string>& options) {
    const auto folder = one.folder.path().string();
    std::vector<std::string> command{"redis-server", "--port",    std::to_string(one.port),
                                     "--bind",       "127.0.0.1", "--dir",
                                     folder,         "--save",    ""};
    command.insert(command.end(), options.begin(), options.end());
    one.process = std::make_unique<server_process>(command, folder + "/log");
    BOOST_TEST_REQUIRE(one.process->wait_until([&] { return told(at(one), {"PING"}) == "PONG"; }));
  }

  member primary_;
  member replica_;
};

std::uint64_t fell_back(remote_cache& cache) {
  return cache.stats(soon()).fell_back;
}

// Users' lookups that a server counted.
std::uint64_t hits_of(const redis_config& at) {
  const auto info = told(at, {"INFO", "stats"});
  return std::stoull(info.substr(info.find("keyspace_hits:") + 14));
}

}  // namespace redis_replicas_test

BOOST_AUTO_TEST_SUITE(redis_replicas_test)

BOOST_AUTO_TEST_CASE(reads_are_a_replicas_and_changes_and_tokens_the_primarys) {
  if (!is_installed("redis-server")) return;
  pair_of_servers servers;
  servers.set_apart("k", "of the primary", "of the replica");
  redis_cache cache{servers.config()};
  BOOST_TEST(read(cache, "k") == "of the replica");
  BOOST_TEST((look(cache, "k").state == residency::present));
  BOOST_TEST((look(cache, "k").ttl_left > std::chrono::minutes{50}));
  told(servers.replica(), {"SET", "absent at the primary", "v"});
  BOOST_TEST((look(cache, "absent at the primary").state == residency::present));
  BOOST_TEST((warm(cache, "absent at the primary", "filled") == fill_result::stored));
  BOOST_TEST(told(servers.primary(), {"GET", "absent at the primary"}) == "filled");
  // A version that the replica told would not be the primary's.
  BOOST_TEST((refresh(cache, "k", begin_refresh(cache, "k"), "new") == fill_result::stored));
  BOOST_TEST(told(servers.primary(), {"GET", "k"}) == "new");
  BOOST_TEST(invalidate(cache, "k") == 1u);
  BOOST_TEST(told(servers.primary(), {"GET", "k"}) == "");
  BOOST_TEST(fell_back(cache) == 0u);
}

BOOST_AUTO_TEST_CASE(what_was_just_changed_is_read_from_the_primary) {
  if (!is_installed("redis-server")) return;
  pair_of_servers servers;
  redis_cache cache{servers.config()};
  servers.set_apart("other", "of the primary", "of the replica");
  put(cache, "k", "new");
  told(servers.replica(), {"SET", "k", "of the replica"});
  BOOST_TEST(read(cache, "k") == "new");
  BOOST_TEST(read(cache, "other") == "of the replica");
  BOOST_TEST(fell_back(cache) == 0u);
  // A moment later it is the replica's affair again.
  const bool again = servers.replica_process().wait_until([&] {
    told(servers.replica(), {"SET", "k", "of the replica"});
    return read(cache, "k") == "of the replica";
  });
  BOOST_TEST(again);
}

BOOST_AUTO_TEST_CASE(a_replica_that_is_away_is_stood_in_for_and_read_again_when_it_is_back) {
  if (!is_installed("redis-server")) return;
  pair_of_servers servers;
  servers.set_apart("k", "of the primary", "of the replica");
  redis_cache cache{servers.config()};
  BOOST_TEST(read(cache, "k") == "of the replica");
  servers.replica_process().stop();
  BOOST_TEST(read(cache, "k") == "of the primary");
  BOOST_TEST(read(cache, "k") == "of the primary");
  BOOST_TEST(fell_back(cache) == 2u);
  BOOST_TEST((cache.condition(soon()).why == trouble::none));
  servers.start_replica();
  BOOST_TEST(servers.replica_process().wait_until([&] {
    told(servers.replica(), {"SET", "k", "of the replica"});
    return read(cache, "k") == "of the replica";
  }));
}

BOOST_AUTO_TEST_CASE(a_replica_that_hangs_leaves_the_primary_time_to_answer) {
  if (!is_installed("redis-server")) return;
  pair_of_servers servers;
  servers.set_apart("k", "of the primary", "of the replica");
  redis_cache cache{servers.config()};
  BOOST_TEST(read(cache, "k") == "of the replica");
  servers.replica_process().pause();
  const std::string_view key = "k";
  const auto found = cache.read({&key, 1}, deadline_clock::now() + std::chrono::seconds{2}).front();
  BOOST_TEST(found.bytes.view() == "of the primary");
  BOOST_TEST(fell_back(cache) == 1u);
  servers.replica_process().resume();
}

BOOST_AUTO_TEST_CASE(a_replica_that_follows_no_more_is_not_read_from) {
  if (!is_installed("redis-server")) return;
  pair_of_servers servers;
  servers.set_apart("k", "of the primary", "of the replica");
  redis_cache cache{servers.config()};
  BOOST_TEST(read(cache, "k") == "of the replica");
  told(servers.replica(), {"REPLICAOF", "127.0.0.1", std::to_string(free_port())});
  // It is looked at once a second.
  BOOST_TEST(servers.primary_process().wait_until([&] { return read(cache, "k") == "of the primary"; }));
  BOOST_TEST(fell_back(cache) > 0u);
  BOOST_TEST(cache.last_error().find("does not keep up") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_replica_still_loading_or_refusing_leaves_the_read_to_the_primary) {
  if (!is_installed("redis-server")) return;
  pair_of_servers servers;
  servers.set_apart("k", "of the primary", "of the replica");
  redis_cache cache{servers.config()};
  BOOST_TEST(read(cache, "k") == "of the replica");
  told(servers.replica(), {"CONFIG", "SET", "replica-serve-stale-data", "no"});
  told(servers.replica(), {"REPLICAOF", "127.0.0.1", std::to_string(free_port())});
  BOOST_TEST(read(cache, "k") == "of the primary");  // MASTERDOWN
  BOOST_TEST(fell_back(cache) == 1u);
}

BOOST_AUTO_TEST_CASE(a_clusters_replicas_are_read_from_and_one_that_goes_is_stood_in_for) {
  if (!is_installed("redis-server")) return;
  redis_cluster cluster{true};
  auto config = cluster.config();
  config.read_from = read_preference::replica;
  redis_cache others{config};
  std::vector<std::string> names;
  for (int i = 0; i < 300; ++i) names.push_back("key" + std::to_string(i));
  for (const auto& name : names) put(others, name, name);
  BOOST_TEST_REQUIRE(cluster.process(0).wait_until([&] { return cluster.tells_of_replicas(); }));
  redis_cache cache{config};
  const auto all_are_there = [&] {
    return std::all_of(names.begin(), names.end(),
                       [&](const auto& name) { return read(cache, name) == name; });
  };
  BOOST_TEST(cluster.process(0).wait_until(all_are_there));
  std::vector<std::uint64_t> before;
  for (std::size_t i = 0; i < cluster.size(); ++i) before.push_back(hits_of(cluster.node(i)));
  BOOST_TEST(all_are_there());
  for (std::size_t i = 0; i < cluster.size(); ++i) {
    const bool read_from = hits_of(cluster.node(i)) > before[i];
    BOOST_TEST(read_from == (i >= redis_cluster::masters));
  }
  BOOST_TEST(fell_back(cache) == 0u);
  cluster.process(redis_cluster::masters).stop();
  BOOST_TEST(all_are_there());
  BOOST_TEST(fell_back(cache) > 0u);
}

BOOST_AUTO_TEST_CASE(reading_from_replicas_needs_some) {
  redis_config config;
  config.read_from = read_preference::replica;
  BOOST_CHECK_THROW(redis_cache{config}, error);
  config.replicas.emplace_back();
  BOOST_CHECK_THROW(redis_cache{config}, error);  // without a port
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace stoker::test
