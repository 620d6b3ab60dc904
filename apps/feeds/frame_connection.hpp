// One connection of a socket feed: what arrives on it becomes accesses, and what is wrong ends it.
//
// Ownership: owns its descriptor. Threads: the feed's own. Time: the steady clock's, given.
#pragma once

#include <chrono>
#include <string>

#include "apps/feeds/access_writer.hpp"
#include "apps/feeds/frame_splitter.hpp"
#include "messages/access_frame.hpp"

namespace stoker::feeds {

class frame_connection {
 public:
  using steady_time = std::chrono::steady_clock::time_point;

  // `stream`: of its accesses that name no subject.
  frame_connection(int descriptor, std::uint64_t stream, bool assume_hits);
  ~frame_connection();
  frame_connection(const frame_connection&) = delete;
  frame_connection& operator=(const frame_connection&) = delete;

  // Reads what is there, a bounded part of it, and records it. False: the connection is over.
  bool receive(std::string& buffer, access_writer& into, tally& counts, const stop_signal& stop,
               steady_time now);
  // Sends the reason, and from then on only waits for the peer to hang up, so that it reads the reason first.
  void refuse(const std::string& reason, tally& counts, steady_time now);

  bool refused() const noexcept { return refused_; }
  // A frame has begun, or the peer has been refused, so long ago.
  bool is_overdue(steady_time now, duration frame_timeout) const;

 private:
  void take(std::string_view bytes, access_writer& into, tally& counts, const stop_signal& stop,
            steady_time now);
  bool record(std::string_view body, access_writer& into, tally& counts, const stop_signal& stop,
              steady_time now);
  void answer(const std::string& frame) const noexcept;

  const int descriptor_;
  const std::uint64_t stream_;
  const bool assume_hits_;
  frame_splitter frames_;
  frame_content content_;
  std::uint64_t recorded_ = 0;
  std::uint64_t dropped_ = 0;
  bool refused_ = false;
  std::size_t ignored_bytes_ = 0;  // since it was refused
  steady_time waiting_since_{};    // for the rest of a frame, or for the refused peer
};

}  // namespace stoker::feeds
