#include "apps/stoker/progress_line.hpp"

#include <ostream>

namespace stoker::cli {

void progress_line::show(std::string_view text) {
  constexpr auto to_the_start_and_clear = "\r\x1b[K";
  if (io_.err_is_terminal) io_.err << to_the_start_and_clear << text << std::flush;
}

}  // namespace stoker::cli
