#include "apps/control/control_server.hpp"

#include "apps/control/access_rules.hpp"
#include "apps/control/http_front.hpp"
#include "apps/control/tls_context.hpp"

namespace stoker::control {

void validate(const control_options& options) {
  const access_rules rules{options};
  if (!options.tls.certificate.empty()) const tls_context files{options.tls};
}

class control_server::implementation {
 public:
  implementation(engine& served, const control_options& options) : parts(served, options), front(parts) {}

  service parts;
  http_front front;
  std::once_flag stopped;
};

control_server::control_server(engine& served, control_options options)
    : implementation_(std::make_unique<implementation>(served, options)) {
  implementation_->front.start();
}

control_server::~control_server() {
  stop();
}

std::uint16_t control_server::port() const noexcept {
  return implementation_->front.port();
}

std::string control_server::url() const {
  const auto& options = implementation_->parts.options;
  if (options.address.empty()) return "unix:" + options.unix_path;
  const bool six = options.address.find(':') != std::string::npos;
  return (options.tls.certificate.empty() ? "http://" : "https://") +
         (six ? "[" + options.address + "]" : options.address) + ":" + std::to_string(port());
}

control_counters control_server::counters() const {
  return implementation_->parts.counters_now();
}

void control_server::stop() {
  std::call_once(implementation_->stopped, [this] {
    // Streams end first, and whoever waits for a run is answered: then no connection has anything left to
    // wait for.
    implementation_->parts.stop();
    implementation_->front.stop();
  });
}

}  // namespace stoker::control
