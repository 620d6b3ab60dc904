#include "storage/caches/redis/redis_topology.hpp"

#include <algorithm>
#include <set>

#include "messages/error.hpp"

namespace stoker {

namespace {

constexpr duration between_maps = std::chrono::milliseconds{100};
constexpr duration map_time = std::chrono::seconds{1};  // that one node may take to tell it
constexpr duration between_looks = std::chrono::seconds{1};
constexpr std::size_t most_broken = 64;  // sessions that wait for their servers to come back
constexpr duration look_time = std::chrono::milliseconds{250};

redis_config checked(redis_config config) {
  const auto refuse = [](const char* why) {
    throw error{errc::invalid_argument, std::string{"redis: "} + why};
  };
  const bool reads_replicas = config.read_from == read_preference::replica;
  if (config.cluster && config.database != 0) refuse("a cluster has database 0 alone");
  if (config.cluster && !config.where.socket_path.empty())
    refuse("a cluster is reached over TCP: give host and port of a node, and no socket");
  if (config.cluster && !config.replicas.empty()) refuse("a cluster tells its replicas itself: name none");
  if (!config.cluster && !config.seeds.empty()) refuse("further nodes are of a cluster");
  if (!config.cluster && reads_replicas && config.replicas.empty())
    refuse("there are no replicas to read from: name them, or read from the primary");
  return config;
}

}  // namespace

redis_topology::redis_topology(redis_config config) : config_(checked(std::move(config))) {
  std::vector<std::string> replicas;
  for (const auto& each : config_.replicas) {
    replicas.push_back(each.shown());
    configured_.emplace(each.shown(), each);
    replica_named(each.shown());  // says what is wrong with it
  }
  for (const auto& each : config_.seeds) configured_.emplace(each.shown(), each);
  configured_.insert_or_assign(config_.where.shown(), config_.where);
  for (const auto& [name, where] : configured_)
    if (!replicas_.contains(name)) session(name);
  if (!config_.cluster) map_.replace({{0, slot_count - 1, config_.where.shown(), replicas}});
}

endpoint redis_topology::where(const std::string& name) const {
  if (const auto found = configured_.find(name); found != configured_.end()) return found->second;
  auto where = endpoint_named(name).value_or(endpoint{});
  where.tls = config_.where.tls;
  return where;
}

redis_session& redis_topology::session(const std::string& name) {
  auto& found = sessions_[name];
  if (!found) {
    auto config = config_;
    config.where = where(name);
    found = std::make_unique<redis_session>(std::move(config));
  }
  return *found;
}

redis_topology::replica& redis_topology::replica_named(const std::string& name) {
  auto& found = replicas_[name];
  if (!found.session) {
    auto config = config_;
    config.where = where(name);
    found.session = std::make_unique<redis_session>(std::move(config), true);
  }
  return found;
}

void redis_topology::doubt_if_older(duration age) noexcept {
  if (std::chrono::steady_clock::now() - learned_at_ > age) doubted_ = true;
}

void redis_topology::moved(const redirection& where) {
  if (!map_.move(where.slot, where.to)) return;
  doubted_ = true;
  best_informed_ = where.to;
}

// Those that hold something first, each time from another one on.
std::vector<std::string> redis_topology::candidates() const {
  std::vector<std::string> names;
  for (const auto& shard : map_.shards()) names.push_back(shard.primary);
  if (!names.empty())
    std::rotate(names.begin(), names.begin() + static_cast<std::ptrdiff_t>(turn_ % names.size()),
                names.end());
  for (const auto& shard : map_.shards())
    names.insert(names.end(), shard.replicas.begin(), shard.replicas.end());
  for (const auto& [name, where] : configured_) names.push_back(name);
  if (!best_informed_.empty()) names.insert(names.begin(), best_informed_);
  std::set<std::string> seen;
  std::erase_if(names, [&](const std::string& name) { return !seen.insert(name).second; });
  return names;
}

void redis_topology::learn(steady_time deadline) {
  if (!config_.cluster || (!map_.empty() && !doubted_)) return;
  auto now = std::chrono::steady_clock::now();
  if (now < may_learn_at_) return;
  ++turn_;
  for (const auto& name : candidates()) {
    if (now >= deadline) break;
    why_no_map_ = learn_from(session(name), std::min(deadline, now + map_time));
    if (why_no_map_ == trouble::none) break;
    now = std::chrono::steady_clock::now();
  }
  best_informed_.clear();
  may_learn_at_ = std::chrono::steady_clock::now() + between_maps;
  forget_unnamed();
}

trouble redis_topology::learn_from(redis_session& node, steady_time deadline) {
  std::vector<slot_range> ranges;
  auto refused = trouble::unavailable;  // a node that was not told yet who its cluster is
  redis_session::batch ask;
  ask.items = 1;
  ask.append = [](std::string& out, std::size_t) { append_command(out, {"CLUSTER", "SLOTS"}); };
  ask.on_reply = [&](std::size_t, const redisReply& reply) {
    const auto& where = node.config.where;
    if (reply.type == REDIS_REPLY_ERROR) {
      error_ = where.shown() + ": " + std::string{text_of(reply)};
      refused = trouble_of(reply);
    }
    ranges = slots_of(reply, where.host).value_or(std::vector<slot_range>{});
  };
  auto failed = trouble::none;
  node.run(ask, deadline, failed);
  if (ranges.empty()) return failed == trouble::none ? refused : failed;
  map_.replace(ranges);
  doubted_ = false;
  learned_at_ = std::chrono::steady_clock::now();
  return trouble::none;
}

void redis_topology::forget_unnamed() {
  std::set<std::string> primaries, replicas;
  for (const auto& shard : map_.shards()) {
    primaries.insert(shard.primary);
    replicas.insert(shard.replicas.begin(), shard.replicas.end());
  }
  std::erase_if(sessions_, [&](const auto& each) {
    const auto& link = each.second->link;
    const bool broken = !link.is_open() && link.connections() > 0;
    if (primaries.contains(each.first) || configured_.contains(each.first)) return false;
    if (broken && sessions_.size() <= primaries.size() + most_broken) return false;
    forgotten_connections_ += each.second->link.connections();
    return true;
  });
  std::erase_if(replicas_, [&](const auto& each) {
    if (replicas.contains(each.first)) return false;
    forgotten_connections_ += each.second.session->link.connections();
    return true;
  });
}

redis_session* redis_topology::reader(std::size_t shard, steady_time deadline) {
  const auto& names = map_.shards()[shard].replicas;
  ++turn_;
  for (std::size_t i = 0; i < names.size(); ++i) {
    auto& one = replica_named(names[(turn_ + i) % names.size()]);
    if (fits(one, primary(shard), deadline)) return one.session.get();
  }
  return nullptr;
}

bool redis_topology::fits(replica& one, const redis_session& primary, steady_time deadline) {
  const auto now = std::chrono::steady_clock::now();
  if (one.looked_at != steady_time{} && now - one.looked_at < between_looks) return one.fit;
  redis_info info;
  const auto why = one.session->read_replication(std::min(deadline, now + look_time), info);
  one.fit = why == trouble::none && keeps_up(info, primary.replication_offset());
  if (why == trouble::none && !one.fit)
    error_ = one.session->config.where.shown() + ": it does not keep up with its primary";
  one.looked_at = std::chrono::steady_clock::now();
  return one.fit;
}

void redis_topology::failed(const redis_session& reader) {
  for (auto& [name, one] : replicas_)
    if (one.session.get() == &reader) one.fit = false;
}

std::uint64_t redis_topology::connections() const {
  auto all = forgotten_connections_;
  for (const auto& [name, each] : sessions_) all += each->link.connections();
  for (const auto& [name, each] : replicas_) all += each.session->link.connections();
  return all;
}

std::string redis_topology::last_error() const {
  auto all = error_;
  const auto add = [&all](const std::string& one) {
    if (!one.empty()) all += (all.empty() ? "" : "; ") + one;
  };
  for (const auto& [name, each] : sessions_) add(each->link.last_error());
  for (const auto& [name, each] : replicas_) add(each.session->link.last_error());
  return all;
}

}  // namespace stoker
