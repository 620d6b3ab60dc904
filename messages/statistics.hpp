// What the tracker knows of keys and subjects, and how it is asked.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "messages/time.hpp"

namespace stoker {

// Everything known of one key. Absolute: writing it twice counts nothing twice.
struct key_statistics {
  std::string key{};
  std::uint64_t count = 0;   // user accesses ever
  std::uint64_t misses = 0;  // of these, misses
  double rate_per_hour = 0;  // exponentially decayed, as of last_access
  time_point last_access{};
  double mean_interval_s = 0;  // between accesses; 0: fewer than two
  double interval_variance_s2 = 0;
  std::uint32_t bytes = 0;                      // last known size of the value
  std::uint32_t cost_us = 0;                    // smoothed load time
  std::array<std::uint32_t, 24> hour_of_day{};  // accesses by UTC hour
  std::vector<std::pair<std::uint32_t, std::uint32_t>>
      recent_hours{};                      // (hours since the epoch, accesses), last 48 h
  std::vector<time_point> access_times{};  // the last 50, of the hottest keys only
  std::vector<std::pair<std::string, std::uint32_t>> co_accessed{};  // (key, count), of the hottest keys only
  std::vector<std::string> tags{};
  std::vector<std::pair<std::string, double>> attributes{};
};

enum class ranking : std::uint8_t {
  popular,      // by decayed rate
  recent,       // by last access
  trending,     // by growth within the window against the window before
  hour_of_day,  // by accesses in the given hour of the day
  due,          // by predicted next access within the horizon
  attribute,    // by the value of the request's attribute
};

struct top_request {
  std::string cache{};
  ranking by = ranking::popular;
  std::uint32_t limit = 100;
  time_point now{};
  duration window{};        // trending: how far back; due: how far ahead
  std::uint32_t hour = 0;   // hour_of_day: 0-23, UTC
  std::string tag{};        // only keys with this tag; empty: all
  std::string attribute{};  // only keys whose attribute is at least `at_least`; empty: all
  double at_least = 0;
  std::vector<std::string> match{};  // globs (messages/glob.hpp): only keys that match one; empty: all
  bool with_tags = false;            // the answer tells the tags of each key
};

struct ranked_key {
  std::string key{};
  double score = 0;          // in the ranking's own unit; higher first
  double rate_per_hour = 0;  // decayed to the time of the request
  time_point last_access{};
  time_point next_access{};  // predicted; the epoch: unknown
  std::uint32_t bytes = 0;
  std::uint32_t cost_us = 0;
  std::uint64_t count = 0;  // user accesses ever
  // trending: accesses within the window; hour_of_day: in that hour of the last two days together
  std::uint64_t window_accesses = 0;
  std::vector<std::string> tags{};  // when they were asked for
};

struct ranked_keys {
  std::vector<ranked_key> keys{};
};

struct key_request {
  std::string cache{};
  std::string key{};
};

// Accesses of a key within a window, and when it is expected next.
struct frequency_request {
  std::string cache{};
  std::string key{};
  duration window{};
  time_point now{};
};

struct key_frequency {
  std::uint64_t accesses =
      0;  // within the window; hours are counted whole, so it may reach up to an hour further
  time_point next_access{};  // the epoch: unknown
};

// A subject's recent keys, most recent first.
struct subject_request {
  std::string cache{};
  std::string subject{};
  std::vector<std::string> kinds{};  // empty: all
  std::uint32_t limit = 50;
  std::vector<std::string> without{};  // kinds that are left out
};

// Patterns over all keys of a cache, for people.
struct patterns_request {
  std::string cache{};
  time_point now{};
  std::uint32_t limit = 10;
};

struct access_patterns {
  std::uint64_t total_accesses = 0;
  std::uint64_t unique_keys = 0;
  std::array<std::uint64_t, 24> hour_of_day{};
  std::vector<ranked_key> top{};
  std::vector<ranked_key> trending{};
};

// Drops what was learned of a cache's keys.
struct forget_request {
  std::string cache{};
};

struct tracker_status {
  std::uint64_t keys = 0;
  std::uint64_t accesses = 0;
  std::uint64_t dropped_accesses = 0;  // lost on the way, as the batches report
  std::uint64_t evicted_keys = 0;      // forgotten for want of room
  std::uint64_t memory_bytes = 0;
  std::uint64_t unwritten_keys = 0;  // changed and not yet acknowledged by the historian
  bool restoring = false;            // still reading what history holds
  std::uint64_t mailbox = 0;         // messages that wait for it
};

template <class Inspector>
auto inspect(Inspector& f, key_statistics& x) {
  return f(x.key, x.count, x.misses, x.rate_per_hour, x.last_access, x.mean_interval_s,
           x.interval_variance_s2, x.bytes, x.cost_us, x.hour_of_day, x.recent_hours, x.access_times,
           x.co_accessed, x.tags, x.attributes);
}

template <class Inspector>
auto inspect(Inspector& f, top_request& x) {
  return f(x.cache, x.by, x.limit, x.now, x.window, x.hour, x.tag, x.attribute, x.at_least, x.match,
           x.with_tags);
}

template <class Inspector>
auto inspect(Inspector& f, ranked_key& x) {
  return f(x.key, x.score, x.rate_per_hour, x.last_access, x.next_access, x.bytes, x.cost_us, x.count,
           x.window_accesses, x.tags);
}

template <class Inspector>
auto inspect(Inspector& f, ranked_keys& x) {
  return f(x.keys);
}

template <class Inspector>
auto inspect(Inspector& f, key_request& x) {
  return f(x.cache, x.key);
}

template <class Inspector>
auto inspect(Inspector& f, frequency_request& x) {
  return f(x.cache, x.key, x.window, x.now);
}

template <class Inspector>
auto inspect(Inspector& f, key_frequency& x) {
  return f(x.accesses, x.next_access);
}

template <class Inspector>
auto inspect(Inspector& f, subject_request& x) {
  return f(x.cache, x.subject, x.kinds, x.limit, x.without);
}

template <class Inspector>
auto inspect(Inspector& f, patterns_request& x) {
  return f(x.cache, x.now, x.limit);
}

template <class Inspector>
auto inspect(Inspector& f, access_patterns& x) {
  return f(x.total_accesses, x.unique_keys, x.hour_of_day, x.top, x.trending);
}

template <class Inspector>
auto inspect(Inspector& f, forget_request& x) {
  return f(x.cache);
}

template <class Inspector>
auto inspect(Inspector& f, tracker_status& x) {
  return f(x.keys, x.accesses, x.dropped_accesses, x.evicted_keys, x.memory_bytes, x.unwritten_keys,
           x.restoring, x.mailbox);
}

}  // namespace stoker
