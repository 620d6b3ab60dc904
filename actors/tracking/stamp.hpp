// The stamp of an access: a number that grows with time, on all cores alike.
//
// A clock read costs about 25 ns, more than all else that a recorded hit does, so on x86-64 the stamp is the
// time stamp counter: invariant (it neither stops nor changes its rate) and set alike on all cores on every
// server of the last fifteen years. Stamps only order accesses of threads that run side by side; a skew of
// some ticks between two sockets swaps neighbours that were concurrent anyway. Elsewhere it is the steady
// clock in nanoseconds.
#pragma once

#include <cstdint>

#if defined(__x86_64__)
#include <x86intrin.h>
#else
#include <chrono>
#endif

namespace stoker {

inline std::uint64_t monotone_stamp() noexcept {
#if defined(__x86_64__)
  return __rdtsc();
#else
  return static_cast<std::uint64_t>(std::chrono::steady_clock::now().time_since_epoch().count());
#endif
}

}  // namespace stoker
