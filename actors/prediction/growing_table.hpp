// A table of small plain elements that grows with what is known, without being copied.
//
// std::vector copies everything into fresh pages each time it grows: for the largest tables, which grow by a
// sixteenth to waste little memory, that was a tenth of the predictor's time. This one grows by realloc: the
// C library moves a large block by telling the kernel to map its pages elsewhere, and touches none of them.
// Elements are as T{} until they are written. Ownership: owns its elements; moved, not copied. Threads: none
// of its own. Pointers and references stay valid until it grows. Errors: std::bad_alloc, which changes
// nothing.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <memory>
#include <new>
#include <type_traits>
#include <utility>

namespace stoker::learning {

template <class T>
class growing_table {
  static_assert(std::is_trivially_copyable_v<T> && std::is_trivially_destructible_v<T>);
  static_assert(alignof(T) <= alignof(std::max_align_t));

 public:
  growing_table() = default;
  growing_table(growing_table&& other) noexcept { swap(other); }
  growing_table& operator=(growing_table&& other) noexcept {
    swap(other);
    return *this;
  }
  growing_table(const growing_table&) = delete;
  growing_table& operator=(const growing_table&) = delete;
  ~growing_table() { std::free(elements_); }

  T& operator[](std::size_t i) noexcept { return elements_[i]; }
  const T& operator[](std::size_t i) const noexcept { return elements_[i]; }
  T* data() noexcept { return elements_; }
  const T* data() const noexcept { return elements_; }
  T* begin() noexcept { return elements_; }
  T* end() noexcept { return elements_ + size_; }

  std::size_t size() const noexcept { return size_; }
  std::size_t memory_bytes() const noexcept { return capacity_ * sizeof(T); }

  // At least `size` elements.
  void grow_to(std::size_t size) {
    if (size <= size_) return;
    if (size > capacity_) allocate(size + size / spare_share + spare);
    std::uninitialized_value_construct(elements_ + size_, elements_ + size);
    size_ = size;
  }
  void push_back(const T& added) {
    const T copy = added;  // it may stand in the table
    grow_to(size_ + 1);
    elements_[size_ - 1] = copy;
  }

 private:
  static constexpr std::size_t spare_share = 16;  // it grows by a sixteenth
  static constexpr std::size_t spare = 64;        // and by so many elements

  void allocate(std::size_t capacity) {
    auto* grown = static_cast<T*>(std::realloc(elements_, capacity * sizeof(T)));
    if (grown == nullptr) throw std::bad_alloc();
    elements_ = grown;
    capacity_ = capacity;
  }
  void swap(growing_table& other) noexcept {
    std::swap(elements_, other.elements_);
    std::swap(size_, other.size_);
    std::swap(capacity_, other.capacity_);
  }

  T* elements_ = nullptr;
  std::size_t size_ = 0;
  std::size_t capacity_ = 0;
};

}  // namespace stoker::learning
