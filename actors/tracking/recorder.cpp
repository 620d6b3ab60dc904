#include "actors/tracking/recorder.hpp"

#include <algorithm>
#include <bit>

#include "actors/tracking/stamp.hpp"
#include "messages/error.hpp"
#include "messages/key.hpp"

namespace stoker {

namespace {

// Where a thread finds its ring of a recorder: by the recorder's number, checked by its serial.
struct thread_slot {
  std::uint64_t serial = 0;  // 0: none
  access_ring* ring = nullptr;
  std::uint64_t refused_at = 0;  // without a ring: the recorder's freed_ when it refused one
};

// The fast way: plain data, so that access to it needs no check whether it was constructed.
constinit thread_local thread_slot* thread_slots = nullptr;
constinit thread_local std::uint32_t thread_slot_count = 0;
constinit thread_local bool thread_is_ending = false;

// Owns what the fast way points at, and closes the rings when the thread ends.
class thread_rings {
 public:
  ~thread_rings() {
    for (auto& ring : owned_)
      if (ring) ring->close();
    thread_slots = nullptr;
    thread_slot_count = 0;
    thread_is_ending = true;
  }

  thread_slot& slot(std::uint32_t number) {
    if (number >= slots_.size()) {
      owned_.resize(number + 1);
      slots_.resize(number + 1);
      thread_slots = slots_.data();
      thread_slot_count = static_cast<std::uint32_t>(slots_.size());
    }
    return slots_[number];
  }

  void set(std::uint32_t number, thread_slot content, std::shared_ptr<access_ring> ring) {
    slot(number) = content;
    owned_[number] = std::move(ring);
  }

 private:
  std::vector<thread_slot> slots_;
  std::vector<std::shared_ptr<access_ring>> owned_;
};

thread_local thread_rings this_threads_rings;

std::uint64_t this_threads_stream() {
  static std::atomic<std::uint64_t> next{1};
  thread_local const std::uint64_t stream = next.fetch_add(1, std::memory_order_relaxed);
  return stream;
}

// Numbers of recorders: small and dense, given again.
class recorder_numbers {
 public:
  std::uint32_t take() {
    std::lock_guard guard{mutex_};
    if (free_.empty()) return next_++;
    const std::uint32_t number = free_.back();
    free_.pop_back();
    return number;
  }
  void give_back(std::uint32_t number) {
    std::lock_guard guard{mutex_};
    free_.push_back(number);
  }

