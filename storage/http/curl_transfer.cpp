#include "storage/http/curl_transfer.hpp"

#include <algorithm>
#include <cctype>

#include "messages/error.hpp"

namespace stoker {

namespace {

constexpr std::size_t max_header_fields = 256;  // of an answer; more are dropped

CURL* new_handle() {
  static const CURLcode started = curl_global_init(CURL_GLOBAL_DEFAULT);
  CURL* easy = started == CURLE_OK ? curl_easy_init() : nullptr;
  if (easy == nullptr) throw error{errc::unavailable, "HTTP: libcurl can't be started"};
  return easy;
}

http_problem problem_of(CURLcode code) {
  switch (code) {
    case CURLE_OK:
      return http_problem::none;
    case CURLE_OPERATION_TIMEDOUT:
      return http_problem::timed_out;
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_ISSUER_ERROR:
    case CURLE_SSL_INVALIDCERTSTATUS:
      return http_problem::untrusted;
    // libcurl's word for an answer without a status line, among others: the URL was looked at before.
    case CURLE_UNSUPPORTED_PROTOCOL:
    case CURLE_WEIRD_SERVER_REPLY:
    case CURLE_TOO_MANY_REDIRECTS:
    case CURLE_URL_MALFORMAT:
    case CURLE_WRITE_ERROR:
    case CURLE_HTTP_RETURNED_ERROR:
      return http_problem::garbled;
    case CURLE_FILESIZE_EXCEEDED:
      return http_problem::too_large;
    default:
      return http_problem::unavailable;
  }
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && std::isspace(static_cast<unsigned char>(text.front())) != 0) text.remove_prefix(1);
  while (!text.empty() && std::isspace(static_cast<unsigned char>(text.back())) != 0) text.remove_suffix(1);
  return text;
}

long milliseconds(duration span) {
  const auto ms = std::chrono::ceil<std::chrono::milliseconds>(span).count();
  return static_cast<long>(std::clamp<std::int64_t>(ms, 1, 24L * 60 * 60 * 1000));
}

void set_text(CURL* easy, CURLoption option, const std::string& text) {
  if (!text.empty()) curl_easy_setopt(easy, option, text.c_str());
}

}  // namespace

curl_transfer::curl_transfer(const http_client_config& config) : config_(config), easy_(new_handle()) {
  set_connection();
}

void curl_transfer::set_connection() {
  CURL* easy = easy_.get();
  curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, problem_);
  curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
  curl_easy_setopt(easy, CURLOPT_PATH_AS_IS, 1L);
  curl_easy_setopt(easy, CURLOPT_PROXY, config_.proxy.c_str());  // "": none, whatever the environment says
  curl_easy_setopt(easy, CURLOPT_MAXAGE_CONN,
                   static_cast<long>(std::chrono::ceil<std::chrono::seconds>(config_.idle).count()));
  curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, config_.max_redirects > 0 ? 1L : 0L);
  curl_easy_setopt(easy, CURLOPT_MAXREDIRS, static_cast<long>(config_.max_redirects));
  curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 1L);
  curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 2L);
  curl_easy_setopt(easy, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  set_text(easy, CURLOPT_UNIX_SOCKET_PATH, config_.socket_path);
  if (!config_.connect_to.empty()) {
    elsewhere_.reset(curl_slist_append(nullptr, ("::" + config_.connect_to).c_str()));
    curl_easy_setopt(easy, CURLOPT_CONNECT_TO, elsewhere_.get());
  }
  set_text(easy, CURLOPT_CAINFO, config_.ca_file);
  set_text(easy, CURLOPT_SSLCERT, config_.certificate_file);
  set_text(easy, CURLOPT_SSLKEY, config_.key_file);
  set_text(easy, CURLOPT_USERAGENT, config_.user_agent);
  curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, &curl_transfer::take_body);
  curl_easy_setopt(easy, CURLOPT_WRITEDATA, this);
  curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, &curl_transfer::take_header);
  curl_easy_setopt(easy, CURLOPT_HEADERDATA, this);
}

