#include "apps/control/json_feeds.hpp"

namespace stoker::control {

json to_json(const feed_status& x) {
  return {{"feed", x.feed},
          {"kind", x.kind},
          {"cache", x.cache},
          {"source", x.source},
          {"connected", x.connected},
          {"last_error", x.last_error},
          {"clients", x.clients},
          {"received", x.received},
          {"recorded", x.recorded},
          {"malformed", x.malformed},
          {"left_out", x.left_out},
          {"dropped", x.dropped},
          {"reconnects", x.reconnects},
          {"refused", x.refused},
          {"outages", x.outages}};
}

}  // namespace stoker::control
