// Reads a daemon's configuration as tests write it: a line or two beside what every file needs.
#pragma once

#include <boost/test/unit_test.hpp>
#include <string>

#include "apps/configuration/daemon_settings.hpp"
#include "messages/error.hpp"

namespace stoker::test {

inline configuration::daemon_settings read(const std::string& text,
                                           const configuration::environment& variables = {}) {
  return configuration::read_daemon(text, "s.toml", variables);
}

// Checks that it is refused for a reason that has these words.
inline void refuses(const std::string& text, const std::string& reason,
                    const configuration::environment& variables = {}) {
  BOOST_CHECK_EXCEPTION(read(text, variables), error, [&](const error& mistake) {
    const bool told = std::string{mistake.what()}.find(reason) != std::string::npos;
    BOOST_CHECK_MESSAGE(told, std::string{mistake.what()} + " does not say: " + reason);
    return told;
  });
}

const std::string an_origin = "[[origin]]\nname = \"o\"\nkind = \"file\"\n";  // three lines

inline std::string a_cache(const std::string& keys) {
  return an_origin + "[[cache]]\nname = \"c\"\norigin = \"o\"\n" + keys + "\n";  // keys stand on line 7
}

}  // namespace stoker::test