void curl_transfer::set_request(const http_request& request) {
  CURL* easy = easy_.get();
  // From scratch: what the last request had set must not linger.
  curl_easy_setopt(easy, CURLOPT_HTTPGET, 1L);
  curl_easy_setopt(easy, CURLOPT_NOBODY, 0L);
  curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, nullptr);
  curl_easy_setopt(easy, CURLOPT_URL, request.url.c_str());
  // Headers go wherever a redirect leads, so it must not lead from https to http.
  curl_easy_setopt(easy, CURLOPT_REDIR_PROTOCOLS_STR,
                   request.url.starts_with("https:") ? "https" : "http,https");
  if (request.method == "HEAD") {
    curl_easy_setopt(easy, CURLOPT_NOBODY, 1L);
  } else if (request.method == "POST" || !request.body.empty()) {
    curl_easy_setopt(easy, CURLOPT_POST, 1L);
    curl_easy_setopt(easy, CURLOPT_POSTFIELDS, request.body.data());
    curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
    if (request.method != "POST") curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, request.method.c_str());
  } else if (request.method != "GET") {
    curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, request.method.c_str());
  }
  curl_slist* list = curl_slist_append(nullptr, "Expect:");  // no round trip to ask whether a body may come
  for (const auto& line : request.headers) list = curl_slist_append(list, line.c_str());
  headers_.reset(list);
  curl_easy_setopt(easy, CURLOPT_HTTPHEADER, list);
}

void curl_transfer::begin(const http_request& request, http_client::steady_time deadline) {
  answer_ = {};
  too_large_ = false;
  problem_[0] = '\0';
  where_ = request.method + " " + request.url.substr(0, request.url.find('?'));
  set_request(request);
  began_ = std::chrono::steady_clock::now();
  const auto left = deadline - began_;
  curl_easy_setopt(easy_.get(), CURLOPT_TIMEOUT_MS, milliseconds(left));
  curl_easy_setopt(easy_.get(), CURLOPT_CONNECTTIMEOUT_MS,
                   milliseconds(std::min<duration>(left, config_.connect_timeout)));
}

http_answer curl_transfer::end(CURLcode code) {
  long status = 0;
  curl_easy_getinfo(easy_.get(), CURLINFO_RESPONSE_CODE, &status);
  answer_.status = static_cast<int>(status);
  answer_.took = std::chrono::steady_clock::now() - began_;
  answer_.problem = too_large_ ? http_problem::too_large : problem_of(code);
  if (too_large_)
    answer_.error =
        where_ + ": the answer is longer than " + std::to_string(config_.max_body_bytes) + " bytes";
  else if (code != CURLE_OK)
    answer_.error = where_ + ": " + (problem_[0] != '\0' ? problem_ : curl_easy_strerror(code));
  return std::move(answer_);
}

std::size_t curl_transfer::take_body(char* bytes, std::size_t one, std::size_t count, void* self) {
  auto& transfer = *static_cast<curl_transfer*>(self);
  auto& body = transfer.answer_.body;
  if (one * count > transfer.config_.max_body_bytes - body.size()) {
    transfer.too_large_ = true;
    return 0;
  }
  body.append(bytes, one * count);
  return one * count;
}

std::size_t curl_transfer::take_header(char* bytes, std::size_t one, std::size_t count, void* self) {
  static_cast<curl_transfer*>(self)->take_header_line({bytes, one * count});
  return one * count;
}

bool curl_transfer::take_header_line(std::string_view line) {
  if (line.starts_with("HTTP/")) {  // of another answer: a redirect's, or "100 Continue"
    answer_.headers.clear();
    return true;
  }
  const auto colon = line.find(':');
  if (colon == std::string_view::npos || answer_.headers.size() >= max_header_fields) return false;
  std::string name{trimmed(line.substr(0, colon))};
  for (auto& letter : name) letter = static_cast<char>(std::tolower(static_cast<unsigned char>(letter)));
  answer_.headers.add(std::move(name), std::string{trimmed(line.substr(colon + 1))});
  return true;
}

}  // namespace stoker
