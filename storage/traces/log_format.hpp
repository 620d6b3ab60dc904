// How the lines of a web server's access log are read: a format as nginx's directive log_format writes it.
//
// A format is text with variables, $name or ${name}; what stands between two variables ends the first one's
// value. Used are, all others are skipped:
//   key      $request ("GET /path HTTP/1.1": the path with its query), $request_uri, $uri, $key
//   time     $time_local (10/Oct/2000:13:55:36 -0700), $time_iso8601, $msec (seconds since 1970)
//   size     $body_bytes_sent, $bytes_sent, $size (bytes)
//   subject  $subject, else $remote_user unless it is "-", else $remote_addr
//   cost     $upstream_response_time, else $request_time (seconds)
//   status   $status;  method: of $request, or $request_method
//   outcome  $upstream_cache_status (HIT, STALE, UPDATING, REVALIDATED: a hit; MISS, EXPIRED: a miss; others
//            went past the cache)
// Pure. Threads: any, once made.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace stoker {

// What a cache in front of the log's server made of a request.
enum class logged_outcome : std::uint8_t { unknown, hit, miss, bypassed };

// What a line says. Views into the line.
struct log_entry {
  std::string_view key;
  std::optional<double> time;  // seconds since 1970, UTC
  std::string_view subject;
  std::string_view method;    // empty: not known
  std::uint32_t size = 0;     // 0: not known
  std::uint32_t cost_us = 0;  // 0: not known
  std::uint32_t status = 0;   // 0: not known
  logged_outcome outcome = logged_outcome::unknown;
};

class log_format {
 public:
  // "$remote_addr - $remote_user [$time_local] ...": what nginx and Apache call combined.
  static const log_format& combined();

  // Throws std::invalid_argument: no variable for the key, or two variables with nothing between them.
  explicit log_format(std::string_view pattern);

  // What is wrong with the line; nothing: `into` is set. A request that failed (status 400 and above) need
  // not be well-formed.
  std::optional<std::string> parse(std::string_view line, log_entry& into) const;

  bool has_time() const noexcept { return has_time_; }

 private:
  enum class field : std::uint8_t {
    skipped,
    request,
    key,
    method,
    time_local,
    time_iso8601,
    seconds,
    size,
    subject,
    user,
    address,
    upstream_seconds,
    request_seconds,
    cache_status,
    status,
  };
  struct piece {
    field what = field::skipped;
    std::string name;   // as it stands in the pattern
    std::string after;  // the text that ends the value; empty: the end of the line
  };
  struct raw_values;

  static field field_of(std::string_view name);
  bool split(std::string_view line, raw_values& into) const;

  std::string before_;  // the text before the first variable
  std::vector<piece> pieces_;
  bool has_time_ = false;
};

}  // namespace stoker
