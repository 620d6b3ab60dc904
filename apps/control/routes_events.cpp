// Live events, as server-sent events.
#include <fmt/format.h>

#include "apps/control/connection_stream.hpp"
#include "apps/control/service.hpp"

namespace stoker::control {

namespace {

std::string block(const std::string& name, const std::string& data) {
  return "event: " + name + "\ndata: " + data + "\n\n";
}

// What is to be sent now; `more` says whether anything follows.
std::string next_blocks(event_watch& watch, duration heartbeat, bool& more) {
  const auto taken = watch.take(heartbeat);
  std::string text;
  for (const auto& event : taken.events) text += block(event.name, event.data);
  if (taken.dropped > 0) text += block("dropped", fmt::format("{{\"events\": {}}}", taken.dropped));
  if (text.empty()) text = ": nothing happened\n\n";
  more = taken.dropped == 0 && !taken.over;
  return text;
}

void answer_events(service& of, const incoming& request, httplib::Response& into) {
  auto asked = request.parameters();
  const auto cache = asked.text("cache");
  asked.done();
  if (!cache.empty()) of.cache_named(cache);
  std::shared_ptr<event_watch> watch = of.events.watch(cache);
  if (!watch)
    throw refused{{429, "too_many_streams", "As many event streams are open as may be.", {}, {}, 5}};
  into.status = 200;
  into.set_header("X-Accel-Buffering", "no");
  auto* connection = &request.connection;
  into.set_chunked_content_provider("text/event-stream", [&of, watch, connection, first = true](
                                                             std::size_t, httplib::DataSink& sink) mutable {
    connection->begin_streaming();
    bool more = true;
    // At once, so that whoever opens a stream knows that it is open.
    const auto text =
        first ? std::string{"retry: 2000\n\n"} : next_blocks(*watch, of.options.limits.heartbeat, more);
    first = false;
    if (!sink.write(text.data(), text.size())) {
      if (connection->reads_too_slowly()) of.events.count_dropped();
      return false;
    }
    if (!more) sink.done();
    return true;
  });
}

}  // namespace

void add_event_routes(service& of, std::vector<route>& into) {
  into.push_back({"GET", "/events", access_kind::read,
                  [&of](const incoming& request, httplib::Response& to) { answer_events(of, request, to); }});
}

}  // namespace stoker::control
