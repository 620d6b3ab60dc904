// A ring of bytes from one recording thread to one consumer: accesses in the order in which they were
// recorded.
//
// Threads: one producer calls write() and close(); one consumer calls everything under "consumer". Neither
// waits for the other: a full ring refuses, and the refusal is counted. Ownership: shared by the recorder and
// the thread that writes; release() gives the memory back while the thread still holds the object.
//
// Bytes of an entry, which never wraps around (a filler entry takes what is left before the end):
//   u32 size of all of it, a multiple of 8
//   u32 key size in the low 24 bits; above them 3 bits outcome, and flags: stream, note, filler (a filler is
//   8 bytes) u64 stamp, u64 hash (0: not computed yet), u32 bytes of the value, u32 load cost in us [u64
//   stream]  key  [note: see access_details.hpp]  padding
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string_view>

#include "actors/tracking/stamp.hpp"
#include "messages/access.hpp"

namespace stoker {

namespace ring_format {

inline constexpr std::uint32_t key_size_mask = (1u << 24) - 1;
inline constexpr std::uint32_t outcome_shift = 24;
inline constexpr std::uint32_t outcome_mask = 7;
inline constexpr std::uint32_t has_stream = 1u << 27;
inline constexpr std::uint32_t has_note = 1u << 28;
inline constexpr std::uint32_t is_filler = 1u << 29;

constexpr std::size_t padded(std::size_t size) noexcept {
  return (size + 7) & ~std::size_t{7};
}

inline std::uint32_t pack(std::size_t key_size, access_outcome outcome) noexcept {
  return static_cast<std::uint32_t>(key_size) | (static_cast<std::uint32_t>(outcome) << outcome_shift);
}

// A header that is built on the stack and copied costs more than all the rest of a hit:
// the copy's wide load has to wait for the narrow stores before it.
inline void put_pair(char* to, std::uint32_t first, std::uint32_t second) noexcept {
  std::memcpy(to, &first, sizeof first);
  std::memcpy(to + sizeof first, &second, sizeof second);
}

// Two overlapping copies of 16 bytes cover the usual key without a call.
inline void copy_key(char* to, std::string_view key) noexcept {
  if (key.size() >= 16 && key.size() <= 32) {
    std::memcpy(to, key.data(), 16);
    std::memcpy(to + key.size() - 16, key.data() + key.size() - 16, 16);
  } else if (!key.empty()) {
    std::memcpy(to, key.data(), key.size());
  }
}

}  // namespace ring_format

// What write() puts into a ring, and what the consumer finds there.
struct ring_entry {
  std::uint64_t stamp = 0;
  std::uint64_t hash = 0;    // 0: the consumer computes it
  std::uint64_t stream = 0;  // 0: the thread's own
  std::string_view key;
  std::string_view note;  // encoded; empty: none
  std::uint32_t bytes = 0;
  std::uint32_t cost_us = 0;
  access_outcome outcome = access_outcome::hit;
};

class access_ring {
 public:
  // REQUIRES: capacity_bytes is a power of two, at least 1024. `stream` stands for the writing thread.
  access_ring(std::size_t capacity_bytes, std::uint64_t stream);

  // Producer. False: full (or released), and counted as dropped. The entry must fit half the ring.
  bool write(const ring_entry& entry) noexcept;
  // Producer. The usual case: a key without stream and note.
  bool write(std::uint64_t stamp, std::string_view key, std::uint64_t hash, access_outcome outcome,
             std::uint32_t bytes, std::uint32_t cost_us) noexcept;
  // Producer. Whether an entry of so many bytes of stream, key and note would be taken now. Counts nothing.
  bool has_room(std::size_t payload_bytes) noexcept;
  // Producer. The stamp of a hit of the thread's own stream: read from the counter once in `hits_per_stamp`
  // hits, and for the first one after a drain (`drains` differs from the last call's). Reading it costs more
  // than all else that a hit does. The order within the thread is the ring's; against other threads such a
  // hit may seem up to seven hits, or one interval between drains, too early.
  std::uint64_t hit_stamp(std::uint64_t drains) noexcept;

  // Producer. The thread ends: nothing more will come.
  void close() noexcept { closed_.store(true, std::memory_order_release); }

