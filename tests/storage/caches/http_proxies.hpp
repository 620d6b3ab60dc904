// nginx and Varnish as caches of a test's own, on loopback, in front of an origin of the test's own. Both are
// configured as storage/caches/http/README.md says.
#pragma once

#include <memory>
#include <ostream>
#include <string>

#include "storage/caches/http/http_cache.hpp"
#include "tests/fixtures/http_server.hpp"
#include "tests/fixtures/server_process.hpp"
#include "tests/fixtures/temporary_folder.hpp"

namespace stoker::test {

// Counts what it is asked for. What a path begins with says what it answers: /none 404, /private no-store,
// /cookie with Set-Cookie, /busy 503, /lost 500; all else the current text, for a minute.
class proxied_origin {
 public:
  proxied_origin();

  std::uint16_t port() const { return server_.port(); }
  int requests() const { return server_.requests(); }
  int most_at_once() const { return server_.most_at_once(); }
  void say(const std::string& text);

 private:
  said_answer respond(const heard_request& heard) const;

  mutable std::mutex mutex_;
  std::string text_ = "first";
  http_server server_;
};

class proxy {
 public:
  virtual ~proxy() = default;
  virtual http_cache_config config() const = 0;
  virtual void start() = 0;
  virtual void empty() = 0;  // as somebody else would
  server_process& process() { return *process_; }
  std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }
  // What a user gets, who sends this header, too.
  http_answer user(const std::string& key, const std::string& header = "Accept-Language: de") const;
  bool hits(const http_answer& answer) const;

 protected:
  bool answers() const;
  http_cache_config common_config() const;

  temporary_folder folder_;
  std::uint16_t port_ = free_port();
  std::unique_ptr<server_process> process_;
};

struct proxy_kind {
  const char* name;
  bool (*installed)();
  std::unique_ptr<proxy> (*make)(std::uint16_t origin_port);
};

inline std::ostream& operator<<(std::ostream& out, const proxy_kind& kind) {
  return out << kind.name;
}

extern const proxy_kind nginx;
extern const proxy_kind varnish;

}  // namespace stoker::test
