#include "apps/changes/changed_files.hpp"
#include "apps/changes/changed_files_strategy.hpp"
#include "apps/changes/selection.hpp"
#include "messages/error.hpp"
#include "tests/apps/changes/git_repository.hpp"

using namespace stoker;
using namespace stoker::changes;
using namespace stoker::test;

BOOST_AUTO_TEST_SUITE(changes_in_git)

namespace {

using names = std::vector<std::string>;

std::string same(const std::string& name) {
  return name;
}

names needs(const dependency_list& list, const std::string& file) {
  return {list.needs(file).begin(), list.needs(file).end()};
}

dependency_list make_rules(const std::string& text) {
  dependency_list list;
  list.add_make_rules(text, same);
  return list;
}

names paths(const std::vector<selected_file>& files) {
  names result;
  for (const auto& file : files) result.push_back(std::to_string(file.depth) + " " + file.path);
  return result;
}

// a.cpp needs a.hpp, which (as a list says) needs base.hpp.
struct project : git_repository_fixture {
  project() {
    write("src/a.cpp", "int a;");
    write("src/a.hpp", "int a;");
    write("src/b.cpp", "int b;");
    write("base.hpp", "int base;");
    commit_all();
    write("build/a.d", "build/a.o: ../src/a.cpp ../src/a.hpp /usr/include/stdio.h\n");
    write("needs.txt", "src/a.hpp base.hpp\n");
  }
};

}  // namespace

BOOST_AUTO_TEST_CASE(make_rules_are_read_as_compilers_write_them) {
  const auto list = make_rules(
      "a.o: a.cpp a.hpp \\\n  deep/b.hpp \\\r\n c.hpp\n"
      "a.hpp:\n\n"
      "# made by hand\n"
      "x.o y.o : with\\ space.c cost$$.h # a comment\n");
  BOOST_TEST(needs(list, "a.o") == (names{"a.cpp", "a.hpp", "c.hpp", "deep/b.hpp"}));
  BOOST_TEST(needs(list, "a.cpp") == (names{"a.hpp", "c.hpp", "deep/b.hpp"}));
  BOOST_TEST(needs(list, "a.hpp").empty());
  BOOST_TEST(needs(list, "y.o") == (names{"cost$.h", "with space.c"}));
  BOOST_TEST(needs(list, "with space.c") == (names{"cost$.h"}));
  BOOST_TEST((list.needed_by("a.hpp") == std::set<std::string>{"a.cpp", "a.o"}));
}

BOOST_AUTO_TEST_CASE(broken_rules_and_odd_ends_are_survived) {
  for (const auto* text :
       {"", ":", "a:", "a: \\", "a: b\\", "no rule at all", "a: b: c", "\\\n", "a :b", "$", "a: $"})
    BOOST_CHECK_NO_THROW(make_rules(text));
  BOOST_TEST(needs(make_rules("a: b\\"), "a").size() == 1u);
  BOOST_TEST(needs(make_rules("C:/x.o: C:/x.c"), "C:/x.o") == (names{"C:/x.c"}));
}

BOOST_AUTO_TEST_CASE(a_plain_list_says_what_each_file_needs) {
  dependency_list list;
  list.add_plain_list("page.html style.css\tlogo.svg\r\n# nothing\nalone\n\nstyle.css font.woff # for titles",
                      same);
  BOOST_TEST(needs(list, "page.html") == (names{"logo.svg", "style.css"}));
  BOOST_TEST(needs(list, "style.css") == (names{"font.woff"}));
  BOOST_TEST(needs(list, "logo.svg").empty());  // only the first needs the others
}

BOOST_AUTO_TEST_CASE(what_changed_comes_first_and_then_what_it_needs_level_by_level) {
  dependency_list list;
  list.add_plain_list("a b\nb c\nc d\nz a", same);
  const changed_files changed{"/r/", {"a", "c"}};
  BOOST_TEST(paths(select(changed, list, {0, false})) == (names{"0 a", "0 c"}));
  BOOST_TEST(paths(select(changed, list, {1, false})) == (names{"0 a", "0 c", "1 b", "1 d"}));
  BOOST_TEST(paths(select({"/r/", {"a"}}, list, {2, false})) == (names{"0 a", "1 b", "2 c"}));
  BOOST_TEST(paths(select({"/r/", {"a"}}, list, {0, true})) == (names{"0 a", "0 z"}));
}

BOOST_AUTO_TEST_CASE(cycles_of_dependencies_end) {
  dependency_list list;
  list.add_plain_list("a b\nb a", same);
  BOOST_TEST(paths(select({"/r/", {"a"}}, list, {5, true})) == (names{"0 a", "0 b"}));
}

