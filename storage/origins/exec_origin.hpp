// An origin that is a program: it is run with the key among its arguments, and what it writes to standard
// output is the value.
//
// There is no shell: `arguments` are handed over as they are, with `{key}` and the pattern's parts put in
// (key_template.hpp). A key that would make an argument begin with '-' is refused, unless "--" came before
// it: programs take such for options. So is a key with a zero byte, which no argument can hold.
//
// What the exit status says stands in `exit_outcomes`; by default, after sysexits.h: 0 loaded, 66 absent, 75
// throttled, 64, 65, 77 and 127 refused, all others failed, and so is a program that a signal ended. Its last
// words on standard error are part of the error text.
//
// The program gets a process group of its own, nothing on standard input, no descriptor but the standard
// three, and of the environment PATH, HOME, LANG, LC_ALL, TZ and TMPDIR alone, beside what `environment`
// says. At the deadline, and when it writes more than it may, the whole group is killed; what it leaves
// behind when it ends is killed, too. A process that made a group of its own gets away.
//
// Ownership: none kept between loads. Threads: any; `processes` run at once, others wait until their
// deadline.
#pragma once

#include <map>
#include <semaphore>

#include "storage/origins/key_template.hpp"
#include "storage/origins/outside_origin.hpp"

namespace stoker {

struct exec_origin_config {
  std::string pattern = "*";              // of the keys that it loads; others are refused
  std::vector<std::string> arguments;     // the program first: a path, or a name to be found on the PATH
  std::vector<std::string> environment;   // "NAME=value"
  std::string folder;                     // to run it in; empty: this process' own
  unsigned processes = 8;                 // at once, 1 to 1024
  std::uint64_t max_bytes = 64ull << 20;  // of its output
  std::map<int, load_outcome> exit_outcomes{{0, load_outcome::loaded},     {66, load_outcome::absent},
                                            {75, load_outcome::throttled}, {64, load_outcome::refused},
                                            {65, load_outcome::refused},   {77, load_outcome::refused},
                                            {127, load_outcome::refused}};
};

// Throws stoker::error, which names the field and says what to do.
void validate(const exec_origin_config& config);

class exec_origin final : public outside_origin {
 public:
  // Throws stoker::error as validate() does.
  explicit exec_origin(exec_origin_config config);

 private:
  attempt try_load(std::string_view key, std::chrono::steady_clock::time_point deadline) override;
  // Empty, with the reason in `objection`: the key can't be one.
  std::vector<std::string> arguments_for(std::string_view key, std::string& objection) const;
  attempt run(std::vector<std::string> arguments, std::chrono::steady_clock::time_point deadline) const;

  const exec_origin_config config_;
  const key_pattern pattern_;
  std::vector<text_template> arguments_;
  const std::vector<std::string> environment_;
  std::counting_semaphore<1024> room_;
};

}  // namespace stoker
