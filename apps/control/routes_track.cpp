// Accesses that other processes tell of.
#include <map>

#include "apps/control/service.hpp"

namespace stoker::control {

namespace {

std::vector<tracked_access> accesses_in(const incoming& request) {
  return request.msgpack ? decode_track(request.body) : accesses_of(request.json_body());
}

void record(cache_handle& cache, const tracked_access& each) {
  cache.record(each.key, each.outcome, {each.subject, each.kind}, each.co_accessed, each.bytes, each.cost_us);
  if (each.described) cache.describe(each.key, each.tags, each.attributes);
}

// Recording never waits, so that no lane is needed for it. Every cache is looked up before the first access
// is recorded: a request is taken as a whole, or not at all.
void answer_track(service& of, const incoming& request, httplib::Response& into) {
  request.parameters().done();
  const auto accesses = accesses_in(request);
  std::map<std::string, cache_handle> caches;
  for (const auto& each : accesses)
    if (caches.find(each.cache) == caches.end())
      caches.emplace(each.cache, of.served.cache(of.cache_named(each.cache)));
  for (const auto& each : accesses) record(caches.at(each.cache), each);
  of.counters.accesses_tracked += accesses.size();
  answer_json(into, {{"accepted", accesses.size()}});
}

}  // namespace

void add_track_routes(service& of, std::vector<route>& into) {
  into.push_back({"POST", "/track", access_kind::change,
                  [&of](const incoming& request, httplib::Response& to) { answer_track(of, request, to); },
                  true});
}

}  // namespace stoker::control
