#include "storage/caches/http/cache_answer.hpp"

#include <algorithm>
#include <cctype>

#include "storage/http/http_freshness.hpp"

namespace stoker {

namespace {

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return std::tolower(c); });
  return text;
}

bool is_word(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
}

// "HIT from proxy", "TCP_MEM_HIT", "Hit from cloudfront": words between whatever separates them.
bool has_word(const std::string& text, const std::string& word) {
  for (auto at = text.find(word); at != std::string::npos; at = text.find(word, at + 1)) {
    const bool begins = at == 0 || !is_word(text[at - 1]) || text[at - 1] == '_';
    const auto end = at + word.size();
    if (begins && (end == text.size() || !is_word(text[end]))) return true;
  }
  return false;
}

// RFC 9211: the member of the cache nearest to us comes last.
bool standard_hit(const std::string& cache_status) {
  const auto last = cache_status.substr(cache_status.rfind(',') + 1);
  return has_word(lower(last), "hit");
}

}  // namespace

std::optional<bool> came_from_cache(const http_headers& headers, const std::string& status_header,
                                    const std::vector<std::string>& hit_words) {
  if (!status_header.empty()) {
    const auto name = lower(status_header);
    if (!headers.has(name)) return std::nullopt;
    const auto said = lower(headers.get(name));
    return std::any_of(hit_words.begin(), hit_words.end(),
                       [&](const std::string& word) { return has_word(said, lower(word)); });
  }
  if (headers.has("cache-status")) return standard_hit(headers.get("cache-status"));
  // Varnish: the request's number, and of a hit that of the request that brought it.
  if (headers.has("x-varnish")) return headers.get("x-varnish").find(' ') != std::string::npos;
  if (const auto age = freshness_of(headers, {}).age) return *age > duration::zero();
  return std::nullopt;
}

bool may_be_kept(const http_answer& answer, time_point now) {
  const auto freshness = freshness_of(answer.headers, now);
  const auto left = freshness.left();
  return !freshness.forbidden && !answer.headers.has("set-cookie") && (!left || *left > duration::zero());
}

trouble trouble_of(const http_answer& answer) {
  switch (answer.problem) {
    case http_problem::none:
      break;
    case http_problem::unavailable:
      return trouble::unavailable;
    case http_problem::timed_out:
      return trouble::timed_out;
    case http_problem::garbled:
      return trouble::garbled;
    case http_problem::untrusted:
      return trouble::denied;
    case http_problem::too_large:
      return trouble::rejected;
  }
  const int status = answer.status;
  if ((status >= 200 && status < 300) || status == 301) return trouble::none;
  if (status == 401 || status == 403 || status == 407) return trouble::denied;
  if (status == 405 || status == 501) return trouble::unsupported;
  return status >= 500 || status == 429 || status == 408 ? trouble::unavailable : trouble::rejected;
}

std::string text_of_trouble(const http_answer& answer) {
  if (!answer.error.empty()) return answer.error;
  if (trouble_of(answer) == trouble::none) return {};
  const bool absent = answer.status == 404 || answer.status == 410;
  return "status " + std::to_string(answer.status) + (absent ? ": the origin has no such thing" : "");
}

}  // namespace stoker
