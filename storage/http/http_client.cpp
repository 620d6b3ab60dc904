#include "storage/http/http_client.hpp"

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <vector>

#include "messages/error.hpp"
#include "storage/http/curl_transfer.hpp"

namespace stoker {

namespace {

using steady = std::chrono::steady_clock;

http_answer late(const http_request& request, const char* why) {
  http_answer answer;
  answer.problem = http_problem::timed_out;
  answer.error = request.method + " " + request.url.substr(0, request.url.find('?')) + ": " + why;
  return answer;
}

// libcurl's handle for many transfers at once.
struct many {
  many() : handle(curl_multi_init()) {}
  ~many() { curl_multi_cleanup(handle); }
  many(const many&) = delete;
  many& operator=(const many&) = delete;

  CURLM* handle;
};

// "10.0.0.7:8443", "[::1]:8443", "cache.example:80"
bool is_host_and_port(std::string_view text) {
  const auto colon = text.rfind(':');
  if (colon == 0 || colon == text.npos || text.find_first_of(" /@\r\n") != text.npos) return false;
  const auto port = text.substr(colon + 1);
  return !port.empty() && port.size() <= 5 && port.find_first_not_of("0123456789") == port.npos;
}

}  // namespace

void validate(const http_client_config& config) {
  const auto reject = [](const std::string& text) { throw error{errc::invalid_argument, "HTTP: " + text}; };
  if (config.connections == 0) reject("connections is 0; give at least 1");
  if (config.connect_timeout <= duration::zero()) reject("connect_timeout must be positive");
  if (config.idle <= duration::zero()) reject("idle must be positive");
  if (config.max_body_bytes == 0) reject("max_body_bytes is 0; give the size of the longest answer");
  if (config.certificate_file.empty() != config.key_file.empty())
    reject("certificate_file and key_file belong together; give both or neither");
  if (config.connect_to.empty()) return;
  if (!is_host_and_port(config.connect_to)) reject("connect_to must be a host and a port: \"10.0.0.7:8443\"");
  if (!config.socket_path.empty()) reject("connect_to and socket_path name two places; give one of them");
}

bool is_http_url(std::string_view url) {
  const auto host = url.starts_with("http://")    ? url.substr(7)
                    : url.starts_with("https://") ? url.substr(8)
                                                  : "";
  if (host.empty() || host.front() == '/' || host.front() == '?') return false;
  return std::none_of(url.begin(), url.end(), [](unsigned char c) { return c <= ' ' || c == 0x7f; });
}

bool is_http_header(std::string_view line) {
  const auto colon = line.find(':');
  if (colon == 0 || colon == std::string_view::npos) return false;
  const auto name = line.substr(0, colon);
  return name.find(' ') == std::string_view::npos &&
         line.find_first_of(std::string_view{"\r\n\0", 3}) == line.npos;
}

class http_client::pool {
 public:
  explicit pool(http_client_config given) : config(std::move(given)) {}

  http_answer perform(const http_request& request, steady_time deadline);
  void perform_all(std::span<const http_request> requests, steady_time deadline,
                   const answer_function& answered);

  const http_client_config config;

 private:
  using transfer = std::unique_ptr<curl_transfer>;
  // What perform_all() is about; numbers are those of requests.
  struct batch {
    std::span<const http_request> requests;
    steady_time deadline;
    const answer_function& answered;
    std::size_t next = 0;
    std::vector<std::pair<std::size_t, transfer>> under_way;
  };

  transfer take(steady_time deadline);
  void give_back(transfer used);
  void run(batch& work);
  void start_next(batch& work);
  void finish(batch& work, CURL* easy, CURLcode code);
  void abandon(batch& work);

  std::mutex mutex_;
  std::condition_variable changed_;
  std::size_t taken_ = 0;
  std::vector<transfer> idle_;  // the one that was used last is at the end

