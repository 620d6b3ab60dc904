// Who may do what, decided from what a request says of itself. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "apps/control/control_server.hpp"

namespace stoker::control {

// What a route does, as far as permission goes.
enum class access_kind {
  probe,   // for whoever reaches the server: is it alive, the page of the dashboard, this document
  read,    // shows no keys
  keys,    // shows keys of a cache
  change,  // changes something
};

// Where a request came in.
struct arrival {
  bool unix_socket = false;
  bool tls = false;
  bool certified = false;  // with a certificate of the configured authority
};

// The headers that matter; empty: not there.
struct claims {
  std::string_view host{};
  std::string_view origin{};
  std::string_view authorization{};
};

enum class verdict {
  allowed,
  misdirected,   // the Host header names another server
  cross_origin,  // a page that is not the dashboard wants to change something
  no_token,      // needed, and not there
  wrong_token,
  closed,  // needs authentication, and none is configured for this way in
};

class access_rules {
 public:
  // Throws stoker::error(errc::invalid_argument) for options that must not be served.
  explicit access_rules(const control_options& options);

  // Of any request, before anything else is looked at.
  verdict check_host(const arrival& came, const claims& made) const;
  // `redacted`: the keys that it shows are hidden.
  verdict check(access_kind kind, const arrival& came, const claims& made, bool redacted = false) const;

 private:
  bool names_this_server(std::string_view host) const;
  verdict authenticate(const arrival& came, const claims& made) const;
  bool same_origin(const arrival& came, const claims& made) const;

  std::string token_;
  bool by_certificate_;
  bool public_;  // reachable beyond loopback: reading needs authentication, too
  std::vector<std::string> names_;
  std::vector<std::string> web_origins_;
};

// The time it takes says nothing of where they differ.
bool equal_in_constant_time(std::string_view given, std::string_view secret);

}  // namespace stoker::control
