// How a configuration says that a cache in Redis is a cluster, or has replicas to read from.
#include <boost/test/unit_test.hpp>

#include "apps/configuration/back_ends.hpp"
#include "apps/configuration/redis_keys.hpp"

using namespace stoker;
using namespace stoker::configuration;

namespace redis_keys_test {

redis_config read(const std::string& text, redis_config config = {}) {
  const auto table = parse(text, "s.toml");
  const environment none;
  key_catalog asked;
  section from{table, {"s.toml", "cache", "cache \"c\"", {}}, none, asked};
  read_redis_servers(from, config);
  return config;
}

// As the daemon reads it.
back_end_choice chosen(const std::string& text) {
  const auto table = parse(text, "s.toml");
  const environment none;
  key_catalog asked;
  section from{table, {"s.toml", "cache", "cache \"c\"", {}}, none, asked};
  return back_ends().at("redis")(from);
}

void refuses(const std::string& text, const std::string& part) {
  BOOST_CHECK_EXCEPTION(chosen(text), error, [&](const error& mistake) {
    BOOST_TEST_MESSAGE(mistake.what());
    return std::string{mistake.what()}.find(part) != std::string::npos;
  });
}

}  // namespace redis_keys_test

BOOST_AUTO_TEST_SUITE(redis_keys_test)

BOOST_AUTO_TEST_CASE(one_server_is_what_nothing_else_is_said_of) {
  const auto config = read("");
  BOOST_TEST(!config.cluster);
  BOOST_TEST(config.seeds.empty());
  BOOST_TEST(config.replicas.empty());
  BOOST_TEST((config.read_from == read_preference::primary));
}

BOOST_AUTO_TEST_CASE(a_cluster_is_told_by_some_of_its_nodes) {
  redis_config tls;
  tls.where.tls = tls_settings{"ca", "", "", ""};
  const auto config =
      read("cluster = true\nnodes = [\"10.0.0.1:7000\", \"[::1]:7001\"]\nread_from = \"replica\"", tls);
  BOOST_TEST(config.cluster);
  BOOST_TEST(config.where.shown() == "10.0.0.1:7000");
  BOOST_TEST_REQUIRE(config.seeds.size() == 1u);
  BOOST_TEST(config.seeds[0].host == "::1");
  BOOST_TEST(config.seeds[0].port == 7001);
  BOOST_TEST(config.seeds[0].tls->ca_file == "ca");
  BOOST_TEST((config.read_from == read_preference::replica));
  // Host and port name one more.
  const auto more = read("host = \"h\"\ncluster = true\nnodes = [\"10.0.0.1:7000\"]");
  BOOST_TEST(more.where.shown() == "127.0.0.1:6379");
  BOOST_TEST(more.seeds.size() == 1u);
  const auto choice = chosen("cluster = true\nport = 7000");
  BOOST_TEST(choice.shown == "127.0.0.1:7000, a cluster");
  BOOST_TEST(choice.make()->capabilities().ttl);
}

BOOST_AUTO_TEST_CASE(replicas_are_named_and_read_from_when_that_is_wanted) {
  const auto config = read("replicas = [\"10.0.0.3:6379\"]\nread_from = \"replica\"");
  BOOST_TEST_REQUIRE(config.replicas.size() == 1u);
  BOOST_TEST(config.replicas[0].shown() == "10.0.0.3:6379");
  BOOST_TEST((config.read_from == read_preference::replica));
  BOOST_TEST((read("replicas = [\"a:1\"]").read_from == read_preference::primary));
}

BOOST_AUTO_TEST_CASE(what_can_not_go_together_is_told_with_its_line) {
  refuses("cluster = true\ndatabase = 1", "s.toml:2: cache \"c\": database must be 0");
  refuses("cluster = true\nsocket = \"/s\"", "s.toml:2: cache \"c\": socket is none of a cluster's");
  refuses("cluster = true\nreplicas = [\"a:1\"]", "s.toml:2: cache \"c\": replicas must be left out");
  refuses("nodes = [\"a:1\"]", "s.toml:1: cache \"c\": nodes goes with cluster = true");
  refuses("read_from = \"replica\"", "s.toml:1: cache \"c\": read_from needs replicas, or cluster = true");
  refuses("read_from = \"replicas\"", "did you mean \"replica\"?");
  refuses("cluster = true\nnodes = [\"a\"]",
          "s.toml:2: cache \"c\": nodes must be servers as \"host:port\", which \"a\" is not");
}

BOOST_AUTO_TEST_SUITE_END()