BOOST_FIXTURE_TEST_CASE(changed_added_and_staged_files_are_found_and_deleted_ones_are_not, project) {
  write("src/a.cpp", "int a = 1;");
  write("src/new.cpp", "int n;");
  commit_all();
  write("src/b.cpp", "int b = 2;");
  std::filesystem::remove(folder / "base.hpp");
  const auto since_first = files_changed_since("HEAD~1", folder / "src");
  BOOST_TEST(since_first.files == (names{"build/a.d", "needs.txt", "src/a.cpp", "src/b.cpp", "src/new.cpp"}));
  BOOST_TEST(std::filesystem::equivalent(since_first.root, folder.path()));
  BOOST_TEST(files_changed_since("HEAD", folder.path().string()).files == (names{"src/b.cpp"}));
}

BOOST_FIXTURE_TEST_CASE(a_wrong_revision_or_folder_is_told, project) {
  BOOST_CHECK_EXCEPTION(
      files_changed_since("no-such-branch", folder.path().string()), error,
      [](const error& e) { return std::string{e.what()}.find("no-such-branch") != std::string::npos; });
  temporary_folder outside;
  BOOST_CHECK_THROW(files_changed_since("HEAD", outside.path().string()), error);
  BOOST_CHECK_THROW(read_dependencies({outside / "none.d"}, outside.path().string(), {}), error);
}

BOOST_FIXTURE_TEST_CASE(paths_in_dependency_files_start_where_they_are_said_to, project) {
  const auto list = read_dependencies({folder / "build/a.d"}, folder.path().string(), folder / "build");
  BOOST_TEST(needs(list, "src/a.cpp") == (names{"/usr/include/stdio.h", "src/a.hpp"}));
}

BOOST_FIXTURE_TEST_CASE(the_strategy_warms_a_cache_of_any_kind, project) {
  write("src/a.cpp", "int a = 1;");
  engine running;
  running.add_cache({.name = "sources",
                     .load = [](std::string_view key) { return loaded(std::string{key}); },
                     .predictor = predictor_kind::none,
                     .hold_out = 0});
  running.register_strategy(changed_files_strategy({true, {}, folder.path().string()}));
  write("src/list.txt", "src/a.cpp src/a.hpp\nsrc/a.hpp base.hpp\n");
  warm_request request{.cache = "sources", .strategies = {"changed_files"}};
  request.parameters = {{"base", "HEAD"}, {"depth", "1"}, {"dependencies", folder / "src/list.txt"}};
  const auto report = running.warm(request);
  BOOST_TEST(report.error == "");
  BOOST_TEST(report.warmed == 2u);
  auto cache = running.cache("sources");
  BOOST_CHECK(cache.get("src/a.cpp").outcome == get_outcome::hit);
  BOOST_CHECK(cache.get("src/a.hpp").outcome == get_outcome::hit);
  BOOST_CHECK(cache.get("base.hpp").outcome == get_outcome::miss);
  request.parameters[0].text = "no-such-branch";
  BOOST_TEST(running.warm(request).error.find("no-such-branch") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(files_become_keys_by_the_first_pattern_that_matches) {
  const file_keys paths{{}};
  BOOST_TEST(paths.of("src/a.cpp") == "src/a.cpp");
  const file_keys pages{{{"content/{page*}.md", "page:{page}"}, {"static/*", "asset:/{path}"}}};
  BOOST_TEST(pages.of("content/docs/a.md") == "page:docs/a");
  BOOST_TEST(pages.of("static/logo.svg") == "asset:/static/logo.svg");
  BOOST_TEST(pages.of("Makefile") == "");
  const file_keys own{{{"{path}/index.html", "folder:{path}"}}};
  BOOST_TEST(own.of("docs/index.html") == "folder:docs");
  BOOST_CHECK_THROW((file_keys{{{"a", "page:{page}"}}}), error);
}

BOOST_FIXTURE_TEST_CASE(only_what_lies_within_the_scope_may_be_read, project) {
  temporary_folder outside;
  const auto open = folder / "src";
  std::filesystem::create_symlink(outside.path(), folder.path() / "src/way_out");
  const changes_scope scope{false, {open}, open};
  BOOST_TEST(within(scope, open + "/../src/a.hpp") == std::filesystem::canonical(open + "/a.hpp").string());
  for (const auto& path : {folder.path().string(), outside.path().string(), open + "/way_out", open + "/none",
                           std::string{"src"}, std::string{}, open + "s", std::string{"/"}})
    BOOST_CHECK_THROW(within(scope, path), error);
  BOOST_CHECK_THROW(within({}, open), error);
  BOOST_TEST(within({true, {}, {}}, "anything") == "anything");
  // The folder is open, and the repository that it is a part of is not.
  const auto strategy = changed_files_strategy(scope);
  BOOST_CHECK_THROW(strategy.propose({.cache = "c", .parameters = {{"base", "HEAD"}, {"depth", "0"}}}),
                    error);
}

BOOST_AUTO_TEST_SUITE_END()
