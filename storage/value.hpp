// Immutable bytes shared by reference: what a loader returns, a cache holds and a reader gets.
//
// Ownership: copies share one allocation, header and bytes together; the last copy frees it. A copy is one
// atomic increment and allocates nothing. Threads: copies may live in any thread; one copy belongs to one
// thread at a time.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <new>
#include <string_view>
#include <utility>

#include "messages/bring.hpp"

namespace stoker {

class value {
 public:
  value() = default;

  // Copies `bytes` into one allocation.
  explicit value(std::string_view bytes) : block_(allocate(bytes.size())) {
    if (!bytes.empty()) std::memcpy(static_cast<void*>(block_ + 1), bytes.data(), bytes.size());
  }

  value(const value& other) noexcept : block_(other.block_) {
    if (block_) block_->references.fetch_add(1, std::memory_order_relaxed);
  }
  value(value&& other) noexcept : block_(std::exchange(other.block_, nullptr)) {}
  value& operator=(value other) noexcept {
    std::swap(block_, other.block_);
    return *this;
  }
  ~value() {
    if (block_ && block_->references.fetch_sub(1, std::memory_order_acq_rel) == 1) release(block_);
  }

  std::string_view view() const noexcept {
    return block_ ? std::string_view(reinterpret_cast<const char*>(block_ + 1), block_->size)
                  : std::string_view();
  }
  std::size_t size() const noexcept { return block_ ? block_->size : 0; }
  explicit operator bool() const noexcept { return block_ != nullptr; }

  // What was asked of the allocator for this value and all its copies together, in bytes.
  std::size_t allocation_bytes() const noexcept { return block_ ? sizeof(block) + block_->size : 0; }
  // Starts to bring the header to this core: a copy that follows soon will not wait for memory.
  void prefetch() const noexcept { bring(block_); }

 private:
  struct block {
    std::size_t size;
    std::atomic<std::uint32_t> references;
  };

  static block* allocate(std::size_t size) {
    return new (::operator new(sizeof(block) + size)) block{size, {1}};
  }
  static void release(block* unreferenced) noexcept {
    unreferenced->~block();
    ::operator delete(unreferenced);
  }

  block* block_ = nullptr;
};

}  // namespace stoker
