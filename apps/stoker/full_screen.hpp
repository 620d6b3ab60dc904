// A terminal taken over for a live view, and given back as it was.
//
// It writes to the standard output and reads keys from the standard input. One at a time; one thread.
#pragma once

#include <termios.h>

#include <iosfwd>
#include <string>
#include <vector>

#include "apps/stoker/top_view.hpp"

namespace stoker::cli {

class full_screen {
 public:
  // Switches to the alternate screen and to keys without Return.
  explicit full_screen(std::ostream& out);
  ~full_screen();
  full_screen(const full_screen&) = delete;
  full_screen& operator=(const full_screen&) = delete;

  frame_size size() const;
  void show(const std::vector<std::string>& lines);
  // The key that is pressed within so many seconds; 0: none.
  char key(double seconds);

 private:
  std::ostream& out_;
  termios before_{};
  bool restores_ = false;
};

}  // namespace stoker::cli
