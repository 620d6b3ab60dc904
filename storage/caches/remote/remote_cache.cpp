#include "storage/caches/remote_cache.hpp"

namespace stoker {

const char* to_string(trouble what) noexcept {
  switch (what) {
    case trouble::none:
      return "none";
    case trouble::unavailable:
      return "unavailable";
    case trouble::timed_out:
      return "timed out";
    case trouble::denied:
      return "denied";
    case trouble::no_memory:
      return "no memory";
    case trouble::garbled:
      return "garbled";
    case trouble::rejected:
      return "rejected";
    case trouble::unsupported:
      return "unsupported";
  }
  return "unknown";
}

}  // namespace stoker
