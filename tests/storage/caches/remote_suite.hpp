// What every back end of the seam for outside caches must do: one list of checks, run against the real
// servers by each back end's own test file.
//
// A check gets two objects over one empty server: `cache` is Stoker, `others` stands for everybody else, for
// what goes through it is fenced by nothing. It decides by capabilities() what it may ask for. Time is the
// server's, so checks read TTLs and don't wait for them.
#pragma once

#include <boost/test/unit_test.hpp>
#include <ostream>
#include <string>
#include <vector>

#include "storage/caches/remote_cache.hpp"

namespace stoker::remote_suite {

using deadline_clock = std::chrono::steady_clock;

struct pair {
  remote_cache& cache;
  remote_cache& others;
};

inline remote_cache::steady_deadline soon() {
  return deadline_clock::now() + std::chrono::seconds{10};
}

inline remote_look look(remote_cache& c, std::string_view key) {
  return c.contains(std::span{&key, 1}, soon()).front();
}

// The bytes under `key`, or "<miss>", or what went wrong.
inline std::string read(remote_cache& c, std::string_view key) {
  const auto found = c.read(std::span{&key, 1}, soon()).front();
  if (found.there.state == residency::unknown) return std::string{"<"} + to_string(found.there.why) + ">";
  return found.there.state == residency::absent ? "<miss>" : std::string{found.bytes.view()};
}

inline remote_entry entry(std::string_view key, std::string_view bytes, duration ttl = {}) {
  remote_entry made;
  made.key = key;
  made.bytes = bytes;
  made.ttl = ttl;
  return made;
}

inline fill_result put(remote_cache& c, std::string_view key, std::string_view bytes, duration ttl = {}) {
  const auto set = entry(key, bytes, ttl);
  return c.put(std::span{&set, 1}, soon()).front().result;
}

inline remote_outcome fill(remote_cache& c, std::string_view key, const remote_token& token,
                           std::string_view bytes, duration ttl = {}) {
  auto made = entry(key, bytes, ttl);
  made.token = token;
  return c.fill(std::span{&made, 1}, soon()).front();
}

inline fill_result warm(remote_cache& c, std::string_view key, std::string_view bytes, duration ttl = {}) {
  return fill(c, key, c.begin_fill(key), bytes, ttl).result;
}

inline remote_token begin_refresh(remote_cache& c, std::string_view key) {
  return c.begin_refresh(std::span{&key, 1}, soon()).front();
}

inline fill_result refresh(remote_cache& c, std::string_view key, const remote_token& token,
                           std::string_view bytes, duration ttl = {}) {
  auto made = entry(key, bytes, ttl);
  made.token = token;
  return c.refresh(std::span{&made, 1}, soon()).front().result;
}

inline std::uint64_t invalidate(remote_cache& c, std::string_view key) {
  return c.invalidate(std::span{&key, 1}, soon()).removed;
}

inline removed_keys roll_back(remote_cache& c, std::string_view key, duration age) {
  const filled_entry filled{key, age};
  return c.remove_unused(std::span{&filled, 1}, soon());
}

struct check {
  const char* name;
  void (*run)(pair);
};

inline std::ostream& operator<<(std::ostream& out, const check& c) {
  return out << c.name;
}

// All checks; they stand in remote_suite.cpp.
std::vector<check> checks();

}  // namespace stoker::remote_suite
