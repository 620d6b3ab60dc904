// Loads in flight, one a key: single flight, shared by the users' gets and the warmer's fills.
//
// Who joins a key first becomes its leader: he loads, puts the result into the cache, and then lands the
// flight. Who joins meanwhile follows: he waits with a deadline, or leaves a callback, and gets the leader's
// result or error. A leader who goes away without landing (an exception, a stopped thread) lands a failure by
// himself: nobody waits for nothing. A leader looks into the cache once more before he loads: a flight may
// have landed between his lookup and his joining. Fences: after a live set or an invalidation of the cache,
// call fence(key): those who follow already keep the flight, since they asked before; those who come later
// start a new one, so none of them sees what was loaded before the change. Whether the value may be stored is
// the cache's to say (its fill token); fenced() tells the leader early. Bounds: so many flights, so many
// followers a flight; beyond, join() says full and the caller loads on his own or gives up. Ownership:
// leaders and followers may outlive the table. Threads: every method from any thread; callbacks run in the
// thread that lands, under no lock, and must not throw.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <variant>

#include "storage/origins/origin.hpp"

namespace stoker {

class flight_table {
 public:
  using deadline = std::chrono::steady_clock::time_point;
  using callback = std::function<void(const load_result&)>;

  static constexpr std::size_t default_max_flights =
      16384;                                          // loads that one cache may have under way at once
  static constexpr std::size_t max_followers = 4096;  // of one flight: more is a stampede to shed

 private:
  class flight;
  struct state;

 public:
  // The one who loads. Move-only; lands a failure when destroyed before land().
  class leader {
   public:
    leader(leader&&) noexcept = default;
    leader& operator=(leader&& other) noexcept;
    ~leader();

    // Ends the flight: hands `result` to all followers. REQUIRES: called once.
    void land(const load_result& result);
    // Whether the key was set or invalidated since the flight began.
    bool fenced() const;

   private:
    friend class flight_table;
    leader(std::shared_ptr<state> table, std::shared_ptr<flight> led);
    void abandon();

    std::shared_ptr<state> table_;
    std::shared_ptr<flight> flight_;  // null once landed
  };

  // One who waits. Move-only; makes room for another when destroyed.
  class follower {
   public:
    follower(follower&&) noexcept = default;
    follower& operator=(follower&&) = delete;
    ~follower();

    // The leader's result, or nothing when it did not come by the deadline.
    std::optional<load_result> wait_until(deadline until) const;

   private:
    friend class flight_table;
    explicit follower(std::shared_ptr<flight> followed) : flight_(std::move(followed)) {}

    std::shared_ptr<flight> flight_;
  };

  struct full {};      // no room for another flight or follower
  struct promised {};  // the callback will be called

  explicit flight_table(std::size_t max_flights = default_max_flights);
  ~flight_table();
  flight_table(const flight_table&) = delete;
  flight_table& operator=(const flight_table&) = delete;

  // Leads a new flight of the key, or follows the one under way.
  std::variant<leader, follower, full> join(std::string_view key);
  // As join, for who must not block: when a flight is under way, `landed` is called with its result, once.
  std::variant<leader, promised, full> join(std::string_view key, callback landed);
  // Leads, unless a flight is under way or there is no room: for a warmer, who has no use for another's
  // result.
  std::optional<leader> try_lead(std::string_view key);

  void fence(std::string_view key);
  // Fences every flight: after an invalidation by tags, or a clear.
  void fence_all();

  // Flights not landed yet, fenced ones included.
  std::size_t size() const;

 private:
  std::shared_ptr<state> state_;
};

}  // namespace stoker
