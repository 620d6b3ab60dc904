#include "apps/control/access_rules.hpp"

#include <arpa/inet.h>

#include <algorithm>

#include "apps/control/listening.hpp"
#include "messages/error.hpp"

namespace stoker::control {

namespace {

constexpr std::size_t shortest_token = 16;

std::string lower(std::string_view text) {
  std::string result{text};
  std::transform(result.begin(), result.end(), result.begin(), [](unsigned char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : static_cast<char>(c);
  });
  return result;
}

// A host without its port; brackets of an IPv6 address are taken off.
std::string host_name(std::string_view host) {
  if (host.starts_with('[')) {
    const auto end = host.find(']');
    return end == std::string_view::npos ? std::string{} : lower(host.substr(1, end - 1));
  }
  return lower(host.substr(0, host.find(':')));
}

bool is_address(const std::string& host) {
  in_addr four{};
  in6_addr six{};
  return ::inet_pton(AF_INET, host.c_str(), &four) == 1 || ::inet_pton(AF_INET6, host.c_str(), &six) == 1;
}

[[noreturn]] void reject(const std::string& option, const std::string& why) {
  throw error{errc::invalid_argument, "control_options." + option + ": " + why};
}

void check(const control_options& options) {
  if (options.address.empty() && options.unix_path.empty())
    reject("address", "neither an address nor a unix_path is given, so that there is nothing to serve on");
  if (!options.token.empty() && options.token.size() < shortest_token)
    reject("token", "must have at least " + std::to_string(shortest_token) + " bytes");
  if (options.tls.certificate.empty() != options.tls.key.empty())
    reject("tls", "certificate and key are needed together");
  if (options.tls.certificate.empty() && !options.tls.client_authority.empty())
    reject("tls.client_authority", "needs a certificate of the server's own");
  if (options.address.empty() || is_loopback(options.address)) return;
  if (options.tls.certificate.empty())
    reject("address",
           options.address + " is reachable from elsewhere: that needs TLS (tls.certificate, tls.key)");
  if (options.token.empty() && options.tls.client_authority.empty())
    reject("address",
           options.address + " is reachable from elsewhere: that needs a token, or tls.client_authority");
}

}  // namespace

access_rules::access_rules(const control_options& options)
    : token_(options.token),
      by_certificate_(!options.tls.client_authority.empty()),
      public_(!options.address.empty() && !is_loopback(options.address)),
      names_{"localhost", lower(options.address)} {
  stoker::control::check(options);
  for (const auto& name : options.host_names) names_.push_back(host_name(name));
  for (const auto& origin : options.web_origins) web_origins_.push_back(lower(origin));
}

// A page of somebody else's can make its own name resolve to this machine, but not to be called by an
// address.
bool access_rules::names_this_server(std::string_view host) const {
  const auto name = host_name(host);
  return is_address(name) || std::find(names_.begin(), names_.end(), name) != names_.end();
}

verdict access_rules::check_host(const arrival& came, const claims& made) const {
  if (came.unix_socket) return verdict::allowed;
  return !made.host.empty() && names_this_server(made.host) ? verdict::allowed : verdict::misdirected;
}

bool access_rules::same_origin(const arrival& came, const claims& made) const {
  if (made.origin.empty()) return true;  // no browser
  const auto origin = lower(made.origin);
  const auto own = (came.tls ? "https://" : "http://") + lower(made.host);
  return origin == own || std::find(web_origins_.begin(), web_origins_.end(), origin) != web_origins_.end();
}

verdict access_rules::authenticate(const arrival& came, const claims& made) const {
  if (came.unix_socket || came.certified) return verdict::allowed;
  if (token_.empty()) return by_certificate_ ? verdict::no_token : verdict::closed;
  constexpr std::string_view scheme = "bearer ";
  if (made.authorization.size() < scheme.size() ||
      lower(made.authorization.substr(0, scheme.size())) != scheme)
    return verdict::no_token;
  return equal_in_constant_time(made.authorization.substr(scheme.size()), token_) ? verdict::allowed
                                                                                  : verdict::wrong_token;
}

verdict access_rules::check(access_kind kind, const arrival& came, const claims& made, bool redacted) const {
  if (kind == access_kind::change && !same_origin(came, made)) return verdict::cross_origin;
  const bool open = kind == access_kind::probe ||
                    (!public_ && (kind == access_kind::read || (kind == access_kind::keys && redacted)));
  return open ? verdict::allowed : authenticate(came, made);
}

bool equal_in_constant_time(std::string_view given, std::string_view secret) {
  if (secret.empty()) return false;
  volatile unsigned char differences = given.size() == secret.size() ? 0 : 1;
  for (std::size_t i = 0; i < given.size(); ++i) {
    const auto both =
        static_cast<unsigned char>(given[i]) ^ static_cast<unsigned char>(secret[i % secret.size()]);
    differences = static_cast<unsigned char>(differences | both);
  }
  return differences == 0;
}

}  // namespace stoker::control
