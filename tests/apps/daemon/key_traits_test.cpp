// Tags and subject of keys by the rules of a cache, alone and in a daemon.
#include "apps/daemon/key_traits.hpp"

#include <signal.h>

#include <nlohmann/json.hpp>

#include "messages/error.hpp"
#include "tests/apps/daemon/built_program.hpp"
#include "tests/apps/daemon/served_daemon.hpp"

using namespace stoker;
using namespace stoker::daemon;
using namespace stoker::test;

namespace key_traits_of_a_cache {

using texts = std::vector<std::string>;

configuration::key_rule rule(const std::string& keys, texts tags, const std::string& subject = {}) {
  configuration::key_rule made;
  made.keys = keys;
  made.tags = std::move(tags);
  made.subject = subject;
  return made;
}

}  // namespace key_traits_of_a_cache

BOOST_AUTO_TEST_SUITE(key_traits_of_a_cache)

BOOST_AUTO_TEST_CASE(the_first_rule_that_matches_tells_tags_and_subject) {
  const key_traits traits{{rule("user:{id}", {"users", "user:{id}"}, "{id}"), rule("user:*", {"others"}),
                           rule("regex:(?P<tenant>[a-z]+)/.*", {}, "{tenant}")}};
  BOOST_TEST(traits.tags("user:7") == (texts{"users", "user:7"}));
  BOOST_TEST(traits.subject("user:7") == "7");
  BOOST_TEST(traits.tags("user:7:mail") == (texts{"others"}));
  BOOST_TEST(traits.subject("user:7:mail") == "");
  BOOST_TEST(traits.subject("acme/page") == "acme");
  BOOST_TEST(traits.tags("acme/page").empty());
  BOOST_TEST(traits.tags("7").empty());
}

BOOST_AUTO_TEST_CASE(rules_without_them_tell_nothing) {
  const key_traits traits{{rule("a*", {})}};
  BOOST_TEST(!traits.has_tags());
  BOOST_TEST(!traits.has_subjects());
}

BOOST_AUTO_TEST_CASE(what_a_pattern_does_not_capture_can_not_be_told) {
  BOOST_CHECK_THROW((key_traits{{rule("user:{id}", {"{name}"})}}), error);
  BOOST_CHECK_THROW((key_traits{{rule("user:{id", {})}}), error);
}

BOOST_AUTO_TEST_CASE(a_daemon_tags_and_attributes_keys_by_its_rules) {
  served_daemon daemon;
  daemon.configure(
      "[[cache.rules]]\nkeys = \"{letter}\"\ntags = [\"letters\"]\nsubject = \"owner of {letter}\"\n");
  daemon.serve();
  const std::vector<std::string> server{"--server", "unix:" + daemon.socket()};
  const auto run = [&](std::vector<std::string> arguments) {
    arguments.insert(arguments.end(), server.begin(), server.end());
    const auto done = run_program(arguments);
    BOOST_REQUIRE_MESSAGE(done.status == 0, done.err << done.out);
    return done.out;
  };
  run({"track", "--outcome", "miss", "a", "b"});
  const auto warmed = [&](const std::vector<std::string>& how) {
    std::vector<std::string> arguments{"warm", "--json", "--strategy"};
    arguments.insert(arguments.end(), how.begin(), how.end());
    return nlohmann::json::parse(run(arguments)).at("warmed").get<int>();
  };
  // It learns of them a moment later.
  BOOST_TEST(daemon.process().wait_until([&] {
    return warmed({"tagged", "--param", "tag=letters", "--limit", "1"}) == 1;
  }));
  BOOST_TEST(warmed({"subject", "--param", "subject=owner of b"}) +
                 warmed({"subject", "--param", "subject=owner of a"}) ==
             1);
  BOOST_TEST(daemon.end(SIGTERM) == 0);
  daemon.configure("[[cache.rules]]\nkeys = \"{letter}\"\ntags = [\"{word}\"]\n");
  const auto check = run_program({"serve", "--check", "--config", daemon.configuration()});
  BOOST_TEST(check.status == 2);
  BOOST_CHECK_MESSAGE(check.err.find("{word}") != std::string::npos, check.err);
}

BOOST_AUTO_TEST_SUITE_END()
