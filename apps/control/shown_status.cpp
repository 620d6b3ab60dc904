#include "apps/control/shown_status.hpp"

#include "messages/redaction.hpp"
#include "stoker/engine.hpp"

namespace stoker::control {

engine_status shown_status(engine& of) {
  std::set<std::string> hiding;
  for (const auto& cache : of.caches())
    if (of.redaction_of(cache).hides()) hiding.insert(cache);
  auto status = of.status();
  withhold_failures(status, hiding);
  return status;
}

}  // namespace stoker::control
