// The keys of TLS to a server of which no URL says that it speaks it: tls, ca, certificate, key.
#pragma once

#include <optional>

#include "apps/configuration/section.hpp"
#include "storage/caches/remote/tls_channel.hpp"

namespace stoker::configuration {

// Empty: no TLS. The files are looked at here, where a mistake can still be told with its line.
std::optional<tls_settings> read_tls(section& from);
// The same with the key server_name, of servers that may be called otherwise than their host.
std::optional<tls_settings> read_named_tls(section& from);

}  // namespace stoker::configuration
