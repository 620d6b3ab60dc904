// A connection that says whatever bytes a test wants, and hears whatever comes back.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace stoker::test {

class raw_client {
 public:
  explicit raw_client(std::uint16_t port);
  explicit raw_client(const std::string& unix_path);
  ~raw_client();
  raw_client(const raw_client&) = delete;
  raw_client& operator=(const raw_client&) = delete;

  // False: the other side is gone.
  bool send(std::string_view bytes);
  // Nothing follows.
  void end();
  // Everything until the other side closes, or nothing came for a minute (then `hung` is true).
  std::string receive_all();
  // Until what has come contains `mark`; the same.
  std::string receive_until(std::string_view mark);
  bool hung() const noexcept { return hung_; }
  // Takes nothing in from now on but a little: a reader that is slow.
  void shrink_buffer();

 private:
  bool receive_some();

  int socket_;
  std::string heard_;
  bool hung_ = false;
};

// The status of the first answer in what was heard; 0: there is none.
int status_in(std::string_view heard);
// File descriptors that this process has open.
std::size_t open_descriptors();

}  // namespace stoker::test
