#include "apps/control/json_outside.hpp"

#include "messages/outside.hpp"
#include "messages/snapshot.hpp"

namespace stoker {

using namespace control;

json to_json(const named_trouble& x) {
  return {{"trouble", x.trouble}, {"items", x.items}};
}

json to_json(const outside_status& x) {
  return {{"cache", x.cache},
          {"reachable", x.reachable},
          {"trouble", x.trouble},
          {"detail", x.detail},
          {"answered_at", instant(x.answered_at)},
          {"looks", x.looks},
          {"failed_looks", x.failed_looks},
          {"entries", x.entries},
          {"used_bytes", x.used_bytes},
          {"limit_bytes", x.limit_bytes},
          {"evictions", x.evictions},
          {"full", x.full},
          {"incarnation", x.incarnation},
          {"restarts", x.restarts},
          {"emptied", x.emptied},
          {"stored", x.stored},
          {"present", x.present},
          {"fenced", x.fenced},
          {"too_large", x.too_large},
          {"troubles", list(x.troubles)}};
}

json to_json(const snapshot_status& x) {
  return {{"cache", x.cache},
          {"path", x.path},
          {"saved_at", instant(x.saved_at)},
          {"saved_keys", x.saved_keys},
          {"saved_bytes", x.saved_bytes},
          {"loaded_at", instant(x.loaded_at)},
          {"loaded_keys", x.loaded_keys},
          {"taken_at", instant(x.taken_at)},
          {"failures", x.failures},
          {"last_error", x.last_error}};
}

}  // namespace stoker
