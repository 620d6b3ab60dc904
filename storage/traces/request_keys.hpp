// Which requests of an access log ask for keys of a cache, and for which: by method, and by rules that turn
// the path into a key, as the application does.
//
// A rule's pattern is one of storage/origins/key_template.hpp: "/product/{id}" -> "product:{id}". A pattern
// without '?' speaks of the path alone, one with '?' of path and query as they stand in the request (a glob's
// '?' is any byte: '\?' is the one before a query). What was captured is percent-decoded; {key} is what the
// pattern spoke of, as it stands. The first rule that matches decides; a request that none matches asks for
// no key. Without rules the key is path and query.
//
// Pure. Threads: any, once made.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "storage/origins/key_template.hpp"
#include "storage/traces/log_format.hpp"

namespace stoker {

struct request_rule {
  std::string path;  // a pattern
  std::string key;   // a template
};

class request_keys {
 public:
  // GET and HEAD, and no rules.
  request_keys();
  // Throws stoker::error for a rule that can't be read, and when there is no method.
  request_keys(const std::vector<request_rule>& rules, std::vector<std::string> methods);

  // Whether a cache in front of it would have been asked: such a method (or none is known), and no failure.
  bool is_read(const log_entry& entry) const;
  // Empty: no rule matches. `room` may hold the key's bytes.
  std::optional<std::string_view> key_of(const log_entry& entry, std::string& room) const;

 private:
  struct rule {
    key_pattern path;
    text_template key;
    bool with_query;
  };

  std::vector<rule> rules_;
  std::vector<std::string> methods_;
};

}  // namespace stoker
