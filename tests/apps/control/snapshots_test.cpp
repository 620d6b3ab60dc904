// Hot sets of caches as files, saved and loaded over a real server.
#include <boost/test/unit_test.hpp>

#include "tests/apps/control/control_fixture.hpp"
#include "tests/fixtures/temporary_folder.hpp"

namespace stoker::test {

namespace control_snapshots_test {

using json = nlohmann::json;

engine_config keeping_snapshots_in(const temporary_folder& folder) {
  engine_config config;
  config.snapshot_folder = folder.path().string();
  return config;
}

struct snapshot_fixture {
  temporary_folder folder;
  control_fixture running{control_fixture::usual_options(), keeping_snapshots_in(folder)};
};

}  // namespace control_snapshots_test

BOOST_FIXTURE_TEST_SUITE(control_snapshots_test, snapshot_fixture)

BOOST_AUTO_TEST_CASE(a_hot_set_is_saved_and_loaded_in_the_engines_folder) {
  running.use();
  const auto saved = running.body_of(running.post("/warming/snapshot", {{"action", "save"}, {"keys", 5}}));
  BOOST_TEST(saved["cache"] == "pages");
  BOOST_TEST(saved["saved_keys"] == 5);
  BOOST_TEST(saved["path"].get<std::string>().starts_with(folder.path().string()));
  const auto loaded = running.body_of(running.post("/warming/snapshot", {{"action", "load"}}));
  BOOST_TEST(loaded["loaded_keys"] == 5);
  BOOST_TEST(loaded["taken_at"] == saved["saved_at"]);
  running.pages->clear();
  const auto report = running.body_of(running.post("/warming/warm", {{"strategies", {"snapshot"}}}));
  BOOST_TEST(report["warmed"] == 5);
  const auto status = running.body_of(running.get("/warming/status"));
  BOOST_TEST(status["snapshots"][0]["saved_keys"] == 5);
}

BOOST_AUTO_TEST_CASE(what_cannot_be_done_is_told_with_its_field) {
  const auto status_of = [&](const json& body) {
    return control_fixture::status_of(running.post("/warming/snapshot", body));
  };
  BOOST_TEST(status_of({{"action", "keep"}}) == 400);
  BOOST_TEST(status_of(json::object()) == 400);
  BOOST_TEST(status_of({{"action", "load"}, {"keys", 3}}) == 400);
  BOOST_TEST(status_of({{"action", "save"}, {"cache", "none"}}) == 404);
  BOOST_TEST(status_of({{"action", "load"}}) >= 400);  // none was saved
  const auto over_tcp = running.body_of(
      running.post("/warming/snapshot", {{"action", "save"}, {"path", folder / "elsewhere"}}));
  BOOST_TEST(over_tcp["status"] == 403);
  BOOST_TEST(over_tcp["field"] == "path");
  BOOST_TEST(!std::filesystem::exists(folder / "elsewhere"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace stoker::test