  // Consumer. A position that everything recorded so far stands before.
  std::uint64_t end() const noexcept { return write_.load(std::memory_order_acquire); }
  std::uint64_t begin() const noexcept { return read_.load(std::memory_order_relaxed); }
  // Consumer. Skips a filler at `position`, so that an entry stands there if any does before `end`.
  std::uint64_t settle(std::uint64_t position, std::uint64_t end) const noexcept;
  // Consumer. The stamp of the entry at `position`, and the entry: valid until consumed() passes it.
  std::uint64_t stamp_at(std::uint64_t position) const noexcept;
  ring_entry entry_at(std::uint64_t position, std::uint64_t& next) const noexcept;
  // Consumer. Gives the room before `position` back to the producer.
  void consumed(std::uint64_t position) noexcept { read_.store(position, std::memory_order_release); }

  std::uint64_t stream() const noexcept { return stream_; }
  std::uint64_t dropped() const noexcept { return dropped_.load(std::memory_order_relaxed); }
  bool closed() const noexcept { return closed_.load(std::memory_order_acquire); }
  std::size_t capacity_bytes() const noexcept { return mask_ + 1; }

  // For another thread from now on. REQUIRES: closed and empty, and no one else holds it.
  void reopen(std::uint64_t stream) noexcept;
  // Frees the memory; writes are refused from then on. REQUIRES: no write is under way, and nobody consumes.
  void release() noexcept;

 private:
  struct header {
    std::uint32_t size;
    std::uint32_t key_size_and_flags;
    std::uint64_t stamp;
    std::uint64_t hash;
    std::uint32_t bytes;
    std::uint32_t cost_us;
  };

  char* claim(std::size_t size) noexcept;
  char* claim_slowly(std::size_t size) noexcept;
  void publish(std::size_t size) noexcept;
  void drop() noexcept {
    dropped_.store(dropped_.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
  }
  header header_at(std::uint64_t position) const noexcept;

  static constexpr std::uint32_t hits_per_stamp = 8;
  static constexpr std::size_t line_bytes = 64;  // what two cores contend for

  std::unique_ptr<char[]> storage_;
  char* bytes_;  // storage_, aligned to a line
  std::uint64_t mask_;
  std::uint64_t stream_;
  std::atomic<bool> closed_{false};

  // The producer's line. INVARIANT: write_ - read_ <= capacity; cached_read_ <= read_.
  alignas(line_bytes) std::atomic<std::uint64_t> write_{0};
  std::uint64_t cached_read_ = 0;
  std::atomic<std::uint64_t> dropped_{0};
  std::uint64_t stamp_ = 0;
  std::uint64_t stamp_drains_ = 0;  // at the time of stamp_
  std::uint32_t stamp_uses_left_ = 0;

  // The consumer's line.
  alignas(line_bytes) std::atomic<std::uint64_t> read_{0};
};

inline bool access_ring::write(std::uint64_t stamp, std::string_view key, std::uint64_t hash,
                               access_outcome outcome, std::uint32_t bytes, std::uint32_t cost_us) noexcept {
  const std::size_t size = ring_format::padded(sizeof(header) + key.size());
  char* to = claim(size);
  if (!to) return false;
  ring_format::put_pair(to, static_cast<std::uint32_t>(size), ring_format::pack(key.size(), outcome));
  std::memcpy(to + offsetof(header, stamp), &stamp, sizeof stamp);
  std::memcpy(to + offsetof(header, hash), &hash, sizeof hash);
  ring_format::put_pair(to + offsetof(header, bytes), bytes, cost_us);
  ring_format::copy_key(to + sizeof(header), key);
  publish(size);
  return true;
}

inline std::uint64_t access_ring::hit_stamp(std::uint64_t drains) noexcept {
  if (stamp_uses_left_ == 0 || drains != stamp_drains_) [[unlikely]] {
    stamp_ = monotone_stamp();
    stamp_drains_ = drains;
    stamp_uses_left_ = hits_per_stamp;
  }
  --stamp_uses_left_;
  return stamp_;
}

// Room for `size` bytes in one piece, or null. The usual case first: it fits, as far as is known without
// asking.
inline char* access_ring::claim(std::size_t size) noexcept {
  const std::uint64_t position = write_.load(std::memory_order_relaxed);
  const std::uint64_t offset = position & mask_;
  if (offset + size <= mask_ + 1 && position + size - cached_read_ <= mask_ + 1) [[likely]]
    return bytes_ + offset;
  return claim_slowly(size);
}

inline void access_ring::publish(std::size_t size) noexcept {
  write_.store(write_.load(std::memory_order_relaxed) + size, std::memory_order_release);
}

}  // namespace stoker
