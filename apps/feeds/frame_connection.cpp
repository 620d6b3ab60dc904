#include "apps/feeds/frame_connection.hpp"

#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>

namespace stoker::feeds {

namespace {

// What a refused peer may still have under way, and how long it may take to hang up.
constexpr std::size_t most_ignored_bytes = 4 * max_frame_bytes;
constexpr duration hang_up_time = std::chrono::seconds{2};

}  // namespace

frame_connection::frame_connection(int descriptor, std::uint64_t stream, bool assume_hits)
    : descriptor_(descriptor), stream_(stream), assume_hits_(assume_hits) {}

frame_connection::~frame_connection() {
  ::close(descriptor_);
}

bool frame_connection::receive(std::string& buffer, access_writer& into, tally& counts,
                               const stop_signal& stop, steady_time now) {
  const auto received = ::recv(descriptor_, buffer.data(), buffer.size(), 0);
  if (received < 0) return errno == EAGAIN || errno == EINTR;
  if (received == 0) {
    if (frames_.in_frame() && !refused_) {
      counts.error("a connection ended in the middle of a frame");
      ++counts.refused;
    }
    return false;
  }
  const auto bytes = static_cast<std::size_t>(received);
  if (refused_) return (ignored_bytes_ += bytes) <= most_ignored_bytes;
  take({buffer.data(), bytes}, into, counts, stop, now);
  return true;
}

void frame_connection::take(std::string_view bytes, access_writer& into, tally& counts,
                            const stop_signal& stop, steady_time now) {
  const bool began_before = frames_.in_frame();
  frames_.feed(bytes);
  bool any = false;
  while (const auto body = frames_.next()) {
    any = true;
    if (!record(*body, into, counts, stop, now)) return;
  }
  if (!frames_.problem().empty()) return refuse(frames_.problem(), counts, now);
  if (any || !began_before) waiting_since_ = now;
}

bool frame_connection::record(std::string_view body, access_writer& into, tally& counts,
                              const stop_signal& stop, steady_time now) {
  if (const auto problem = decode_frame_body(body, content_)) {
    ++counts.received;
    ++counts.malformed;
    refuse(*problem, counts, now);
    return false;
  }
  const auto size = content_.accesses.size();
  if (size == 0) {
    answer(encode_frame_counts(recorded_, dropped_));
    return true;
  }
  for (auto& one : content_.accesses)
    if (one.subject.empty()) one.stream = stream_;
  if (!assume_hits_)
    for (const auto index : content_.outcome_unknown) content_.accesses[index].outcome = access_outcome::miss;
  counts.received += size;
  const auto recorded = into.write(content_.accesses, stop);
  recorded_ += recorded;
  dropped_ += size - recorded;
  return true;
}

void frame_connection::refuse(const std::string& reason, tally& counts, steady_time now) {
  refused_ = true;
  waiting_since_ = now;
  ++counts.refused;
  counts.error("a connection was refused: " + reason);
  answer(encode_frame_error(reason));
  ::shutdown(descriptor_, SHUT_WR);
}

bool frame_connection::is_overdue(steady_time now, duration frame_timeout) const {
  if (refused_) return now - waiting_since_ >= hang_up_time;
  return frames_.in_frame() && now - waiting_since_ >= frame_timeout;
}

// A peer that does not read its answers loses them.
void frame_connection::answer(const std::string& frame) const noexcept {
  [[maybe_unused]] const auto sent =
      ::send(descriptor_, frame.data(), frame.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
}

}  // namespace stoker::feeds
