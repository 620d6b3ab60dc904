#include "apps/configuration/redis_keys.hpp"

#include <limits>

#include "storage/caches/redis/cluster_replies.hpp"

namespace stoker::configuration {

namespace {

const std::map<std::string, read_preference> preference_words{{"primary", read_preference::primary},
                                                              {"replica", read_preference::replica}};

std::vector<endpoint> read_servers(section& from, const std::string& key, const redis_config& alike) {
  std::vector<endpoint> servers;
  for (const auto& name : from.texts(key)) {
    auto where = endpoint_named(name);
    if (!where) from.fail(key, "must be servers as \"host:port\", which \"" + name + "\" is not");
    where->tls = alike.where.tls;
    servers.push_back(*std::move(where));
  }
  return servers;
}

void check_cluster(section& from, const redis_config& read) {
  if (read.database != 0) from.fail("database", "must be 0: a cluster has no other");
  if (!read.where.socket_path.empty())
    from.fail("socket", "is none of a cluster's: give host and port, or nodes");
  if (!read.replicas.empty()) from.fail("replicas", "must be left out: a cluster tells them itself");
}

}  // namespace

void read_redis_servers(section& from, redis_config& into) {
  into.cluster = from.flag("cluster").value_or(false);
  into.seeds = read_servers(from, "nodes", into);
  into.replicas = read_servers(from, "replicas", into);
  into.read_from = from.choice("read_from", preference_words).value_or(into.read_from);
  if (into.cluster) {
    check_cluster(from, into);
  } else {
    if (!into.seeds.empty()) from.fail("nodes", "goes with cluster = true");
    if (into.read_from == read_preference::replica && into.replicas.empty())
      from.fail("read_from", "needs replicas, or cluster = true");
  }
  // Without host and port, the first node stands for them, and not the server that they would name by
  // default.
  const bool elsewhere =
      from.text("host") || from.integer("port", 1, std::numeric_limits<std::uint16_t>::max());
  if (into.seeds.empty() || elsewhere) return;
  into.where = into.seeds.front();
  into.seeds.erase(into.seeds.begin());
}

}  // namespace stoker::configuration
