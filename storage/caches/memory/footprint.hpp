// What an allocation really takes from the heap, in bytes: the request, the allocator's header and its
// rounding.
//
// The numbers are those of glibc's malloc on 64 bits. Another allocator differs by its size classes, which
// keeps the cache's account within a few per cent of the truth.
#pragma once

#include <cstddef>
#include <vector>

namespace stoker {

inline constexpr std::size_t heap_header_bytes = 8;       // size field in front of each chunk
inline constexpr std::size_t heap_alignment_bytes = 16;   // chunks are rounded up to this
inline constexpr std::size_t heap_minimum_bytes = 32;     // smallest chunk
inline constexpr std::size_t mapped_from_bytes = 131072;  // larger requests get whole pages of their own
inline constexpr std::size_t page_bytes = 4096;

constexpr std::size_t round_up(std::size_t bytes, std::size_t multiple) {
  return (bytes + multiple - 1) / multiple * multiple;
}

constexpr std::size_t heap_bytes(std::size_t requested) {
  if (requested == 0) return 0;
  if (requested >= mapped_from_bytes) return round_up(requested + 2 * heap_header_bytes, page_bytes);
  const std::size_t chunk = round_up(requested + heap_header_bytes, heap_alignment_bytes);
  return chunk < heap_minimum_bytes ? heap_minimum_bytes : chunk;
}

template <class T>
std::size_t heap_bytes(const std::vector<T>& items) {
  return heap_bytes(items.capacity() * sizeof(T));
}

}  // namespace stoker
