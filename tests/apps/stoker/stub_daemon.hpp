// A server that answers as it was told, on a port of its own, and remembers what it was asked.
#pragma once

// As Debian's library was built.
#define CPPHTTPLIB_OPENSSL_SUPPORT
#define CPPHTTPLIB_ZLIB_SUPPORT
#define CPPHTTPLIB_BROTLI_SUPPORT
#include <httplib.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <functional>
#include <map>
#include <mutex>
#include <nlohmann/json.hpp>
#include <string>
#include <thread>
#include <vector>

namespace stoker::test {

struct asked {
  std::string method;
  std::string target;  // path and query
  std::string authorization;
  std::string host;
  nlohmann::json body;
};

struct scripted_answer {
  int status = 200;
  std::string body = "{}";
};

class stub_daemon {
 public:
  // On a free port of the loopback, or on a Unix socket.
  explicit stub_daemon(const std::string& socket = {}) {
    const auto handle = [this](const httplib::Request& request, httplib::Response& response) {
      answer(request, response);
    };
    server_.Get(".*", handle);
    server_.Post(".*", handle);
    if (socket.empty()) {
      const auto port = server_.bind_to_any_port("127.0.0.1");
      url_ = "http://127.0.0.1:" + std::to_string(port);
    } else {
      server_.set_address_family(AF_UNIX).bind_to_port(socket.c_str(), 80);
      url_ = "unix:" + socket;
    }
    thread_ = std::thread{[this] { server_.listen_after_bind(); }};
    while (!server_.is_running()) std::this_thread::yield();
  }
  stub_daemon(const stub_daemon&) = delete;
  stub_daemon& operator=(const stub_daemon&) = delete;
  ~stub_daemon() {
    server_.stop();
    thread_.join();
  }

  // The next answers at a path, one after the other; the last one stays.
  void script_all(const std::string& path, std::vector<scripted_answer> answers) {
    const std::lock_guard guard{mutex_};
    answers_[path] = std::move(answers);
  }
  void script(const std::string& path, const nlohmann::json& body, int status = 200) {
    script_all(path, {{status, body.dump()}});
  }

  const std::string& url() const noexcept { return url_; }
  std::vector<asked> requests() {
    const std::lock_guard guard{mutex_};
    return requests_;
  }
  asked last() { return requests().back(); }

 private:
  void answer(const httplib::Request& request, httplib::Response& response) {
    const std::lock_guard guard{mutex_};
    requests_.push_back({request.method, request.target, request.get_header_value("Authorization"),
                         request.get_header_value("Host"),
                         nlohmann::json::parse(request.body, nullptr, false)});
    const auto found = answers_.find(request.path);
    if (found == answers_.end()) {
      response.status = 404;
      response.set_content(R"({"title":"Not Found","detail":"there is nothing at )" + request.path + "\"}",
                           "application/problem+json");
      return;
    }
    auto& left = found->second;
    response.status = left.front().status;
    response.set_content(left.front().body, "application/json");
    if (left.size() > 1) left.erase(left.begin());
  }

  httplib::Server server_;
  std::string url_;
  std::mutex mutex_;
  std::map<std::string, std::vector<scripted_answer>> answers_;
  std::vector<asked> requests_;
  std::thread thread_;
};

// An address on the loopback at which nobody listens: its port was free a moment ago.
inline std::string nobody() {
  const auto bound = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  ::bind(bound, reinterpret_cast<const sockaddr*>(&address), size);
  ::getsockname(bound, reinterpret_cast<sockaddr*>(&address), &size);
  ::close(bound);
  return "http://127.0.0.1:" + std::to_string(ntohs(address.sin_port));
}

}  // namespace stoker::test
