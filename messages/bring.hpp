// Hints to the memory: what will be read soon starts to come to the core now, while it does other work.
//
// A function that does nothing but hint has no effect that a compiler knows of, so GCC drops the calls to it
// unless it inlines them: half of the hints were lost that way. This one is told to have an effect. Costs an
// instruction.
#pragma once

namespace stoker {

// Starts to bring the line of memory at `place`, which need not be valid.
inline void bring(const void* place) noexcept {
  asm volatile("" : : "r"(place));
  __builtin_prefetch(place);
}

}  // namespace stoker
