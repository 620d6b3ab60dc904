// A conversation with one server, whichever protocol it speaks.
//
// Threads: one at a time; the back end's lock.
#pragma once

#include <functional>
#include <memory>

#include "storage/caches/remote/server_link.hpp"

namespace stoker {

// Lookups at a server that were Stoker's own, since it was started.
struct own_lookups {
  std::uint64_t hits = 0;
  std::uint64_t misses = 0;

  void count(const remote_look& look) noexcept {
    if (look.state == residency::present) ++hits;
    if (look.state == residency::absent) ++misses;
  }
  // Without what Stoker itself asked.
  std::uint64_t users_hits(std::uint64_t all) const noexcept { return all > hits ? all - hits : 0; }
  std::uint64_t users_misses(std::uint64_t all) const noexcept { return all > misses ? all - misses : 0; }
};

class server_session {
 public:
  using steady_time = std::chrono::steady_clock::time_point;
  // Appends the commands of an item: as many for each.
  using append_function = std::function<void(std::string& out, std::size_t item)>;

  server_session(endpoint where, server_link::greeting hello) : link(std::move(where), std::move(hello)) {}
  server_session(const server_session&) = delete;
  server_session& operator=(const server_session&) = delete;

  server_link link;
  own_lookups own;

 protected:
  ~server_session() = default;

  // Sends the commands of so many items, and reads as many replies as `expected` says by a Reader of the
  // protocol. `replied` counts those that came. What is given stays until the conversation is over.
  template <class Reader>
  static server_link::conversation_maker conversation(std::size_t items, std::size_t expected,
                                                      const append_function& append,
                                                      const typename Reader::reply_function& on_reply,
                                                      std::size_t& replied) {
    return [&append, &on_reply, &replied, items, expected]() -> server_link::conversation {
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
  }

  // Returns how many replies came; `failed` says why the others did not.
  template <class Reader>
  std::size_t talk(std::size_t items, std::size_t expected, const append_function& append,
                   const typename Reader::reply_function& on_reply, steady_time deadline, trouble& failed) {
    std::size_t replied = 0;
    failed = link.converse(conversation<Reader>(items, expected, append, on_reply, replied), deadline);
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