 private:
  std::mutex mutex_;
  std::vector<std::uint32_t> free_;
  std::uint32_t next_ = 0;
};

recorder_numbers& numbers() {
  static recorder_numbers all;
  return all;
}

std::uint64_t next_serial() {
  static std::atomic<std::uint64_t> last{0};
  return last.fetch_add(1, std::memory_order_relaxed) + 1;
}

recorder_config validated(recorder_config config) {
  validate(config);
  return config;
}

}  // namespace

void validate(const recorder_config& config) {
  const std::size_t least = 2 * (max_key_bytes + max_details_bytes + 64);
  if (!std::has_single_bit(config.ring_bytes) || config.ring_bytes < least)
    throw error(errc::invalid_argument, "recorder: ring_bytes must be a power of two and at least " +
                                            std::to_string(std::bit_ceil(least)));
  if (config.max_rings == 0) throw error(errc::invalid_argument, "recorder: max_rings must be at least 1");
}

recorder::recorder(recorder_config config)
    : config_(validated(std::move(config))), number_(numbers().take()), serial_(next_serial()) {}

recorder::~recorder() {
  for (auto& ring : rings_) ring->release();
  numbers().give_back(number_);
}

void recorder::record(std::string_view key, access_outcome outcome, std::uint32_t bytes,
                      std::uint32_t cost_us, std::uint64_t hash) noexcept {
  access_ring* ring = this_threads_ring();
  if (!ring || key.size() > max_key_bytes) [[unlikely]]
    return refuse();
  if (outcome == access_outcome::hit) [[likely]] {
    const auto stamp = ring->hit_stamp(drains_.load(std::memory_order_relaxed));
    ring->write(stamp, key, hash, outcome, bytes, cost_us);
    return;
  }
  ring->write(monotone_stamp(), key, hash, outcome, bytes, cost_us);
  if (outcome == access_outcome::miss || outcome == access_outcome::late) wake_collector();
}

void recorder::record(std::string_view key, access_outcome outcome, std::uint32_t bytes,
                      std::uint32_t cost_us, std::uint64_t hash, std::uint64_t stream,
                      const access_details& details) {
  access_ring* ring = this_threads_ring();
  if (!ring || key.size() > max_key_bytes) return refuse();
  const std::string note = encode_details(details);
  if (stream == 0 && !details.subject.empty()) stream = hash_key(details.subject);
  ring->write({monotone_stamp(), hash, stream, key, note, bytes, cost_us, outcome});
  if (outcome == access_outcome::miss || outcome == access_outcome::late) wake_collector();
}

std::size_t recorder::record_all(std::span<const reported_access> accesses) {
  access_ring* ring = this_threads_ring();
  if (!ring) return 0;
  bool missed = false;
  std::size_t taken = 0;
  const reported_access none{};
  const auto* before = &none;  // whose note and stream these are
  std::string note;
  std::uint64_t subject_stream = 0;
  for (const auto& one : accesses) {
    if (one.key.size() <= max_key_bytes) {
      // Many come from one subject.
      if (one.subject != before->subject || one.kind != before->kind) {
        note = encode_details({one.subject, one.kind, {}, {}});
        subject_stream = one.subject.empty() ? 0 : hash_key(one.subject);
      }
      before = &one;
      if (!ring->has_room(sizeof one.stream + one.key.size() + note.size())) break;
      const auto stream = one.stream == 0 ? subject_stream : one.stream;
      ring->write({monotone_stamp(), 0, stream, one.key, note, one.bytes, one.cost_us, one.outcome});
      missed = missed || one.outcome == access_outcome::miss || one.outcome == access_outcome::late;
    } else {
      refuse();
    }
    ++taken;
  }
  if (missed) wake_collector();
  return taken;
}

inline access_ring* recorder::this_threads_ring() noexcept {
  if (number_ < thread_slot_count) [[likely]] {
    const thread_slot& slot = thread_slots[number_];
    if (slot.serial == serial_ && slot.ring) [[likely]]
      return slot.ring;
  }
  return attach();
}

// The first access of a thread, or one of a thread that was refused a ring. Out of memory counts as refused.
access_ring* recorder::attach() noexcept try {
  if (thread_is_ending) return nullptr;
  const std::uint64_t freed = freed_.load(std::memory_order_acquire);
  const thread_slot& slot = this_threads_rings.slot(number_);
  if (slot.serial == serial_ && slot.refused_at == freed) return nullptr;
  auto ring = take_ring();
  this_threads_rings.set(number_, {serial_, ring.get(), freed}, ring);
  return ring.get();
} catch (const std::bad_alloc&) {
  return nullptr;
}

// Null: there are as many rings as there may be.
std::shared_ptr<access_ring> recorder::take_ring() {
  std::lock_guard guard{rings_mutex_};
  std::shared_ptr<access_ring> ring;
  if (!free_.empty()) {
    ring = std::move(free_.back());
    free_.pop_back();
    ring->reopen(this_threads_stream());
  } else if (rings_.size() < config_.max_rings) {
    ring = std::make_shared<access_ring>(config_.ring_bytes, this_threads_stream());
  } else {
    return nullptr;
  }
  rings_.push_back(ring);
  rings_version_.fetch_add(1, std::memory_order_release);
  return ring;
}

void recorder::wake_collector() noexcept {
  // Pairs with the fence in drain(): either the collector sees the access that was just written, or this
  // thread sees that no wake-up is pending.
  std::atomic_thread_fence(std::memory_order_seq_cst);
  if (wake_pending_.load(std::memory_order_relaxed)) return;
  if (!wake_pending_.exchange(true, std::memory_order_relaxed) && config_.wake) config_.wake();
}

bool recorder::drain(std::uint64_t horizon, std::size_t max_records, access_batch& batch) {
  std::lock_guard guard{consumer_mutex_};
  drains_.fetch_add(1, std::memory_order_relaxed);
  wake_pending_.store(false, std::memory_order_relaxed);
  std::atomic_thread_fence(std::memory_order_seq_cst);
  fetch_rings();
  const bool complete = merger_.merge(known_rings_, horizon, max_records, batch);
  recycle_rings();
  const std::uint64_t dropped = total_dropped();
  batch.dropped += dropped - reported_dropped_;
  reported_dropped_ = dropped;
  return complete;
}

void recorder::fetch_rings() {
  if (rings_version_.load(std::memory_order_acquire) == known_version_) return;
  std::lock_guard guard{rings_mutex_};
  known_rings_ = rings_;
  known_version_ = rings_version_.load(std::memory_order_relaxed);
}

// Rings whose threads have ended, once they are empty, wait for the next thread.
void recorder::recycle_rings() {
  // Closed first, empty second: the thread wrote its last access before it closed.
  const auto over = [](const auto& ring) { return ring->closed() && ring->begin() == ring->end(); };
  if (std::none_of(known_rings_.begin(), known_rings_.end(), over)) return;
  std::lock_guard guard{rings_mutex_};
  const auto gone =
      std::stable_partition(rings_.begin(), rings_.end(), [&](const auto& ring) { return !over(ring); });
  std::move(gone, rings_.end(), std::back_inserter(free_));
  rings_.erase(gone, rings_.end());
  known_rings_ = rings_;
  known_version_ = rings_version_.fetch_add(1, std::memory_order_release) + 1;
  freed_.fetch_add(1, std::memory_order_release);
}

std::uint64_t recorder::total_dropped() const {
  std::lock_guard guard{rings_mutex_};
  std::uint64_t dropped = refused_.load(std::memory_order_relaxed);
  for (const auto& ring : rings_) dropped += ring->dropped();
  for (const auto& ring : free_) dropped += ring->dropped();
  return dropped;
}

recorder_stats recorder::stats() const {
  const std::uint64_t dropped = total_dropped();
  std::scoped_lock guard{consumer_mutex_, rings_mutex_};
  const std::size_t rings = rings_.size() + free_.size();
  return {merger_.passed_on(), dropped, merger_.late(), rings, rings * config_.ring_bytes};
}

}  // namespace stoker
