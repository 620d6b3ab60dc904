// Holds every source file of the tree to the rules of the house (tidy_rules.hpp), and to its format.
#include <boost/test/unit_test.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "tests/tidy_rules.hpp"

namespace stoker::test {

namespace fs = std::filesystem;

BOOST_AUTO_TEST_SUITE(tidy_test)

namespace {

const fs::path root{STOKER_SOURCE_DIR};

std::vector<source_file> sources() {
  std::vector<source_file> found;
  for (const char* folder : {"messages", "storage", "actors", "apps", "bench", "tests"}) {
    for (const auto& file : fs::recursive_directory_iterator{root / folder}) {
      auto extension = file.path().extension();
      if (extension != ".hpp" && extension != ".cpp") continue;
      std::ostringstream text;
      text << std::ifstream{file.path(), std::ios::binary}.rdbuf();
      found.push_back({fs::relative(file.path(), root).generic_string(), text.str()});
    }
  }
  return found;
}

// The findings of a file as one text, for examples.
std::string tidied(const std::string& path, const std::string& text) {
  std::string all;
  for (const auto& found : tidy({path, text})) all += std::to_string(found.line) + ": " + found.text + "\n";
  return all;
}

bool finds(const std::string& what, const std::string& path, const std::string& text) {
  return tidied(path, text).find(what) != std::string::npos;
}

}  // namespace

BOOST_AUTO_TEST_CASE(every_source_file_keeps_the_rules) {
  auto files = sources();
  BOOST_TEST(files.size() > 100u);
  for (const auto& file : files)
    for (const auto& found : tidy(file)) BOOST_ERROR(found.path << ":" << found.line << ": " << found.text);
}

BOOST_AUTO_TEST_CASE(every_source_file_is_formatted) {
  if (std::system("clang-format --version >/dev/null 2>&1") != 0) {
    BOOST_TEST_MESSAGE("skipped: clang-format is not installed");
    return;
  }
  std::string command = "cd '" + root.string() + "' && clang-format --dry-run -Werror";
  for (const auto& file : sources()) command += " " + file.path;
  BOOST_TEST(std::system(command.c_str()) == 0);
}

BOOST_AUTO_TEST_CASE(a_good_file_passes) {
  BOOST_TEST(
      tidied("actors/memory/good.cpp",
             "#include \"actors/memory/good.hpp\"\n#include <vector>\n#include \"messages/memory.hpp\"\n"
             "// sleep_for, std::cout and rand() are only words here\n"
             "const char* text = \"using namespace std; rand()\";\n") == "");
}

BOOST_AUTO_TEST_CASE(floors_include_downwards_only) {
  BOOST_TEST(finds("1: includes \"storage/value.hpp\" from a floor above", "messages/a.cpp",
                   "#include \"storage/value.hpp\"\n"));
  BOOST_TEST(finds("floor above", "storage/a.cpp", "#include \"actors/memory/pressure.hpp\"\n"));
  BOOST_TEST(finds("floor above", "actors/engine/a.cpp", "#include \"apps/stoker/main.hpp\"\n"));
  BOOST_TEST(finds("floor above", "storage/a.cpp", "#include \"stoker/engine.hpp\"\n"));
  BOOST_TEST(finds("floor above", "apps/a.cpp", "#include \"tests/fixtures/actor_fixture.hpp\"\n"));
  BOOST_TEST(tidied("apps/a.cpp", "#include \"stoker/engine.hpp\"\n#include \"messages/key.hpp\"\n") == "");
}

BOOST_AUTO_TEST_CASE(headers_are_named_from_the_root) {
  BOOST_TEST(finds("from the root", "storage/a.cpp", "#include \"value.hpp\"\n"));
}

BOOST_AUTO_TEST_CASE(pure_logic_depends_on_messages_alone) {
  for (const char* header : {"storage/value.hpp", "actors/memory/arbiter_actor.hpp", "messages/actors.hpp",
                             "actors/engine/supervisor.hpp"})
    BOOST_TEST(finds("pure logic", "actors/memory/a.hpp",
                     "// A.\n#pragma once\n#include \"" + std::string{header} + "\"\n"));
  BOOST_TEST(
      tidied("actors/memory/a_actor.cpp", "#include \"storage/value.hpp\"\n#include <caf/all.hpp>\n") == "");
}

BOOST_AUTO_TEST_CASE(caf_stays_in_actor_files) {
  BOOST_TEST(finds("named *_actor", "actors/memory/a.cpp", "#include <caf/all.hpp>\n"));
  BOOST_TEST(finds("named *_actor", "storage/a.cpp", "#include <caf/all.hpp>\n"));
  BOOST_TEST(tidied("actors/engine/a.cpp", "#include <caf/all.hpp>\n") == "");
}

BOOST_AUTO_TEST_CASE(libraries_stay_in_their_places) {
  BOOST_TEST(finds("place of its own", "storage/caches/a.cpp", "#include <rocksdb/db.h>\n"));
  BOOST_TEST(finds("place of its own", "actors/history/a_actor.cpp", "#include <msgpack.hpp>\n"));
  BOOST_TEST(tidied("storage/history/a.cpp", "#include <rocksdb/db.h>\n#include <msgpack.hpp>\n") == "");
}

BOOST_AUTO_TEST_CASE(bans_are_found_in_code) {
  BOOST_TEST(finds("2: sleep_for", "tests/a.cpp", "\nstd::this_thread::sleep_for(1s);\n"));
  BOOST_TEST(finds("sleeps", "tests/a.cpp", "usleep(1);\n"));
  BOOST_TEST(finds("namespace", "apps/a.cpp", "using namespace std;\n"));
  BOOST_TEST(finds("seeded", "storage/a.cpp", "int x = rand();\n"));
  BOOST_TEST(finds("logs", "messages/a.cpp", "std::cout << 1;\n"));
  BOOST_TEST(finds("told the time", "actors/memory/a.cpp", "auto t = std::chrono::steady_clock::now();\n"));
  BOOST_TEST(finds("randomness", "actors/memory/a.cpp", "std::random_device r;\n"));
  BOOST_TEST(finds("I/O", "actors/memory/a.cpp", "std::ifstream f;\n"));
  BOOST_TEST(tidied("apps/a.cpp", "std::cout << operand(1);\n") == "");
}

BOOST_AUTO_TEST_CASE(actors_are_spawned_with_an_argument) {
  BOOST_TEST(finds("2: spawns", "tests/a.cpp", "\nsys.spawn(worker);\n"));
  BOOST_TEST(finds("spawns", "apps/a.cpp", "self->spawn<caf::linked>([=](auto* me) { f(me, 1); });\n"));
  BOOST_TEST(tidied("tests/a.cpp", "sys.spawn(worker, config{});\nspawn_all(one);\n") == "");
}

BOOST_AUTO_TEST_CASE(helpers_of_a_suite_stand_in_its_namespace) {
  const std::string helpers = "\nnamespace {\nint one = 1;\n}  // namespace\n";
  const std::string suite = "BOOST_AUTO_TEST_SUITE(a)\nBOOST_AUTO_TEST_SUITE_END()\n";
  BOOST_TEST(finds("2: helpers stand", "tests/a_test.cpp", helpers + suite));
  BOOST_TEST(tidied("tests/a_test.cpp",
                    "BOOST_AUTO_TEST_SUITE(a)\n" + helpers + "BOOST_AUTO_TEST_SUITE_END()\n") == "");
  BOOST_TEST(tidied("tests/a_test.cpp", helpers + suite + suite) == "");
}

BOOST_AUTO_TEST_CASE(bans_are_found_in_comments_and_literals) {
  BOOST_TEST(finds("finish it", "apps/a.cpp", std::string{"// TO"} + "DO: more\n"));
  BOOST_TEST(finds("one machine", "apps/a.cpp", std::string{"auto path = \"/ho"} + "me/me/x\";\n"));
}

BOOST_AUTO_TEST_CASE(headers_say_what_they_are) {
  BOOST_TEST(finds("#pragma once", "apps/a.hpp", "// A.\n"));
  BOOST_TEST(finds("what it is", "apps/a.hpp", "#pragma once\n"));
}

BOOST_AUTO_TEST_CASE(names_are_snake_case) {
  BOOST_TEST(finds("snake_case", "apps/MyFile.cpp", ""));
  BOOST_TEST(finds("snake_case", "apps/my-file.cpp", ""));
}

BOOST_AUTO_TEST_CASE(long_files_are_found) {
  BOOST_TEST(finds("451 lines", "apps/a.cpp", std::string(451, '\n')));
  BOOST_TEST(tidied("apps/a.cpp", std::string(450, '\n')) == "");
}

BOOST_AUTO_TEST_CASE(long_functions_are_found) {
  auto function = [](std::size_t lines) { return "int f(int x) {" + std::string(lines - 1, '\n') + "}\n"; };
  BOOST_TEST(finds("2: has a function of 71 lines", "apps/a.cpp", "namespace a {\n" + function(71) + "}\n"));
  BOOST_TEST(tidied("apps/a.cpp", "namespace a {\nstruct b {\n" + function(70) + function(70) + "};\n}\n") ==
             "");
  BOOST_TEST(finds("4: has a function of 71 lines", "apps/a.cpp",
                   "#if defined(A) || \\\n  defined(B)\nnamespace a {\n" + function(71) + "}\n#endif\n"));
  BOOST_TEST(tidied("tests/a.cpp", "SUITE(a)\n\nnamespace {\n" + function(70) + function(70) + "}\n") == "");
  BOOST_TEST(tidied("apps/a.cpp", "constexpr int table[] = {" + std::string(100, '\n') + "};\n") == "");
}

BOOST_AUTO_TEST_CASE(only_code_is_looked_at_where_code_is_meant) {
  BOOST_TEST(code_of("a // b\nc /* d\n */ e") == "a     \nc     \n    e");
  BOOST_TEST(code_of("f(\"x\\\"y\", 'z', 1'000)") == "f(\"    \", ' ', 1'000)");
  BOOST_TEST(code_of("R\"re(a)\"b)re\" + c") == "              + c");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace stoker::test
