#include "actors/prediction/stream_contexts.hpp"

#include <algorithm>

namespace stoker::learning {

namespace {

// Multiplicative hashing (Knuth, The Art of Computer Programming 3, section 6.4): stream ids may be small
// numbers. REQUIRES: `places` is a power of two.
std::size_t place_of(std::uint64_t stream, std::size_t places) {
  return static_cast<std::size_t>((stream * 0x9e3779b97f4a7c15U) >> 40) & (places - 1);
}

void add_source(stream_context& context, past_demand source, bool would_miss) {
  context.latest = source;
  if (would_miss) context.would_misses[context.would_miss_count++ % stream_context::depth] = source;
}

}  // namespace

stream_contexts::stream_contexts() : table_(1), waiting_(4) {}

stream_context& stream_contexts::of(std::uint64_t stream) {
  if (table_.size() == 1 && table_[0].stream != stream) {
    const auto first = table_[0];
    table_.assign(contexts, stream_context{});
    table_[place_of(first.stream, contexts)] = first;
  }
  auto& context = table_[place_of(stream, table_.size())];
  if (context.stream != stream) {
    context = stream_context{};
    context.stream = stream;
  }
  return context;
}

void stream_contexts::ripen(std::uint32_t now, std::uint32_t delay) {
  for (; first_waiting_ != end_waiting_; ++first_waiting_) {
    const auto& oldest = waiting_[first_waiting_ & (waiting_.size() - 1)];
    if (now - oldest.at < std::clamp(delay, 1U, longest_delay)) return;
    add_source(of(oldest.stream), {oldest.key, oldest.at}, oldest.would_miss);
  }
}

void stream_contexts::note(std::uint64_t stream, key_id key, bool would_miss, std::uint32_t now,
                           std::uint32_t delay) {
  if (delay <= 1 && first_waiting_ == end_waiting_)  // ripe by the next access
    return add_source(of(stream), {key, now}, would_miss);
  if (end_waiting_ - first_waiting_ == waiting_.size()) {
    std::rotate(waiting_.begin(), waiting_.begin() + (first_waiting_ & (waiting_.size() - 1)),
                waiting_.end());
    first_waiting_ = 0;
    end_waiting_ = static_cast<std::uint32_t>(waiting_.size());
    waiting_.resize(waiting_.size() * 2);
  }
  waiting_[end_waiting_++ & (waiting_.size() - 1)] = {stream, key, now, would_miss};
}

std::size_t stream_contexts::memory_bytes() const noexcept {
  return table_.capacity() * sizeof(stream_context) + waiting_.capacity() * sizeof(waiting_access);
}

}  // namespace stoker::learning
