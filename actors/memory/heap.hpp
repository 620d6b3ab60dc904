// The heap: gives memory that was freed back to the system.
//
// What a clear or a rollback frees stays with the allocator otherwise, and the machine is none the better for
// it.
#pragma once

#include <cstdint>

#include "actors/memory/readings.hpp"

namespace stoker {

// Returns by how many bytes the resident set became smaller, as `read` has it. Blocks while the allocator
// walks its free lists: milliseconds, on a heap of gigabytes more; not for a scheduled actor. Threads: any.
std::uint64_t trim_heap(const file_reader& read);

}  // namespace stoker
