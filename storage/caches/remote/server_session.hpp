// A conversation with one server, whichever protocol it speaks: the connection, and what is known and counted
// besides.
//
// Threads: `lock` is held by whoever calls; `changes` alone may be touched without.
#pragma once

#include <functional>
#include <memory>
#include <mutex>

#include "storage/caches/remote/change_fence.hpp"
#include "storage/caches/remote/content_watch.hpp"
#include "storage/caches/remote/outcome_counts.hpp"
#include "storage/caches/remote/server_link.hpp"

namespace stoker {

class server_session {
 public:
  using steady_time = std::chrono::steady_clock::time_point;
  // Appends the commands of an item: as many for each.
  using append_function = std::function<void(std::string& out, std::size_t item)>;

  server_session(endpoint where, server_link::greeting hello) : link(std::move(where), std::move(hello)) {}
  server_session(const server_session&) = delete;
  server_session& operator=(const server_session&) = delete;

  void count_own(const remote_look& look) noexcept {
    if (look.state == residency::present) ++own_hits;
    if (look.state == residency::absent) ++own_misses;
  }
  // Without what Stoker itself asked.
  std::uint64_t users_hits(std::uint64_t all) const noexcept { return all > own_hits ? all - own_hits : 0; }
  std::uint64_t users_misses(std::uint64_t all) const noexcept {
    return all > own_misses ? all - own_misses : 0;
  }

  std::mutex lock;
  server_link link;
  change_fence changes;
  outcome_counts counts;
  content_watch content;
  // Lookups at the server that were Stoker's own, since it was started.
  std::uint64_t own_hits = 0;
  std::uint64_t own_misses = 0;

 protected:
  ~server_session() = default;

  // Sends the commands of so many items, and reads as many replies as `expected` says by a Reader of the
  // protocol. Returns how many came; `failed` says why the others did not.
  template <class Reader>
  std::size_t talk(std::size_t items, std::size_t expected, const append_function& append,
                   const typename Reader::reply_function& on_reply, steady_time deadline, trouble& failed) {
    std::size_t replied = 0;
    const auto make = [&]() -> server_link::conversation {
      replied = 0;
      auto next = std::make_shared<std::size_t>(0);
      auto replies = std::make_shared<Reader>(expected, [&](std::size_t number, const auto& reply) {
        on_reply(number, reply);
        replied = number + 1;
      });
      return {[&append, items, next](std::string& out) {
                append(out, (*next)++);
                return *next < items;
              },
              [replies](std::string_view bytes) { return replies->feed(bytes); }};
    };
    failed = link.converse(make, deadline);
    return replied;
  }
};

// Sends `out` on a new connection, and reads the replies to it.
template <class Reader>
trouble greet_with(socket_stream& stream, const std::string& out, Reader& replies,
                   server_session::steady_time deadline) {
  return stream.exchange(
      [&](std::string& into) {
        into += out;
        return false;
      },
      [&](std::string_view bytes) { return replies.feed(bytes); }, deadline);
}

}  // namespace stoker
