#include "actors/prediction/open_questions.hpp"

#include <bit>
#include <cassert>
#include <utility>

namespace stoker::learning {

open_questions::open_questions(std::uint32_t capacity) : ring_(capacity), chains_(capacity, 0) {
  assert(std::has_single_bit(capacity));
}

void open_questions::grow_to(std::uint32_t capacity) {
  if (capacity <= ring_.size()) return;
  assert(std::has_single_bit(capacity));
  const auto old = std::exchange(ring_, std::vector<question>(capacity));
  chains_.assign(capacity, begin_ - 1);
  for (auto i = begin_; i != end_; ++i) {
    auto& q = at(i) = old[i & (old.size() - 1)];
    q.older = std::exchange(chain_of(q.key), i);
  }
}

bool open_questions::has_room(bool likely) const noexcept {
  const auto room = ring_.size() - size();
  return likely ? room > 0 : room > ring_.size() / 4;
}

void open_questions::ask(const question& q) {
  assert(has_room(true));
  auto& chain = chain_of(q.key);
  auto& placed = at(end_) = q;
  placed.older = chain;
  chain = end_++;
}

std::size_t open_questions::memory_bytes() const noexcept {
  return ring_.capacity() * sizeof(question) + chains_.capacity() * sizeof(std::uint32_t);
}

}  // namespace stoker::learning
