#include "storage/origins/http_origin.hpp"

#include "messages/error.hpp"
#include "storage/http/http_freshness.hpp"

namespace stoker {

namespace {

// Of what must not be kept: 0 would mean the cache's own TTL.
constexpr duration shortest_ttl = std::chrono::milliseconds{1};

time_point wall_clock() {
  return std::chrono::time_point_cast<duration>(std::chrono::system_clock::now());
}

duration ttl_of(const http_headers& headers) {
  const auto freshness = freshness_of(headers, wall_clock());
  if (freshness.forbidden) return shortest_ttl;
  const auto left = freshness.left();
  return left ? std::max(*left, shortest_ttl) : duration::zero();
}

// Whether the same request may come to something later.
bool passes_by_itself(int status) {
  return status >= 500 || status == 408 || status == 425;
}

}  // namespace

void validate(const http_origin_config& config) {
  validate(config.client);
  static_cast<void>(url_templates{config.urls});
  for (const auto& line : config.headers)
    if (!is_http_header(line))
      throw error{errc::invalid_argument,
                  "HTTP origin: header \"" + line + "\" is not of the form \"Name: value\""};
}

http_origin::http_origin(http_origin_config config)
    : config_((validate(config), std::move(config))), urls_(config_.urls), client_(config_.client) {}

outside_origin::attempt http_origin::try_load(std::string_view key,
                                              std::chrono::steady_clock::time_point deadline) {
  auto made = urls_.url_of(key);
  if (!made.objection.empty()) return attempt::refused(trouble::unsupported, std::move(made.objection));
  http_request request;
  request.url = std::move(made.url);
  request.headers = config_.headers;
  const auto answer = client_.perform(request, deadline);
  switch (answer.problem) {
    case http_problem::none:
      break;
    case http_problem::unavailable:
      return attempt::failed(trouble::unavailable, answer.error);
    case http_problem::timed_out:
      return attempt::failed(trouble::timed_out, answer.error);
    case http_problem::garbled:
      return attempt::failed(trouble::garbled, answer.error);
    case http_problem::untrusted:
      return attempt::refused(trouble::denied, answer.error);
    case http_problem::too_large:
      return attempt::refused(trouble::rejected, answer.error);
  }
  auto came = read(answer);
  if (!came.result.error.empty())
    came.result.error += " from " + request.url.substr(0, request.url.find('?'));
  return came;
}

outside_origin::attempt http_origin::read(const http_answer& answer) const {
  const auto status = answer.status;
  const auto text = "status " + std::to_string(status);
  if (status == 200 || status == 203)
    return attempt::loaded(answer.body, config_.ttl_from_answer ? ttl_of(answer.headers) : duration::zero());
  if (status == 204 || status == 404 || status == 410) return attempt::absent(text);
  if (status == 429 || status == 503)
    return attempt::throttled(retry_after_of(answer.headers, wall_clock()).value_or(duration::zero()), text);
  if (passes_by_itself(status)) return attempt::failed(trouble::unavailable, text);
  if (status == 401 || status == 403 || status == 407) return attempt::refused(trouble::denied, text);
  if (status >= 300 && status < 400)
    return attempt::refused(trouble::rejected, text + ": a redirect to " + answer.headers.get("location") +
                                                   ", and max_redirects allows no more");
  return attempt::refused(trouble::rejected, text);
}

}  // namespace stoker
