// A connection as the HTTP library reads and writes it, with bounds that the library doesn't have: a deadline
// for the whole of a request however its bytes trickle in, a limit on its headers, and one for peers that
// don't read their answers.
//
// An answer is collected and sent with flush(); an event stream goes out as it is written. Threads: one at a
// time.
#pragma once

#include <httplib.h>

#include <array>
#include <chrono>
#include <string>

#include "apps/control/control_server.hpp"
#include "apps/control/listening.hpp"
#include "apps/control/tls_context.hpp"

namespace stoker::control {

using steady_time = std::chrono::steady_clock::time_point;

// Why a request could not be read.
enum class request_fault { none, closed, too_slow, headers_too_large };

class connection_stream final : public httplib::Stream {
 public:
  // `wanted`: an eventfd (EFD_SEMAPHORE) that tells idle connections to end, one for each of its counts.
  connection_stream(descriptor socket, std::string peer, const control_limits& limits, int wanted);

  // Completes the TLS handshake; false: it failed.
  bool secure(tls_session session);

  // Waits for the first byte of the next request; false: there will be none.
  bool await_request();
  request_fault fault() const noexcept { return fault_; }
  bool has_written() const noexcept { return written_; }
  // The peer did not take what was sent, in time.
  bool reads_too_slowly() const noexcept { return slow_reader_; }

  // Everything written from now on goes out at once.
  void begin_streaming() noexcept { streaming_ = true; }
  bool flush();
  // Sends what is left and says that nothing follows, then takes what is still on its way, so that the peer
  // sees the answer rather than a reset.
  void finish();

  const std::string& peer() const noexcept { return peer_; }
  // The client showed a certificate of the configured authority.
  bool is_certified() const { return tls_ && control::is_certified(*tls_); }

  bool is_readable() const override;
  bool is_writable() const override;
  ssize_t read(char* into, std::size_t size) override;
  ssize_t write(const char* from, std::size_t size) override;
  void get_remote_ip_and_port(std::string& ip, int& port) const override;
  void get_local_ip_and_port(std::string& ip, int& port) const override;
  // Nobody is to wait for it with select(), which can't take large numbers.
  socket_t socket() const override { return 0; }

 private:
  bool fill();
  bool send(const char* from, std::size_t size);
  ssize_t receive_some(char* into, std::size_t size, steady_time deadline);
  ssize_t send_some(const char* from, std::size_t size, steady_time deadline);
  bool wait(short events, steady_time deadline) const;
  // What to do after a TLS call that did not succeed: true, try again.
  bool retry_tls(int result, steady_time deadline) const;
  bool count_header(char c);

  descriptor socket_;
  std::string peer_;
  const control_limits& limits_;
  const int wanted_;
  tls_session tls_;

  std::string in_;  // received; [in_at_, size) is not read yet
  std::size_t in_at_ = 0;
  std::string out_;  // written, not sent yet
  bool streaming_ = false;
  bool written_ = false;  // something of the present answer
  bool slow_reader_ = false;

  // Of the present request.
  steady_time deadline_{};
  std::size_t header_bytes_ = 0;
  int line_ends_ = 0;  // in a row; two end the headers
  bool in_headers_ = true;
  request_fault fault_ = request_fault::none;
};

}  // namespace stoker::control
