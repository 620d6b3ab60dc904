#include "storage/origins/function_origin.hpp"

#include <utility>

#include "messages/error.hpp"

namespace stoker {

namespace detail {

load_result as_load_result(load_result result) {
  return result;
}

load_result as_load_result(value bytes) {
  load_result result;
  result.outcome = load_outcome::loaded;
  result.bytes = std::move(bytes);
  return result;
}

load_result as_load_result(const std::string& text) {
  return as_load_result(value{text});
}

load_result absent_key() {
  load_result result;
  result.outcome = load_outcome::absent;
  result.error = "the origin has no such key";
  return result;
}

}  // namespace detail

namespace {

load_result failure(std::string text) {
  load_result result;
  result.outcome = load_outcome::failed;
  result.error = std::move(text);
  return result;
}

}  // namespace

function_origin::function_origin(function load) : load_(std::move(load)) {
  if (!load_)
    throw error{errc::invalid_argument, "function origin: the function is empty; give one that loads a key"};
}

load_result function_origin::load(std::string_view key, std::chrono::steady_clock::time_point) {
  try {
    return load_(key);
  } catch (const std::exception& thrown) {
    return failure(std::string{"the loader threw: "} + thrown.what());
  } catch (...) {
    return failure("the loader threw something that is not a std::exception");
  }
}

}  // namespace stoker
