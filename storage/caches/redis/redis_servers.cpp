#include "storage/caches/redis/redis_servers.hpp"

#include <absl/container/flat_hash_map.h>

#include <deque>

namespace stoker {

namespace {

// A key is sent on so often at most: from a replica to its primary, from there to where its slot is going,
// and once more for each that moved again meanwhile.
constexpr int most_rounds = 8;
constexpr duration oldest_map = std::chrono::seconds{5};  // that the list of servers is taken from
constexpr duration lately = std::chrono::seconds{1};

// One that hangs must leave the primary time to answer.
redis_servers::steady_time half_way_to(redis_servers::steady_time deadline) {
  const auto now = std::chrono::steady_clock::now();
  return deadline > now ? now + (deadline - now) / 2 : deadline;
}

}  // namespace

struct redis_servers::round {
  struct lost {
    waiting what;
    std::string server;  // where it was
    trouble why = trouble::none;
  };

  const redis_batch& what;
  steady_time deadline;
  std::deque<node_pipeline> pipelines{};
  absl::flat_hash_map<redis_session*, node_pipeline*> by_server{};
  std::vector<std::optional<redis_session*>> readers{};  // by shard; null: the primary
  std::vector<waiting> next{};
  bool at_replicas = false;
  std::vector<lost> unanswered{};

