// A Redis server of a test's own, on a Unix socket in a folder of its own.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "storage/caches/redis/redis_cache.hpp"
#include "tests/fixtures/server_process.hpp"
#include "tests/fixtures/temporary_folder.hpp"

namespace stoker::test {

class redis_server {
 public:
  explicit redis_server(std::vector<std::string> options = {}) : options_(std::move(options)) { start(); }

  redis_config config() const {
    redis_config made;
    made.where.socket_path = socket_path();
    return made;
  }
  std::string socket_path() const { return (folder_.path() / "s").string(); }

  void start() {
    std::vector<std::string> command{
        "redis-server",          "--port", "0", "--unixsocket", socket_path(), "--dir",
        folder_.path().string(), "--save", "",  "--appendonly", "no"};
    command.insert(command.end(), options_.begin(), options_.end());
    process_ = std::make_unique<server_process>(command, (folder_.path() / "log").string());
    if (!process_->wait_until([this] { return answers(); }))
      throw std::runtime_error{"the Redis server did not start; see its log"};
  }
  server_process& process() { return *process_; }

 private:
  // Whether it speaks at all; who may ask is another matter.
  bool answers() const {
    socket_stream stream;
    const auto until = std::chrono::steady_clock::now() + std::chrono::seconds{1};
    return stream.open(config().where, until) == trouble::none;
  }

  temporary_folder folder_;
  std::vector<std::string> options_;
  std::unique_ptr<server_process> process_;
};

}  // namespace stoker::test
