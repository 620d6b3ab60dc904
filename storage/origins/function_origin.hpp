// An origin that is a function of the host's.
//
// The function takes the key as std::string_view or std::string and returns a load_result, a value, the text
// itself, or an std::optional of either, where an empty one means that the origin has no such key. Whatever
// it throws becomes load_outcome::failed with the text of the exception.
//
// Ownership: owns the function. Threads: the function is called from many threads at once. It is not told the
// deadline: one that hangs holds its thread, and is bounded by whoever waits for it (see load_threads.hpp).
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>

#include "storage/origins/origin.hpp"

namespace stoker {

namespace detail {

load_result as_load_result(load_result result);
load_result as_load_result(value bytes);
load_result as_load_result(const std::string& text);
load_result absent_key();

template <class T>
load_result as_load_result(std::optional<T> result) {
  return result ? as_load_result(std::move(*result)) : absent_key();
}

}  // namespace detail

class function_origin final : public origin {
 public:
  using function = std::function<load_result(std::string_view key)>;

  // Throws stoker::error when the function is empty.
  explicit function_origin(function load);

  template <class Load>
  requires(!std::is_convertible_v<Load, function> &&
           (std::is_invocable_v<Load&, std::string_view> ||
            std::is_invocable_v<Load&, std::string>)) explicit function_origin(Load load)
      : function_origin(adapted(std::move(load))) {}

  load_result load(std::string_view key, std::chrono::steady_clock::time_point deadline) override;

 private:
  template <class Load>
  static function adapted(Load load) {
    return [load = std::move(load)](std::string_view key) mutable {
      if constexpr (std::is_invocable_v<Load&, std::string_view>)
        return detail::as_load_result(load(key));
      else
        return detail::as_load_result(load(std::string{key}));
    };
  }

  function load_;
};

}  // namespace stoker
