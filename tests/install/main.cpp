// A host that warms a cache: compiled against the installed library alone.
#include <stoker/actors.hpp>
#include <stoker/engine.hpp>

#include <iostream>

#include "messages/access.hpp"

int main() {
  stoker::engine engine;
  auto render = [](std::string_view key) { return stoker::loaded("page of " + std::string{key}); };
  auto pages = engine.add_cache({.name = "pages", .load = render});
  auto first = pages.get("/start");
  auto second = pages.get("/start");
  bool works = first.outcome == stoker::get_outcome::miss && second.outcome == stoker::get_outcome::hit &&
               second.bytes.view() == "page of /start" && host_access == 42;
  std::cout << (works ? "works\n" : "does not work\n");
  return works ? 0 : 1;
}
