// What a line of an access log comes to: an access, or a reason why it is none. Pure.
//
// Threads: one at a time.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "messages/reported_access.hpp"
#include "storage/traces/log_format.hpp"
#include "storage/traces/request_keys.hpp"

namespace stoker::feeds {

struct log_access_rules {
  std::vector<std::string> methods{"GET", "HEAD"};  // of others the lines are left out
  std::vector<request_rule> keys;  // how paths become keys; empty: path and query are the key
  bool assume_hits = true;         // of lines that don't tell: nginx's $upstream_cache_status does
  bool subjects = true;            // the user, else the client's address, is the access's subject
  double max_age_s = 3600;         // lines that are older are left out: they are no news. 0: none is
};

class log_accesses {
 public:
  // Throws std::invalid_argument as log_format does, and stoker::error as request_keys does.
  log_accesses(const std::string& pattern, log_access_rules rules);

  enum class verdict { access, left_out, malformed };

  // `now_s`: seconds since 1970. The access views the line, or what is kept until the next call. `problem` is
  // set for malformed lines.
  verdict read(std::string_view line, double now_s, reported_access& into, std::string& problem);

 private:
  bool is_wanted(const log_entry& entry, double now_s) const;

  const log_format format_;
  const request_keys requests_;
  std::string key_room_;
  const log_access_rules rules_;
};

}  // namespace stoker::feeds
