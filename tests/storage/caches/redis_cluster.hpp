// A Redis Cluster of a test's own: masters, each with a replica or without, on loopback, with folders of
// their own. It fails over within a second or two.
//
// Threads: one at a time.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "storage/caches/redis/redis_cache.hpp"
#include "tests/fixtures/certificates.hpp"
#include "tests/fixtures/server_process.hpp"
#include "tests/fixtures/temporary_folder.hpp"

namespace stoker::test {

// The reply to one command as text: of an error its words, of an array its elements line by line; "<none>":
// there was no answer.
std::string told(const redis_config& at, std::vector<std::string> command);

class redis_cluster {
 public:
  static constexpr std::size_t masters = 3;

  // `options` are of each server. With certificates it speaks TLS alone, and asks its clients for theirs.
  explicit redis_cluster(bool with_replicas, std::vector<std::string> options = {},
                         const certificates* tls = nullptr);

  // As a client is told of it: by one node of several.
  redis_config config() const;
  // Of one server alone: masters first, then their replicas.
  redis_config node(std::size_t number) const;
  std::size_t size() const noexcept { return nodes_.size(); }
  server_process& process(std::size_t number) { return *nodes_[number].process; }
  void start(std::size_t number);

  // Of the masters as they were made: the slots are divided evenly.
  static std::size_t master_of(std::uint16_t slot);
  // A slot on its way: what is there stays until it is moved, what comes goes to the new place (ASK).
  void begin_move(std::uint16_t slot, std::size_t from, std::size_t to) const;
  void move_keys(std::uint16_t slot, std::size_t from, std::size_t to) const;
  // From now on the old place says MOVED.
  void end_move(std::uint16_t slot, std::size_t from, std::size_t to) const;

  // Every node says that all is well, and every replica that it follows.
  bool is_well() const;
  // Clients are told of the replicas, which nodes begin when something was replicated.
  bool tells_of_replicas() const;

 private:
  struct member {
    std::uint16_t port = 0;
    std::uint16_t bus_port = 0;
    std::unique_ptr<temporary_folder> folder;
    std::unique_ptr<server_process> process;
    std::string id;
  };

  void join();

  std::vector<std::string> options_;
  const certificates* tls_;
  std::vector<member> nodes_;
};

}  // namespace stoker::test
