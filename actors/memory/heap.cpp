#include "actors/memory/heap.hpp"

#include <malloc.h>

namespace stoker {

namespace {

std::uint64_t resident_bytes(const file_reader& read) {
  const auto status = read("/proc/self/status");
  return status ? kilobyte_field(*status, "VmRSS").value_or(0) : 0;
}

}  // namespace

std::uint64_t trim_heap(const file_reader& read) {
  const auto before = resident_bytes(read);
  malloc_trim(0);
  const auto after = resident_bytes(read);
  return before > after ? before - after : 0;
}

}  // namespace stoker
