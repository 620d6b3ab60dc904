#include "actors/tracking/neighbours.hpp"

namespace stoker {

namespace {

constexpr std::int64_t window_ns =
    30'000'000'000;  // a page view and the next click; a pause beyond it separates

// Batches from this size on come at some 2 M accesses a second, of which the pairs are more work than all the
// rest.
constexpr std::size_t large_batch = 2048;
constexpr std::uint32_t large_batch_stride = 16;

}  // namespace

// By how much this batch counts; 0: it is not learned from.
std::uint32_t neighbour_learner::factor_of(const access_batch& batch) {
  if (batch.records.size() < large_batch) return 1;
  windows_.interrupt();
  return large_batches_++ % large_batch_stride == 0 ? large_batch_stride : 0;
}

void neighbour_learner::learn(std::uint16_t cache, const access_batch& batch,
                              std::span<const std::uint32_t> slots, time_point at, tracked_keys& keys) {
  const std::uint32_t factor = factor_of(batch);
  if (factor == 0) return;
  const std::int64_t now_ns = to_ns(at);
  for (std::size_t i = 0; i < batch.records.size(); ++i) {
    const access_record& record = batch.records[i];
    if (record.outcome == access_outcome::sampled) continue;
    const std::string_view name = batch.key(record);
    stream_access access{record.hash, 0, record.key_size, slots[i], 0};
    if (access.slot != no_slot && keys.record(access.slot).hash != access.hash) access.slot = no_slot;
    if (access.slot != no_slot) access.weight = factor * keys.co_access_weight(access.slot);
    auto& window = windows_.of(record.stream, cache, now_ns, window_ns);
    pair_up(window, access, name, keys);
    access.name_at = names_.add(name);
    window.push(access);
  }
}

void neighbour_learner::pair_up(const stream_windows::window& window, const stream_access& access,
                                std::string_view name, tracked_keys& keys) {
  // A key that is in the window already was counted by its neighbours then, or counted them at its access.
  const bool fresh = !window.contains(access.hash);
  for (std::uint32_t i = 0; i < window.size; ++i) {
    const stream_access& other = window.accesses[i];
    if (other.hash == access.hash) continue;
    if (access.weight > 0)
      if (const auto other_name = names_.get(other); !other_name.empty())
        keys.co_access(access.slot, other.hash, other_name, access.weight);
    // The slot may have been given to another key since.
    if (fresh && other.weight > 0 && keys.record(other.slot).hash == other.hash)
      keys.co_access(other.slot, access.hash, name, other.weight);
  }
}

}  // namespace stoker
