// A host that serves the HTTP API of its engine, compiled against the installed library alone; the installed
// command line, which is given as the argument, talks to it.
#include <stoker/control.hpp>
#include <stoker/engine.hpp>

#include <cstdlib>
#include <iostream>
#include <string>

int main(int count, char** arguments) {
  if (count < 2) return 2;
  const std::string stoker = arguments[1];
  stoker::engine engine;
  auto render = [](std::string_view key) { return stoker::loaded("page of " + std::string{key}); };
  auto pages = engine.add_cache({.name = "pages", .load = render, .hold_out = 0});
  const std::string token = "0123456789abcdef";
  const stoker::control::control_server server{engine, {.port = 0, .token = token}};
  ::setenv("STOKER_SERVER", server.url().c_str(), 1);
  ::setenv("STOKER_TOKEN", token.c_str(), 1);
  const auto runs = [&](const std::string& command) {
    return std::system((stoker + ' ' + command).c_str()) == 0;
  };
  const bool works = runs("warm --strategy priority --param keys=/start,/products > /dev/null") &&
                     runs("status > /dev/null") && pages.get("/start").outcome == stoker::get_outcome::hit;
  std::cout << (works ? "serves\n" : "does not serve\n");
  return works ? 0 : 1;
}
