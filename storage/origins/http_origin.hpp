// An origin that is asked by HTTP: GET of the URL that the key's rule makes; the body is the value.
//
//   200, 203                  loaded; its TTL is what the answer's Cache-Control or Expires leave of it, its
//   Age
//                             taken off; one that must not be kept gets the shortest TTL there is
//   204, 404, 410             absent
//   429, 503                  throttled, for as long as Retry-After says (seconds or a date)
//   408, 425, 5xx             failed: worth a retry
//   401, 403, 407             refused (denied)
//   any other                 refused; so is a redirect, unless client.max_redirects allows it
//
// No answer, or a broken one, is failed (unavailable, timed out, garbled); a certificate that is not trusted
// and a body that is too long are refused. Compressed bodies are kept as they come: ask for none unless users
// of the cache expect them.
//
// Ownership: owns its connections. Threads: any; as many loads at once as the client has connections.
#pragma once

#include "storage/http/http_client.hpp"
#include "storage/origins/key_template.hpp"
#include "storage/origins/outside_origin.hpp"

namespace stoker {

struct http_origin_config {
  std::vector<key_url> urls;         // the first pattern that matches a key makes its URL
  std::vector<std::string> headers;  // "Name: value", sent with each request
  http_client_config client;
  bool ttl_from_answer = true;  // false: the cache's own
};

// Throws stoker::error, which names the field and says what to do.
void validate(const http_origin_config& config);

class http_origin final : public outside_origin {
 public:
  // Connects when it is first asked. Throws stoker::error as validate() does.
  explicit http_origin(http_origin_config config);

 private:
  attempt try_load(std::string_view key, std::chrono::steady_clock::time_point deadline) override;
  attempt read(const http_answer& answer) const;

  const http_origin_config config_;
  const url_templates urls_;
  http_client client_;
};

}  // namespace stoker
