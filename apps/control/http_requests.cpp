// What http_front does with one request: let it in or turn it away, read its body, hand it to its route.
#include <algorithm>
#include <charconv>

#include "apps/control/http_front.hpp"
#include "apps/control/http_visit.hpp"

namespace stoker::control {

namespace {

time_point steady_now() {
  return time_point{std::chrono::steady_clock::now().time_since_epoch()};
}

claims claims_of(const httplib::Request& request) {
  const auto header = [&](const char* name) -> std::string_view {
    const auto found = request.headers.find(name);
    return found == request.headers.end() ? std::string_view{} : std::string_view{found->second};
  };
  return {header("Host"), header("Origin"), header("Authorization")};
}

problem problem_of(verdict given) {
  switch (given) {
    case verdict::misdirected:
      return {421, "bad_host",
              "The Host header must name this server: an address, localhost, or a configured name."};
    case verdict::cross_origin:
      return {403, "bad_origin", "A page of another origin may change nothing here."};
    case verdict::no_token:
      return {401, "unauthorized", "This needs the token (Authorization: Bearer TOKEN), or the Unix socket."};
    case verdict::wrong_token:
      return {401, "unauthorized", "The token is not the right one."};
    default:
      return {403, "forbidden",
              "This needs authentication, and none is configured: give the server a token, or use its Unix "
              "socket."};
  }
}

// "/a/{id}" as the library wants its routes; the variable part has no more characters than ids have.
std::string pattern_of(std::string path) {
  const auto at = path.find('{');
  if (at != std::string::npos) path = path.substr(0, at) + "[0-9A-Za-z_.-]{1,64}";
  return path;
}

bool has_form_of_id(std::string_view text) {
  return !text.empty() && text.size() <= 64 && std::all_of(text.begin(), text.end(), [](unsigned char c) {
    return std::isalnum(c) != 0 || c == '_' || c == '.' || c == '-';
  });
}

bool has_body(const httplib::Request& request) {
  if (request.has_header("Transfer-Encoding")) return true;
  return request.has_header("Content-Length") && request.get_header_value("Content-Length") != "0";
}

bool names_json(std::string_view type) {
  return type.substr(0, type.find(';')) == "application/json";
}

bool names_msgpack(std::string_view type) {
  return type == "application/msgpack" || type == "application/x-msgpack" ||
         type == "application/vnd.msgpack";
}

std::uint64_t length_of(const httplib::Request& request) {
  if (request.get_header_value_count("Content-Length") == 0) return 0;
  const auto text = request.get_header_value("Content-Length");
  std::uint64_t length = 0;
  const auto* end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, length);
  if (request.get_header_value_count("Content-Length") > 1 || text.empty() || read.ec != std::errc{} ||
      read.ptr != end)
    throw refused{{400, "bad_request", "Content-Length must be one whole number."}};
  return length;
}

}  // namespace

void http_front::add(const route& added) {
  const auto answers = [this](const httplib::Request& request, httplib::Response& into) {
    answer(request, into, nullptr);
  };
  const auto pattern = pattern_of(added.path);
  if (added.method == "GET")
    Get(pattern, answers);
  else if (added.method == "DELETE")
    Delete(pattern, answers);
  else
    Post(pattern, [this](const httplib::Request& request, httplib::Response& into,
                         const httplib::ContentReader& body) { answer(request, into, &body); });
}

void http_front::set_handlers() {
  set_payload_max_length(limits_.payload_bytes);
  set_keep_alive_timeout(std::chrono::duration_cast<std::chrono::seconds>(limits_.idle_timeout).count());
  set_default_headers({{"X-Content-Type-Options", "nosniff"},
                       {"Referrer-Policy", "no-referrer"},
                       {"X-Frame-Options", "DENY"}});
  // Before the library reads a body: what is turned away here costs no more than its headers.
  set_pre_routing_handler([this](const httplib::Request& request, httplib::Response& into) {
    try {
      check_request(request, *current_);
      return HandlerResponse::Unhandled;
    } catch (const refused& failure) {
      answer_problem(failure.why(), into);
      current_->close = has_body(request);  // which is not read
      return HandlerResponse::Handled;
    }
  });
  set_error_handler(
      [this](const httplib::Request& request, httplib::Response& into) { complete_error(request, into); });
  set_post_routing_handler([this](const httplib::Request&, httplib::Response& into) {
    if (into.headers.count("Cache-Control") == 0) into.set_header("Cache-Control", "no-store");
    if (current_->close) {
      into.headers.erase("Keep-Alive");
      into.headers.erase("Connection");
      into.set_header("Connection", "close");
    }
    count(into);
  });
}

// Ranges of an answer would let a short request cost a long one, and compressing answers costs more than a
// local network does.
void http_front::prepare(httplib::Request& request) const {
  request.ranges.clear();
  request.headers.erase("Range");
  request.headers.erase("Accept-Encoding");
}

void http_front::check_framing(const httplib::Request& request) const {
  const bool chunked = request.has_header("Transfer-Encoding");
  const auto length = length_of(request);
  if (chunked && request.has_header("Content-Length"))
    throw refused{{400, "bad_request", "Content-Length and Transfer-Encoding exclude each other."}};
  if (request.method != "POST" && (chunked || length > 0))
    throw refused{{400, "bad_request", "A body can only be sent with POST."}};
  if (length > limits_.payload_bytes) throw refused{problem_of_status(413)};
}

