// What can go wrong, named once for messages, the library and the command line.
#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>

namespace stoker {

enum class errc : std::uint8_t {
  none = 0,
  invalid_argument,  // the caller's mistake; the text says what to change
  already_exists,
  no_such_cache,
  no_such_strategy,
  no_such_run,
  busy,         // a run of this cache is under way
  unavailable,  // the actor that would answer is being restarted
  timed_out,
  load_failed,
  history_failed,
  stopped,  // the engine is shut down
};

const char* to_string(errc code) noexcept;

// Thrown by the library's face. what() says what happened, where, and what to do.
class error : public std::runtime_error {
 public:
  error(errc code, const std::string& text) : std::runtime_error(text), code_(code) {}
  errc code() const noexcept { return code_; }

 private:
  errc code_;
};

}  // namespace stoker
