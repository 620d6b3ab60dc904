#include "storage/caches/flight_table.hpp"

#include <condition_variable>
#include <utility>
#include <vector>

namespace stoker {

// One load: its key, who waits for it and, once landed, what it came to.
class flight_table::flight {
 public:
  explicit flight(std::string_view key) : key_(key) {}

  const std::string& key() const noexcept { return key_; }

  // False: too many wait already.
  bool follow() {
    const std::lock_guard guard(mutex_);
    if (followers_ == max_followers) return false;
    ++followers_;
    return true;
  }

  void unfollow() {
    const std::lock_guard guard(mutex_);
    --followers_;
  }

  // False: too many wait already. Calls back at once when the flight has landed meanwhile.
  bool follow(callback landed) {
    std::unique_lock guard(mutex_);
    if (!result_) {
      if (followers_ == max_followers) return false;
      ++followers_;
      callbacks_.push_back(std::move(landed));
      return true;
    }
    guard.unlock();
    landed(*result_);  // never changes once it is set
    return true;
  }

  std::optional<load_result> wait_until(deadline until) {
    std::unique_lock guard(mutex_);
    landed_.wait_until(guard, until, [&] { return result_.has_value(); });
    return result_;
  }

  void land(const load_result& result) {
    std::vector<callback> waiting;
    {
      const std::lock_guard guard(mutex_);
      result_ = result;
      waiting.swap(callbacks_);
    }
    landed_.notify_all();
    for (const callback& call : waiting) call(result);
  }

 private:
  const std::string key_;
  std::mutex mutex_;
  std::condition_variable landed_;
  std::optional<load_result> result_;
  std::size_t followers_ = 0;
  std::vector<callback> callbacks_;
};

// What the table and its leaders share.
struct flight_table::state {
  explicit state(std::size_t most) : max_flights(most) {}

  // Null when there is no room. REQUIRES: the lock is held, and no flight of the key is in `open`.
  std::shared_ptr<flight> start(std::string_view key) {
    if (in_flight == max_flights) return nullptr;
    auto started = std::make_shared<flight>(key);
    open.emplace(started->key(), started);
    ++in_flight;
    return started;
  }

  // Null when none is under way that newcomers may join. REQUIRES: the lock is held.
  std::shared_ptr<flight> under_way(std::string_view key) const {
    const auto found = open.find(key);
    return found == open.end() ? nullptr : found->second;
  }

  bool is_open(const flight& f) const {
    const std::lock_guard guard(mutex);
    return under_way(f.key()).get() == &f;
  }

  void close(const flight& f) {
    const std::lock_guard guard(mutex);
    --in_flight;
    const auto found = open.find(f.key());
    if (found != open.end() && found->second.get() == &f) open.erase(found);
  }

  const std::size_t max_flights;
  mutable std::mutex mutex;
  // Flights that newcomers may join; the key's bytes are the flight's. A fenced flight is no longer here.
  std::unordered_map<std::string_view, std::shared_ptr<flight>> open;
  std::size_t in_flight = 0;
};

flight_table::leader::leader(std::shared_ptr<state> table, std::shared_ptr<flight> led)
    : table_(std::move(table)), flight_(std::move(led)) {}

flight_table::leader& flight_table::leader::operator=(leader&& other) noexcept {
  abandon();
  table_ = std::move(other.table_);
  flight_ = std::move(other.flight_);
  return *this;
}

flight_table::leader::~leader() {
  abandon();
}

void flight_table::leader::land(const load_result& result) {
  const std::shared_ptr<flight> landing = std::exchange(flight_, nullptr);
  table_->close(*landing);
  landing->land(result);
}

bool flight_table::leader::fenced() const {
  return !table_->is_open(*flight_);
}

void flight_table::leader::abandon() {
  if (!flight_) return;
  load_result nothing;
  nothing.error = "the load was given up before it came to a result; ask again";
  land(nothing);
}

flight_table::follower::~follower() {
  if (flight_) flight_->unfollow();
}

std::optional<load_result> flight_table::follower::wait_until(deadline until) const {
  return flight_->wait_until(until);
}

flight_table::flight_table(std::size_t max_flights) : state_(std::make_shared<state>(max_flights)) {}

flight_table::~flight_table() = default;

std::variant<flight_table::leader, flight_table::follower, flight_table::full> flight_table::join(
    std::string_view key) {
  const std::lock_guard guard(state_->mutex);
  if (auto joined = state_->under_way(key)) {
    if (!joined->follow()) return full{};
    return follower(std::move(joined));
  }
  auto started = state_->start(key);
  if (!started) return full{};
  return leader(state_, std::move(started));
}

std::variant<flight_table::leader, flight_table::promised, flight_table::full> flight_table::join(
    std::string_view key, callback landed) {
  std::unique_lock guard(state_->mutex);
  if (auto joined = state_->under_way(key)) {
    guard.unlock();
    if (!joined->follow(std::move(landed))) return full{};
    return promised{};
  }
  auto started = state_->start(key);
  if (!started) return full{};
  return leader(state_, std::move(started));
}

std::optional<flight_table::leader> flight_table::try_lead(std::string_view key) {
  const std::lock_guard guard(state_->mutex);
  if (state_->under_way(key)) return std::nullopt;
  auto started = state_->start(key);
  if (!started) return std::nullopt;
  return leader(state_, std::move(started));
}

void flight_table::fence(std::string_view key) {
  const std::lock_guard guard(state_->mutex);
  state_->open.erase(key);
}

void flight_table::fence_all() {
  const std::lock_guard guard(state_->mutex);
  state_->open.clear();
}

std::size_t flight_table::size() const {
  const std::lock_guard guard(state_->mutex);
  return state_->in_flight;
}

}  // namespace stoker
