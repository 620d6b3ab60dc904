// Opens the sockets that a feed listens on: Unix, and TCP on loopback.
//
// Errors: stoker::error, which says what is in the way. Ownership: the caller closes the descriptors.
#pragma once

#include <cstdint>
#include <string>

namespace stoker::feeds {

// Removes a socket of the same path that nobody listens on any more. `mode`: of the file, as chmod takes it.
int listen_unix(const std::string& path, unsigned mode);

// `host`: an address of loopback, or "localhost". `port`: 0 takes a free one, and `port` tells which.
int listen_loopback(const std::string& host, std::uint16_t& port);

// Whether it is an address of loopback, or a name for it.
bool is_loopback(const std::string& host);

}  // namespace stoker::feeds
