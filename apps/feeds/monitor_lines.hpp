// What Redis' MONITOR tells, line by line, as accesses. Pure.
//
//   1339518083.107412 [0 127.0.0.1:60866] "get" "a \"key\" \x00"
//
// Accesses are GET, GETEX and MGET of the database in question. What scripts do is left out, and so is what
// Stoker reads: a GET right after a PTTL of the same key by the same client, which is how its back end reads
// (storage/caches/redis/redis_cache.cpp). MONITOR does not tell what was found.
//
// Threads: one at a time.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace stoker::feeds {

class monitor_lines {
 public:
  monitor_lines(unsigned database, std::string key_prefix)
      : database_(database), key_prefix_(std::move(key_prefix)) {}

  enum class verdict : unsigned char { accesses, left_out, malformed, notice };

  // `keys`: without the prefix, valid until the next call.
  verdict read(std::string_view line, std::vector<std::string_view>& keys, std::string_view& client);

 private:
  bool split(std::string_view line);

  const unsigned database_;
  const std::string key_prefix_;
  std::string client_;
  std::vector<std::string> words_;  // the command and its arguments
  unsigned line_database_ = 0;
  std::string looked_at_;  // the key of the PTTL before, and its client
  std::string looked_by_;
};

}  // namespace stoker::feeds
