// A memcached of a test's own, on a Unix socket in a folder of its own.
#pragma once

#include <unistd.h>

#include <memory>
#include <string>
#include <vector>

#include "storage/caches/memcached/memcached_cache.hpp"
#include "storage/caches/memcached/meta_wire.hpp"
#include "tests/fixtures/server_process.hpp"
#include "tests/fixtures/temporary_folder.hpp"

namespace stoker::test {

class memcached_server {
 public:
  explicit memcached_server(std::vector<std::string> options = {}) : options_(std::move(options)) { start(); }

  memcached_config config() const {
    memcached_config made;
    made.where.socket_path = folder_ / "s";
    return made;
  }

  void start() {
    std::vector<std::string> command{"memcached", "-s", folder_ / "s", "-t", "2"};
    if (::geteuid() == 0) command.insert(command.end(), {"-u", "root"});  // which it asks for
    command.insert(command.end(), options_.begin(), options_.end());
    process_ = std::make_unique<server_process>(command, folder_ / "log");
    if (!process_->wait_until([this] { return answers(); }))
      throw std::runtime_error{"memcached did not start; see its log"};
  }
  server_process& process() { return *process_; }
  const temporary_folder& folder() const { return folder_; }

 private:
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
