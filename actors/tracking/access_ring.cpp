#include "actors/tracking/access_ring.hpp"

#include <cassert>

namespace stoker {

using namespace ring_format;

access_ring::access_ring(std::size_t capacity_bytes, std::uint64_t stream)
    : storage_(new char[capacity_bytes + line_bytes]), mask_(capacity_bytes - 1), stream_(stream) {
  assert(capacity_bytes >= 1024 && (capacity_bytes & mask_) == 0);
  auto address = reinterpret_cast<std::uintptr_t>(storage_.get());
  bytes_ = storage_.get() + (line_bytes - address % line_bytes) % line_bytes;
}

bool access_ring::write(const ring_entry& entry) noexcept {
  const std::size_t stream_size = entry.stream ? sizeof entry.stream : 0;
  const std::size_t size = padded(sizeof(header) + stream_size + entry.key.size() + entry.note.size());
  char* to = claim(size);
  if (!to) return false;
  std::uint32_t flags = pack(entry.key.size(), entry.outcome);
  if (entry.stream) flags |= has_stream;
  if (!entry.note.empty()) flags |= has_note;
  const header h{
      static_cast<std::uint32_t>(size), flags, entry.stamp, entry.hash, entry.bytes, entry.cost_us};
  std::memcpy(to, &h, sizeof h);
  to += sizeof h;
  std::memcpy(to, &entry.stream, stream_size);
  to += stream_size;
  copy_key(to, entry.key);
  if (!entry.note.empty()) std::memcpy(to + entry.key.size(), entry.note.data(), entry.note.size());
  publish(size);
  return true;
}

char* access_ring::claim_slowly(std::size_t size) noexcept {
  std::uint64_t position = write_.load(std::memory_order_relaxed);
  const std::uint64_t left = mask_ + 1 - (position & mask_);
  const std::uint64_t filler = left < size ? left : 0;
  cached_read_ = read_.load(std::memory_order_acquire);
  if (!bytes_ || position + filler + size - cached_read_ > mask_ + 1) {
    drop();
    return nullptr;
  }
  if (filler) {
    const std::uint32_t marks[2] = {static_cast<std::uint32_t>(filler), is_filler};
    std::memcpy(bytes_ + (position & mask_), marks, sizeof marks);
    publish(filler);
    position += filler;
  }
  return bytes_ + (position & mask_);
}

bool access_ring::has_room(std::size_t payload_bytes) noexcept {
  if (!bytes_) return false;
  const std::size_t size = padded(sizeof(header) + payload_bytes);
  const std::uint64_t position = write_.load(std::memory_order_relaxed);
  const std::uint64_t left = mask_ + 1 - (position & mask_);
  const std::uint64_t end = position + (left < size ? left : 0) + size;
  if (end - cached_read_ <= mask_ + 1) return true;
  cached_read_ = read_.load(std::memory_order_acquire);
  return end - cached_read_ <= mask_ + 1;
}

access_ring::header access_ring::header_at(std::uint64_t position) const noexcept {
  header h;
  std::memcpy(&h, bytes_ + (position & mask_), sizeof h);
  return h;
}

std::uint64_t access_ring::settle(std::uint64_t position, std::uint64_t end) const noexcept {
  if (position == end) return position;
  std::uint32_t marks[2];
  std::memcpy(marks, bytes_ + (position & mask_), sizeof marks);
  return (marks[1] & is_filler) ? position + marks[0] : position;
}

std::uint64_t access_ring::stamp_at(std::uint64_t position) const noexcept {
  return header_at(position).stamp;
}

ring_entry access_ring::entry_at(std::uint64_t position, std::uint64_t& next) const noexcept {
  const header h = header_at(position);
  const char* from = bytes_ + (position & mask_);
  const char* stop = from + h.size;
  from += sizeof h;
  ring_entry entry{h.stamp, h.hash, stream_, {}, {}, h.bytes, h.cost_us, access_outcome::miss};
  if (h.key_size_and_flags & has_stream) {
    std::memcpy(&entry.stream, from, sizeof entry.stream);
    from += sizeof entry.stream;
  }
  entry.outcome = static_cast<access_outcome>((h.key_size_and_flags >> outcome_shift) & outcome_mask);
  entry.key = {from, h.key_size_and_flags & key_size_mask};
  from += entry.key.size();
  if (h.key_size_and_flags & has_note) entry.note = {from, static_cast<std::size_t>(stop - from)};
  next = position + h.size;
  return entry;
}

void access_ring::reopen(std::uint64_t stream) noexcept {
  stream_ = stream;
  stamp_uses_left_ = 0;
  closed_.store(false, std::memory_order_relaxed);
}

void access_ring::release() noexcept {
  // Positions are set so that the next write takes the slow path, which refuses.
  read_.store(0, std::memory_order_relaxed);
  cached_read_ = 0;
  write_.store(mask_ + 1, std::memory_order_relaxed);
  storage_.reset();
  bytes_ = nullptr;
}

}  // namespace stoker
