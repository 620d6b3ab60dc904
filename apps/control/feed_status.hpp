// A feed as the process that runs it tells of it: accesses that others report, and how they come in.
//
// The engine knows of no feeds: what they record are accesses like all others. Plain values.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace stoker::control {

struct feed_status {
  std::string feed{};         // its name
  std::string kind{};         // "socket", "access_log" and others
  std::string cache{};        // that it records into
  std::string source{};       // where accesses come from, without secrets
  bool connected = false;     // it listens, its log is there, its server answered
  std::string last_error{};   // what went wrong last; empty: nothing yet
  std::uint64_t clients = 0;  // who report at the moment, to a socket
  // received = recorded + malformed + left_out + dropped, but for what is being worked on.
  std::uint64_t received = 0;
  std::uint64_t recorded = 0;
  std::uint64_t malformed = 0;
  std::uint64_t left_out = 0;
  std::uint64_t dropped = 0;
  std::uint64_t reconnects = 0;
  std::uint64_t refused = 0;  // connections that were closed for what they sent, or for want of room
  std::uint64_t outages = 0;  // times that its source was not there, or went away
};

// Called from any thread.
using feed_report = std::function<std::vector<feed_status>()>;

}  // namespace stoker::control
