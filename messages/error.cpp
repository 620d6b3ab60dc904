#include "messages/error.hpp"

namespace stoker {

const char* to_string(errc code) noexcept {
  switch (code) {
    case errc::none:
      return "none";
    case errc::invalid_argument:
      return "invalid argument";
    case errc::already_exists:
      return "already exists";
    case errc::no_such_cache:
      return "no such cache";
    case errc::no_such_strategy:
      return "no such strategy";
    case errc::no_such_run:
      return "no such run";
    case errc::busy:
      return "busy";
    case errc::unavailable:
      return "unavailable";
    case errc::timed_out:
      return "timed out";
    case errc::load_failed:
      return "load failed";
    case errc::history_failed:
      return "history failed";
    case errc::stopped:
      return "stopped";
  }
  return "unknown";
}

}  // namespace stoker
