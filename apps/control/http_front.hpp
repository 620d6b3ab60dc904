// Connections and requests: accepts, reads, lets in or turns away, and hands what is let in to its route.
//
// The HTTP library parses requests and writes answers; sockets, threads, deadlines and permissions are this
// class's own, for the library has none of the bounds that a server needs which strangers can reach.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "apps/control/access_rules.hpp"
#include "apps/control/connection_stream.hpp"
#include "apps/control/peer_limits.hpp"
#include "apps/control/route.hpp"
#include "apps/control/service.hpp"
#include "apps/control/worker_pool.hpp"

namespace stoker::control {

class http_front final : private httplib::Server {
 public:
  // Binds; throws as listening.hpp and tls_context.hpp do.
  explicit http_front(service& of);
  ~http_front() override;

  void start();
  void stop();

  std::uint16_t port() const noexcept { return port_; }

 private:
  struct visit;  // of one connection, while a thread serves it

  void add(const route& added);
  void set_handlers();

  void accept_loop();
  void accept_from(const descriptor& listening, bool unix_socket);
  void serve(descriptor socket, const std::string& peer, bool unix_socket);
  void serve_requests(visit& now);
  void refuse_connection(descriptor socket);
  // Of a request that never was one.
  void write_fault(visit& now, int status);

  // Of a request whose headers have been read; a problem ends it.
  void prepare(httplib::Request& request) const;
  void check_request(const httplib::Request& request, visit& now);
  void check_framing(const httplib::Request& request) const;
  const route* find(const std::string& method, const std::string& path, std::string& id) const;
  std::string methods_of(const std::string& path) const;
  void answer(const httplib::Request& request, httplib::Response& into, const httplib::ContentReader* body);
  // The keys that a request asks about are hidden.
  bool asks_for_hidden_keys(const httplib::Request& request) const;
  void authorize(const route& wanted, const httplib::Request& request, visit& now) const;
  std::string read_body(const route& wanted, const httplib::Request& request,
                        const httplib::ContentReader& body, bool& msgpack) const;
  void answer_problem(const problem& why, httplib::Response& into);
  void complete_error(const httplib::Request& request, httplib::Response& into);
  void count(const httplib::Response& answered);

  static thread_local visit* current_;

  service& service_;
  const control_limits& limits_;
  const access_rules rules_;
  peer_limits peers_;
  std::vector<route> routes_;
  std::unique_ptr<tls_context> tls_;
  descriptor tcp_;
  unix_listener unix_;
  std::uint16_t port_ = 0;
  descriptor wanted_;    // see connection_stream
  descriptor stopping_;  // an eventfd that wakes the accepting thread
  std::mutex open_mutex_;
  std::set<int> open_;  // sockets that are served
  std::atomic<bool> stopped_{false};
  worker_pool workers_;
  std::thread accepting_;
};

}  // namespace stoker::control
