// Memory for tables that are read at random: in pages of 2 MiB where the system has them.
//
// With pages of 4 KiB nearly every access to a table of 64 MB waits for the page table first, and prefetching
// waits with it: the tracker takes in less than half as much. Ownership: unique. Threads: any, like operator
// new.
#pragma once

#include <cstddef>
#include <memory>
#include <new>

#if defined(__linux__)
#include <sys/mman.h>
#endif

namespace stoker {

inline constexpr std::size_t huge_page_bytes = 2 * 1024 * 1024;

struct huge_memory_deleter {
  void operator()(void* memory) const noexcept {
    ::operator delete (memory, std::align_val_t{huge_page_bytes});
  }
};

using huge_memory = std::unique_ptr<void, huge_memory_deleter>;

// Not initialised; aligned to a huge page. Throws std::bad_alloc.
inline huge_memory allocate_huge(std::size_t bytes) {
  huge_memory memory{::operator new (bytes, std::align_val_t{huge_page_bytes})};
#if defined(__linux__)
  // Advice: where it is refused, the memory is as good, only slower.
  if (bytes >= huge_page_bytes)
    ::madvise(memory.get(), bytes / huge_page_bytes * huge_page_bytes, MADV_HUGEPAGE);
#endif
  return memory;
}

}  // namespace stoker
