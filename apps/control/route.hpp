// What the server answers: a table of routes, each with its method, path, who may, and the function that
// answers.
#pragma once

#include <httplib.h>

#include <functional>
#include <string>
#include <vector>

#include "apps/control/access_rules.hpp"
#include "apps/control/fields.hpp"
#include "apps/control/json.hpp"

namespace stoker::control {

class connection_stream;

// A request as a route's function sees it: let in already, its body read.
struct incoming {
  const httplib::Request& http;
  connection_stream& connection;
  std::string id{};  // what stands in the path's last, variable part
  std::string body{};
  bool msgpack = false;      // the body is, rather than JSON
  bool unix_socket = false;  // asked over it: by somebody whom the machine lets use this user's files

  const std::string& path() const { return http.path; }
  query parameters() const { return query{http.params}; }
  parsed json_body() const { return parse_body(body); }
};

using answer_function = std::function<void(const incoming&, httplib::Response&)>;

struct route {
  std::string method{};  // GET, POST or DELETE
  std::string path{};    // "/warming/plans/{id}"; the last part may be variable
  access_kind access = access_kind::read;
  answer_function answer{};
  bool takes_msgpack = false;
};

inline void answer_json(httplib::Response& into, const json& body, int status = 200) {
  into.status = status;
  into.set_content(text_of(body), "application/json");
}

}  // namespace stoker::control
