// Hot sets of caches as files: saved, and loaded for the strategy "snapshot".
#include "apps/control/json_outside.hpp"
#include "apps/control/service.hpp"

namespace stoker::control {

namespace {

// A path is written and read with the server's rights: over TCP the token alone does not give those.
void check_path(const snapshot_order& order, const incoming& request) {
  if (order.path.empty() || request.unix_socket) return;
  throw refused{
      {403, "path_over_tcp",
       "A path may be given over the Unix socket alone; without one the snapshot stands in the server's "
       "own folder.",
       "path"}};
}

void answer_snapshot(service& of, const incoming& request, httplib::Response& into) {
  request.parameters().done();
  auto order = snapshot_of(request.json_body());
  check_path(order, request);
  order.cache = of.cache_named(order.cache);
  answer_json(into, to_json(of.ask([order](engine& served) {
                return order.save ? served.save_snapshot(order.cache, order.path, order.keys)
                                  : served.load_snapshot(order.cache, order.path);
              })));
}

}  // namespace

void add_snapshot_routes(service& of, std::vector<route>& into) {
  into.push_back(
      {"POST", "/warming/snapshot", access_kind::change,
       [&of](const incoming& request, httplib::Response& to) { answer_snapshot(of, request, to); }});
}

}  // namespace stoker::control