  bool batch_under_way_ = false;  // one at a time: what follows is its own
  many many_;                     // keeps the connections of batches
  std::vector<transfer> batch_idle_;
};

http_client::pool::transfer http_client::pool::take(steady_time deadline) {
  std::unique_lock lock{mutex_};
  if (!changed_.wait_until(lock, deadline, [this] { return taken_ < config.connections; })) return nullptr;
  ++taken_;
  if (idle_.empty()) return std::make_unique<curl_transfer>(config);
  auto last = std::move(idle_.back());
  idle_.pop_back();
  return last;
}

void http_client::pool::give_back(transfer used) {
  std::lock_guard lock{mutex_};
  idle_.push_back(std::move(used));
  --taken_;
  changed_.notify_all();
}

http_answer http_client::pool::perform(const http_request& request, steady_time deadline) {
  if (steady::now() >= deadline) return late(request, "the deadline had passed before anything was sent");
  auto mine = take(deadline);
  if (!mine || steady::now() >= deadline) {
    if (mine) give_back(std::move(mine));
    return late(request, "every connection was busy until the deadline");
  }
  mine->begin(request, deadline);
  auto answer = mine->end(curl_easy_perform(mine->handle()));
  give_back(std::move(mine));
  return answer;
}

void http_client::pool::start_next(batch& work) {
  const auto number = work.next++;
  transfer mine;
  if (batch_idle_.empty()) {
    mine = std::make_unique<curl_transfer>(config);
  } else {
    mine = std::move(batch_idle_.back());
    batch_idle_.pop_back();
  }
  mine->begin(work.requests[number], work.deadline);
  curl_multi_add_handle(many_.handle, mine->handle());
  work.under_way.emplace_back(number, std::move(mine));
}

void http_client::pool::finish(batch& work, CURL* easy, CURLcode code) {
  const auto found = std::find_if(work.under_way.begin(), work.under_way.end(),
                                  [&](const auto& one) { return one.second->handle() == easy; });
  curl_multi_remove_handle(many_.handle, easy);
  auto [number, mine] = std::move(*found);
  work.under_way.erase(found);
  auto answer = mine->end(code);
  batch_idle_.push_back(std::move(mine));
  work.answered(number, std::move(answer));
}

// What the deadline found unanswered, or never begun.
void http_client::pool::abandon(batch& work) {
  while (!work.under_way.empty())
    finish(work, work.under_way.back().second->handle(), CURLE_OPERATION_TIMEDOUT);
  for (; work.next < work.requests.size(); ++work.next)
    work.answered(work.next, late(work.requests[work.next], "the deadline had passed before it was sent"));
}

void http_client::pool::run(batch& work) {
  constexpr int longest_wait_ms = 100;  // libcurl's own timers end a wait before
  curl_multi_setopt(many_.handle, CURLMOPT_MAXCONNECTS, static_cast<long>(config.connections));
  while (steady::now() < work.deadline) {
    while (work.next < work.requests.size() && work.under_way.size() < config.connections) start_next(work);
    if (work.under_way.empty()) return;
    int running = 0;
    curl_multi_perform(many_.handle, &running);
    int waiting = 0;
    bool ended = false;
    while (const CURLMsg* message = curl_multi_info_read(many_.handle, &waiting)) {
      if (message->msg != CURLMSG_DONE) continue;
      ended = true;
      finish(work, message->easy_handle, message->data.result);
    }
    if (!ended) curl_multi_poll(many_.handle, nullptr, 0, longest_wait_ms, nullptr);
  }
}

void http_client::pool::perform_all(std::span<const http_request> requests, steady_time deadline,
                                    const answer_function& answered) {
  batch work{requests, deadline, answered, 0, {}};
  std::unique_lock lock{mutex_};
  if (changed_.wait_until(lock, deadline, [this] { return !batch_under_way_; })) {
    batch_under_way_ = true;
    lock.unlock();
    run(work);
    abandon(work);
    lock.lock();
    batch_under_way_ = false;
    changed_.notify_all();
  } else {
    lock.unlock();
    abandon(work);
  }
}

http_client::http_client(http_client_config config) {
  validate(config);
  pool_ = std::make_unique<pool>(std::move(config));
}

http_client::~http_client() = default;

http_answer http_client::perform(const http_request& request, steady_time deadline) {
  return pool_->perform(request, deadline);
}

void http_client::perform_all(std::span<const http_request> requests, steady_time deadline,
                              const answer_function& answered) {
  pool_->perform_all(requests, deadline, answered);
}

const http_client_config& http_client::config() const noexcept {
  return pool_->config;
}

}  // namespace stoker
