#include "actors/tracking/recent_slots.hpp"

#include <algorithm>

namespace stoker {

recent_slots::recent_slots()
    : slots_(std::make_unique<std::uint32_t[]>(kept)), marks_(std::make_unique<mark[]>(kept_batches)) {}

void recent_slots::add(std::span<const std::uint32_t> slots, std::int64_t at_ns) {
  if (slots.empty()) return;
  if (slots.size() > kept) {  // its rest would push out its beginning
    lose(at_ns);
    slots = slots.last(kept);
  }
  if (batches_ - first_batch_ == kept_batches) drop_first();
  while (first_batch_ < batches_ && added_ + slots.size() - marks_[first_batch_ % kept_batches].begin > kept)
    drop_first();
  marks_[batches_++ % kept_batches] = {added_, at_ns, latest_ns_};
  for (const auto slot : slots) slots_[added_++ % kept] = slot;
  latest_ns_ = std::max(latest_ns_, at_ns);
}

void recent_slots::drop_first() {
  lose(marks_[first_batch_++ % kept_batches].at_ns);
}

}  // namespace stoker