void http_front::check_request(const httplib::Request& request, visit& now) {
  const auto made = claims_of(request);
  if (rules_.check_host(now.came, made) != verdict::allowed) throw refused{problem_of(verdict::misdirected)};
  duration wait{};
  if (!peers_.take(now.stream.peer(), steady_now(), wait)) {
    problem why = problem_of_status(429);
    why.retry_after_s = static_cast<int>(std::chrono::ceil<std::chrono::seconds>(wait).count());
    throw refused{why};
  }
  check_framing(request);
  std::string id;
  const auto method = request.method == "HEAD" ? std::string{"GET"} : request.method;
  if (find(method, request.path, id)) return;
  throw refused{problem_of_status(methods_of(request.path).empty() ? 404 : 405)};
}

const route* http_front::find(const std::string& method, const std::string& path, std::string& id) const {
  for (const auto& each : routes_) {
    if (each.method != method) continue;
    const auto at = each.path.find('{');
    if (at == std::string::npos && each.path == path) return &each;
    if (at == std::string::npos || path.compare(0, at, each.path, 0, at) != 0) continue;
    if (!has_form_of_id(std::string_view{path}.substr(at))) continue;
    id = path.substr(at);
    return &each;
  }
  return nullptr;
}

std::string http_front::methods_of(const std::string& path) const {
  std::string all;
  for (const char* method : {"GET", "POST", "DELETE"}) {
    std::string id;
    if (find(method, path, id)) all += (all.empty() ? "" : ", ") + std::string{method};
  }
  return all;
}

bool http_front::asks_for_hidden_keys(const httplib::Request& request) const {
  try {
    return service_.redacts(request.get_param_value("cache"));
  } catch (const error&) {
    return false;  // there is no such cache: who has the token is told so
  }
}

void http_front::authorize(const route& wanted, const httplib::Request& request, visit& now) const {
  auto found = rules_.check(wanted.access, now.came, claims_of(request));
  if (found != verdict::allowed && wanted.access == access_kind::keys && asks_for_hidden_keys(request))
    found = rules_.check(wanted.access, now.came, claims_of(request), true);
  if (found != verdict::allowed) throw refused{problem_of(found)};
}

std::string http_front::read_body(const route& wanted, const httplib::Request& request,
                                  const httplib::ContentReader& body, bool& msgpack) const {
  const bool chunked = request.has_header("Transfer-Encoding");
  if (!chunked && length_of(request) == 0) return {};
  const auto type = request.get_header_value("Content-Type");
  msgpack = wanted.takes_msgpack && names_msgpack(type);
  const auto encoding = request.get_header_value("Content-Encoding");
  // Unpacking compressed bodies would let a small one become a large one.
  if ((!names_json(type) && !msgpack) || !(encoding.empty() || encoding == "identity"))
    throw refused{problem_of_status(415)};
  std::string whole;
  bool too_large = false;
  const bool complete = body([&](const char* part, std::size_t size) {
    too_large = whole.size() + size > limits_.payload_bytes;
    if (!too_large) whole.append(part, size);
    return !too_large;
  });
  if (too_large) throw refused{problem_of_status(413)};
  if (!complete)
    throw refused{problem_of_status(current_->stream.fault() == request_fault::too_slow ? 408 : 400)};
  return whole;
}

void http_front::answer(const httplib::Request& request, httplib::Response& into,
                        const httplib::ContentReader* body) {
  auto& now = *current_;
  bool body_read = body == nullptr;
  try {
    incoming one{request, now.stream};
    one.unix_socket = now.came.unix_socket;
    const auto* wanted = find(request.method == "HEAD" ? "GET" : request.method, request.path, one.id);
    if (!wanted) throw refused{problem_of_status(404)};
    authorize(*wanted, request, now);
    if (body) one.body = read_body(*wanted, request, *body, one.msgpack);
    body_read = true;
    wanted->answer(one, into);
    // Accesses change no state that anybody waits to see, and they are many.
    if (wanted->access == access_kind::change && !wanted->takes_msgpack) service_.status.changed();
  } catch (const refused& failure) {
    answer_problem(failure.why(), into);
  } catch (const error& failure) {
    answer_problem(control::problem_of(failure), into);
  } catch (const std::exception& failure) {
    answer_problem({500, "internal", std::string{"The server failed to answer: "} + failure.what()}, into);
  }
  // What is left of a body would be taken for the next request.
  now.close = now.close || !body_read || into.is_chunked_content_provider_;
}

void http_front::answer_problem(const problem& why, httplib::Response& into) {
  into.status = why.status;
  into.headers.erase("Content-Type");
  into.set_content(text_of(to_json(why)), "application/problem+json");
  if (why.status == 401) into.set_header("WWW-Authenticate", "Bearer");
  if (why.retry_after_s > 0) into.set_header("Retry-After", std::to_string(why.retry_after_s));
}

// Also where the library itself has found a fault.
void http_front::complete_error(const httplib::Request& request, httplib::Response& into) {
  if (current_->stream.fault() == request_fault::headers_too_large) into.status = 431;
  if (current_->stream.fault() == request_fault::too_slow) into.status = 408;
  if (into.status == 405 && into.headers.count("Allow") == 0)
    into.set_header("Allow", methods_of(request.path));
  if (!into.body.empty()) return;
  answer_problem(problem_of_status(into.status), into);
  current_->close = true;
}

void http_front::count(const httplib::Response& answered) {
  auto& counters = service_.counters;
  ++counters.requests;
  if (answered.status >= 500)
    ++counters.server_errors;
  else if (answered.status >= 400)
    ++counters.client_errors;
  if (answered.status == 401 || answered.status == 403) ++counters.unauthorized;
  if (answered.status == 429) ++counters.rate_limited;
}

}  // namespace stoker::control
