#include "apps/control/problem.hpp"

#include <algorithm>
#include <array>

namespace stoker::control {

namespace {

struct status_text {
  int status;
  const char* title;
  const char* code;
  const char* detail;
};

constexpr std::array texts{
    status_text{400, "Bad Request", "bad_request", "This is no HTTP request that can be understood."},
    status_text{401, "Unauthorized", "unauthorized", "A token is needed."},
    status_text{403, "Forbidden", "forbidden", "This is not allowed."},
    status_text{404, "Not Found", "not_found", "There is nothing here; /openapi.json lists what there is."},
    status_text{405, "Method Not Allowed", "method_not_allowed",
                "Not with this method; Allow says with which."},
    status_text{408, "Request Timeout", "timed_out", "The request did not arrive in time."},
    status_text{409, "Conflict", "busy", "This is not possible at the moment."},
    status_text{413, "Payload Too Large", "too_large", "The body is larger than the server takes."},
    status_text{414, "URI Too Long", "too_large", "The address is longer than the server takes."},
    status_text{415, "Unsupported Media Type", "unsupported_media_type", "The body must be JSON."},
    status_text{421, "Misdirected Request", "bad_host", "The Host header names another server."},
    status_text{429, "Too Many Requests", "too_many_requests", "Too many requests."},
    status_text{431, "Request Header Fields Too Large", "too_large",
                "The headers are larger than the server takes."},
    status_text{500, "Internal Server Error", "internal", "The server failed to answer."},
    status_text{502, "Bad Gateway", "load_failed", "The origin failed."},
    status_text{503, "Service Unavailable", "unavailable", "The server can't answer now."},
    status_text{504, "Gateway Timeout", "timed_out", "The engine did not answer in time."},
};

const status_text* text_for(int status) {
  const auto* found =
      std::find_if(texts.begin(), texts.end(), [&](const auto& each) { return each.status == status; });
  return found == texts.end() ? nullptr : found;
}

problem engine_problem(int status, const char* code, const error& failure, int retry_after_s = 0) {
  return {status, code, failure.what(), {}, {}, retry_after_s};
}

}  // namespace

refused bad_field(const std::string& field, const std::string& expected) {
  return refused{{400, "invalid_argument", field + ": must be " + expected, field, expected}};
}

problem problem_of(const error& failure) {
  switch (failure.code()) {
    case errc::invalid_argument:
      return engine_problem(400, "invalid_argument", failure);
    case errc::already_exists:
      return engine_problem(409, "already_exists", failure);
    case errc::no_such_cache:
      return engine_problem(404, "no_such_cache", failure);
    case errc::no_such_strategy:
      return engine_problem(404, "no_such_strategy", failure);
    case errc::no_such_run:
      return engine_problem(404, "no_such_run", failure);
    case errc::busy:
      return engine_problem(409, "busy", failure, 1);
    case errc::unavailable:
      return engine_problem(503, "unavailable", failure, 1);
    case errc::timed_out:
      return engine_problem(504, "timed_out", failure);
    case errc::load_failed:
      return engine_problem(502, "load_failed", failure);
    case errc::history_failed:
      return engine_problem(503, "history_failed", failure);
    case errc::stopped:
      return engine_problem(503, "stopped", failure);
    case errc::none:
      break;
  }
  return engine_problem(500, "internal", failure);
}

problem problem_of_status(int status) {
  const auto* text = text_for(status);
  if (!text) return {status, "error", "The request failed."};
  return {status, text->code, text->detail};
}

json to_json(const problem& x) {
  const auto* text = text_for(x.status);
  json into{{"type", "urn:stoker:problem:" + x.code},
            {"title", text ? text->title : "Error"},
            {"status", x.status},
            {"detail", x.detail},
            {"code", x.code}};
  if (!x.field.empty()) into["field"] = x.field;
  if (!x.expected.empty()) into["expected"] = x.expected;
  return into;
}

}  // namespace stoker::control