  node_pipeline& at(redis_session& server, const std::string& name) {
    auto& found = by_server[&server];
    if (found == nullptr) found = &pipelines.emplace_back(server, name);
    return *found;
  }
};

std::string_view redis_servers::full(std::string_view key) {
  if (config.key_prefix.empty()) return key;
  full_.assign(config.key_prefix).append(key);
  return full_;
}

void redis_servers::run(const redis_batch& what, steady_time deadline) {
  std::vector<waiting> left(what.items);
  for (std::size_t item = 0; item < what.items; ++item) left[item].item = item;
  for (int rounds = 0; rounds < most_rounds && !left.empty(); ++rounds) left = ask(left, what, deadline);
  if (left.empty()) return;
  error_ = "keys are sent from server to server without end";
  for (const auto& one : left) what.on_trouble(one.item, trouble::unavailable);
}

std::vector<redis_servers::waiting> redis_servers::ask(const std::vector<waiting>& items,
                                                       const redis_batch& what, steady_time deadline) {
  topology_.learn(deadline);
  round now{what, deadline};
  for (const auto& one : items) {
    if (auto* pipeline = pipeline_for(one, now)) {
      pipeline->add({one.item, !one.asked_at.empty()});
    } else {
      topology_.doubt();
      error_ = "nobody is known to serve the slots of some keys";
      what.on_trouble(one.item, topology_.why_unserved());
    }
  }
  std::vector<server_link::turn> turns;
  for (auto& each : now.pipelines)
    turns.push_back(each.turn(what, [this, &server = each.server()] { telling_ = &server.own; }));
  if (now.at_replicas) now.deadline = half_way_to(deadline);
  server_link::converse_all(turns, now.deadline);
  telling_ = &nobody_;
  for (std::size_t i = 0; i < turns.size(); ++i) collect(now.pipelines[i], turns[i].came, now);
  leave(now, deadline);
  return std::move(now.next);
}

node_pipeline* redis_servers::pipeline_for(const waiting& one, round& now) {
  if (!one.asked_at.empty()) return &now.at(topology_.session(one.asked_at), one.asked_at);
  const auto shard =
      topology_.shard_of(topology_.routes() ? full(now.what.key(one.item)) : std::string_view{});
  if (!shard) return nullptr;
  const auto& name = topology_.map().shards()[*shard].primary;
  if (auto* reader = reader_for(*shard, one, now)) return &now.at(*reader, name);
  return &now.at(topology_.primary(*shard), name);
}

redis_session* redis_servers::reader_for(std::size_t shard, const waiting& one, round& now) {
  if (!now.what.reads || one.primary_only || !topology_.reads_replicas()) return nullptr;
  if (changed_lately(now.what.key(one.item))) return nullptr;
  now.readers.resize(topology_.map().shards().size());
  auto& reader = now.readers[shard];
  if (!reader) reader = topology_.reader(shard, now.deadline);
  if (*reader == nullptr) ++fell_back_;
  now.at_replicas = now.at_replicas || *reader != nullptr;
  return *reader;
}

bool redis_servers::changed_lately(std::string_view key) {
  if (const auto now = std::chrono::steady_clock::now(); now - lately_ >= lately) {
    changes_before_ = changes_lately_;
    changes_lately_ = changes.generation();
    lately_ = now;
  }
  return changes.changed_since(key, changes_before_);
}

void redis_servers::collect(const node_pipeline& done, trouble came, round& now) {
  const auto& server = done.server();
  if (!done.complaint().empty()) {
    error_ = server.config.where.shown() + ": " + done.complaint();
    topology_.doubt();
  }
  for (const auto& each : done.redirected()) {
    if (!each.where.once) topology_.moved(each.where);
    now.next.push_back({each.item, true, each.where.once ? each.where.to : std::string{}});
  }
  redirected_ += done.redirected().size();
  for (const auto item : done.left_to_primary()) now.next.push_back({item, true});
  fell_back_ += done.left_to_primary().size();
  if (!done.left_to_primary().empty()) topology_.failed(server);
  if (came == trouble::none) return;
  topology_.doubt();
  if (server.at_replica) topology_.failed(server);
  for (const auto& one : done.unanswered()) {
    if (server.at_replica) {
      ++fell_back_;
      now.next.push_back({one.item, true});
    } else {
      now.unanswered.push_back({{one.item, true}, done.name(), came});
    }
  }
}

// What has no answer is asked again where the cluster names another server by now, or where replicas had but
// a part of the time.
void redis_servers::leave(round& now, steady_time deadline) {
  if (now.unanswered.empty()) return;
  topology_.learn(deadline);
  for (auto& each : now.unanswered) {
    if (now.at_replicas && each.why == trouble::timed_out) {
      now.next.push_back(std::move(each.what));
      continue;
    }
    const bool may_move = topology_.routes() && each.why == trouble::unavailable;
    const auto shard = may_move ? topology_.shard_of(full(now.what.key(each.what.item))) : std::nullopt;
    if (shard && topology_.map().shards()[*shard].primary != each.server)
      now.next.push_back(std::move(each.what));
    else
      now.what.on_trouble(each.what.item, each.why);
  }
}

trouble redis_servers::each(steady_time deadline, const std::function<trouble(const part&)>& ask) {
  topology_.doubt_if_older(oldest_map);
  topology_.learn(deadline);
  std::vector<std::size_t> holders;
  const auto& shards = topology_.map().shards();
  for (std::size_t i = 0; i < shards.size(); ++i)
    if (shards[i].slots > 0) holders.push_back(i);
  auto first = holders.empty() ? topology_.why_unserved() : trouble::none;
  for (auto left = static_cast<std::int64_t>(holders.size()); const auto shard : holders) {
    const auto now = std::chrono::steady_clock::now();
    const auto share = deadline > now ? now + (deadline - now) / left : deadline;
    --left;
    const auto one = ask({topology_.primary(shard), shards[shard].slots_mark, share});
    if (one == trouble::none) continue;
    topology_.doubt();
    if (first == trouble::none) first = one;
  }
  return first;
}

remote_stats redis_servers::counted() const {
  auto result = counts.counts();
  result.connections = topology_.connections();
  result.redirected = redirected_;
  result.fell_back = fell_back_;
  return result;
}

std::string redis_servers::last_error() const {
  const auto servers = topology_.last_error();
  if (error_.empty() || servers.empty()) return error_ + servers;
  return error_ + "; " + servers;
}

}  // namespace stoker
