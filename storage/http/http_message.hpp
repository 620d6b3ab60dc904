// A request and its answer, as plain data: what storage/http/http_client.hpp carries.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "messages/time.hpp"

namespace stoker {

struct http_request {
  std::string method = "GET";
  std::string url;                   // absolute, http or https, percent-encoded
  std::vector<std::string> headers;  // "Name: value"
  std::string body;                  // sent when it is not empty, or the method is POST
};

// Why there is no answer. An answer with an error status is an answer: `none`.
enum class http_problem : std::uint8_t {
  none,
  unavailable,  // no connection, or it broke
  timed_out,    // the deadline passed
  untrusted,    // TLS: the server's certificate was not accepted, or ours is no good
  too_large,    // the body is longer than allowed
  garbled,      // what came is no HTTP
};

// In the order in which they came; names in lower case.
class http_headers {
 public:
  void add(std::string name, std::string text) { fields_.emplace_back(std::move(name), std::move(text)); }
  void clear() noexcept { fields_.clear(); }
  // All values of that name, joined by ", " as HTTP allows; empty: there is none. `name` is in lower case.
  std::string get(std::string_view name) const {
    std::string joined;
    for (const auto& [known, text] : fields_)
      if (known == name) joined += (joined.empty() ? "" : ", ") + text;
    return joined;
  }
  bool has(std::string_view name) const noexcept {
    for (const auto& field : fields_)
      if (field.first == name) return true;
    return false;
  }
  std::size_t size() const noexcept { return fields_.size(); }

 private:
  std::vector<std::pair<std::string, std::string>> fields_;
};

struct http_answer {
  http_problem problem = http_problem::unavailable;
  int status = 0;
  http_headers headers;
  std::string body;
  duration took{};    // from the first byte sent, connecting included
  std::string error;  // for people: what went wrong, and where; empty when nothing did
};

}  // namespace stoker
