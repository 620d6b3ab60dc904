#include "tests/storage/caches/redis_cluster.hpp"

#include <stdexcept>

#include "storage/caches/redis/redis_session.hpp"
#include "storage/caches/redis/slot_map.hpp"

namespace stoker::test {

namespace {

constexpr std::uint16_t slots_each = slot_count / redis_cluster::masters + 1;

std::string text_in(const redisReply& reply) {
  if (reply.type == REDIS_REPLY_INTEGER) return std::to_string(reply.integer);
  if (reply.type != REDIS_REPLY_ARRAY) return std::string{text_of(reply)};
  std::string all;
  for (std::size_t i = 0; i < reply.elements; ++i) all += text_in(*reply.element[i]) + "\n";
  return all;
}

void require_ok(const redis_config& at, std::vector<std::string> command) {
  const auto what = command.front() + " " + command[1];
  if (const auto answer = told(at, std::move(command)); answer != "OK")
    throw std::runtime_error{"Redis Cluster: " + what + ": " + answer};
}

}  // namespace

std::string told(const redis_config& at, std::vector<std::string> command) {
  redis_session session{at};
  std::string answer = "<none>";
  redis_session::batch batch;
  batch.items = 1;
  batch.append = [&](std::string& out, std::size_t) {
    out += "*" + std::to_string(command.size()) + "\r\n";
    for (const auto& word : command) out += "$" + std::to_string(word.size()) + "\r\n" + word + "\r\n";
  };
  batch.on_reply = [&](std::size_t, const redisReply& reply) { answer = text_in(reply); };
  auto failed = trouble::none;
  session.run(batch, std::chrono::steady_clock::now() + std::chrono::seconds{5}, failed);
  return answer;
}

redis_cluster::redis_cluster(bool with_replicas, std::vector<std::string> options, const certificates* tls)
    : options_(std::move(options)), tls_(tls), nodes_(with_replicas ? 2 * masters : masters) {
  for (auto& each : nodes_) {
    each.port = free_port();
    each.bus_port = free_port();
    each.folder = std::make_unique<temporary_folder>();
  }
  for (std::size_t i = 0; i < nodes_.size(); ++i) start(i);
  join();
}

void redis_cluster::start(std::size_t number) {
  auto& self = nodes_[number];
  const auto folder = self.folder->path();
  std::vector<std::string> command{"redis-server", "--dir", folder.string(), "--bind", "127.0.0.1"};
  const auto add = [&command](std::initializer_list<std::string> words) {
    command.insert(command.end(), words.begin(), words.end());
  };
  add({tls_ == nullptr ? "--port" : "--tls-port", std::to_string(self.port)});
  add({"--cluster-port", std::to_string(self.bus_port), "--save", "", "--appendonly", "no"});
  add({"--cluster-enabled", "yes", "--cluster-node-timeout", "1000"});
  add({"--cluster-replica-validity-factor", "0", "--repl-diskless-sync-delay", "0"});
  if (tls_ != nullptr) {
    add({"--port", "0", "--tls-cluster", "yes", "--tls-replication", "yes"});
    add({"--tls-cert-file", tls_->certificate("server"), "--tls-key-file", tls_->key("server")});
    add({"--tls-ca-cert-file", tls_->certificate("ca")});
  }
  command.insert(command.end(), options_.begin(), options_.end());
  self.process = std::make_unique<server_process>(command, (folder / "log").string());
  if (!self.process->wait_until([&] { return told(node(number), {"PING"}) == "PONG"; }))
    throw std::runtime_error{"a node of the Redis Cluster did not start; see its log"};
}

redis_config redis_cluster::node(std::size_t number) const {
  redis_config made;
  made.where.port = nodes_[number].port;
  if (tls_ != nullptr)
    made.where.tls =
        tls_settings{tls_->certificate("ca"), tls_->certificate("client"), tls_->key("client"), ""};
  return made;
}

redis_config redis_cluster::config() const {
  auto made = node(0);
  made.cluster = true;
  made.seeds.push_back(node(1).where);
  return made;
}

std::size_t redis_cluster::master_of(std::uint16_t slot) {
  return slot / slots_each;
}

void redis_cluster::join() {
  for (std::size_t i = 0; i < nodes_.size(); ++i) {
    nodes_[i].id = told(node(i), {"CLUSTER", "MYID"});
    require_ok(node(i), {"CLUSTER", "SET-CONFIG-EPOCH", std::to_string(i + 1)});
    if (i < masters)
      require_ok(node(i), {"CLUSTER", "ADDSLOTSRANGE", std::to_string(i * slots_each),
                           std::to_string(std::min((i + 1) * slots_each, std::size_t{slot_count}) - 1)});
    if (i > 0)
      require_ok(node(i), {"CLUSTER", "MEET", "127.0.0.1", std::to_string(nodes_[0].port),
                           std::to_string(nodes_[0].bus_port)});
  }
  for (std::size_t i = masters; i < nodes_.size(); ++i)
    nodes_[i].process->wait_until([&] {
      return told(node(i), {"CLUSTER", "REPLICATE", nodes_[i - masters].id}) == "OK";
    });
  if (!nodes_[0].process->wait_until([this] { return is_well(); }))
    throw std::runtime_error{"the Redis Cluster did not come together; see its logs"};
}

bool redis_cluster::is_well() const {
  for (std::size_t i = 0; i < nodes_.size(); ++i) {
    const auto info = told(node(i), {"CLUSTER", "INFO"});
    const auto nodes = "cluster_known_nodes:" + std::to_string(nodes_.size()) + "\r";
    if (info.find("cluster_state:ok") == std::string::npos || info.find(nodes) == std::string::npos)
      return false;
    // Until a node has heard of the others' replicas, it would not tell of them.
    const auto known = told(node(i), {"CLUSTER", "NODES"});
    std::size_t replicas = 0;
    for (auto at = known.find("slave "); at != std::string::npos; at = known.find("slave ", at + 1))
      ++replicas;
    if (replicas != nodes_.size() - masters) return false;
    if (i >= masters &&
        told(node(i), {"INFO", "replication"}).find("master_link_status:up") == std::string::npos)
      return false;
  }
  return true;
}

bool redis_cluster::tells_of_replicas() const {
  for (std::size_t i = 0; i < nodes_.size(); ++i) {
    const auto slots = told(node(i), {"CLUSTER", "SLOTS"});
    for (std::size_t replica = masters; replica < nodes_.size(); ++replica)
      if (slots.find(std::to_string(nodes_[replica].port)) == std::string::npos) return false;
  }
  return true;
}

void redis_cluster::begin_move(std::uint16_t slot, std::size_t from, std::size_t to) const {
  const auto name = std::to_string(slot);
  require_ok(node(to), {"CLUSTER", "SETSLOT", name, "IMPORTING", nodes_[from].id});
  require_ok(node(from), {"CLUSTER", "SETSLOT", name, "MIGRATING", nodes_[to].id});
}

void redis_cluster::move_keys(std::uint16_t slot, std::size_t from, std::size_t to) const {
  for (;;) {
    const auto keys = told(node(from), {"CLUSTER", "GETKEYSINSLOT", std::to_string(slot), "100"});
    if (keys.empty()) return;
    std::vector<std::string> command{"MIGRATE", "127.0.0.1", std::to_string(nodes_[to].port), "", "0",
                                     "5000",    "KEYS"};
    for (std::size_t at = 0; at < keys.size();) {
      const auto end = keys.find('\n', at);
      command.push_back(keys.substr(at, end - at));
      at = end + 1;
    }
    const auto answer = told(node(from), std::move(command));
    if (answer != "OK" && answer != "NOKEY") throw std::runtime_error{"Redis Cluster: MIGRATE: " + answer};
  }
}

// Every master is told, the new one first: one that still believed in the old place could talk the new one
// out of the slot, and it would throw away what is there.
void redis_cluster::end_move(std::uint16_t slot, std::size_t from, std::size_t to) const {
  std::vector<std::size_t> order{to, from};
  for (std::size_t i = 0; i < masters; ++i)
    if (i != to && i != from) order.push_back(i);
  for (const auto at : order)
    require_ok(node(at), {"CLUSTER", "SETSLOT", std::to_string(slot), "NODE", nodes_[to].id});
}

}  // namespace stoker::test
