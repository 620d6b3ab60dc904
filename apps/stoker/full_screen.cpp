#include "apps/stoker/full_screen.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <ostream>

#include "apps/stoker/watching.hpp"

namespace stoker::cli {

namespace {

constexpr auto enter = "\x1b[?1049h\x1b[?25l";  // alternate screen, no cursor
constexpr auto leave = "\x1b[?25h\x1b[?1049l";
constexpr auto home = "\x1b[H";
constexpr auto clear_rest_of_line = "\x1b[K";
constexpr auto clear_below = "\x1b[J";

}  // namespace

full_screen::full_screen(std::ostream& out) : out_(out) {
  if (::tcgetattr(STDIN_FILENO, &before_) == 0) {
    auto keys = before_;
    keys.c_lflag &= ~static_cast<tcflag_t>(ICANON | ECHO);
    restores_ = ::tcsetattr(STDIN_FILENO, TCSANOW, &keys) == 0;
  }
  out_ << enter << std::flush;
}

full_screen::~full_screen() {
  out_ << leave << std::flush;
  if (restores_) ::tcsetattr(STDIN_FILENO, TCSANOW, &before_);
}

frame_size full_screen::size() const {
  winsize window{};
  if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &window) != 0 || window.ws_col == 0 || window.ws_row == 0) return {};
  return {window.ws_col, window.ws_row};
}

void full_screen::show(const std::vector<std::string>& lines) {
  out_ << home;
  for (std::size_t i = 0; i < lines.size(); ++i)
    out_ << lines[i] << clear_rest_of_line << (i + 1 < lines.size() ? "\r\n" : "");
  out_ << clear_below << std::flush;
}

char full_screen::key(double seconds) {
  char pressed = 0;
  if (!wait_for_key(STDIN_FILENO, seconds)) return 0;
  const auto got = ::read(STDIN_FILENO, &pressed, 1);
  constexpr char quit = 'q';
  return got == 1 ? pressed : quit;  // the terminal is gone
}

}  // namespace stoker::cli
