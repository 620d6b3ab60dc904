// The books that a cache keeps for its warmers: registered tasks, and when subjects were warmed last.
#include <boost/test/unit_test.hpp>

#include "actors/warming/task_book.hpp"
#include "actors/warming/visit_book.hpp"
#include "messages/error.hpp"
#include "messages/key.hpp"

BOOST_AUTO_TEST_SUITE(books_suite)

namespace {

using namespace stoker;
using namespace std::chrono_literals;

task_entry task(const std::string& id, std::int32_t priority = 10, bool critical = false) {
  return {id, "", "key of " + id, {}, priority, {}, critical};
}

}  // namespace

BOOST_AUTO_TEST_CASE(tasks_are_told_by_priority) {
  task_book book;
  book.add(task("b", 50));
  book.add(task("a", 50));
  book.add(task("c", 120));
  std::string order;
  for (const auto& each : book.all()) order += each.id;
  BOOST_TEST(order == "cab");
}

BOOST_AUTO_TEST_CASE(a_task_of_the_same_id_is_replaced) {
  task_book book;
  BOOST_TEST(!book.add(task("a", 10)).has_value());
  const auto before = book.add(task("a", 70));
  BOOST_REQUIRE(before.has_value());
  BOOST_TEST(before->priority == 10);
  BOOST_REQUIRE(book.all().size() == 1u);
  BOOST_TEST(book.all()[0].priority == 70);
  BOOST_TEST(book.remove("a").has_value());
  BOOST_TEST(!book.remove("a").has_value());
  BOOST_TEST(book.all().empty());
}

BOOST_AUTO_TEST_CASE(critical_is_a_flag_or_a_priority_of_a_hundred) {
  task_book book;
  book.add(task("a", 99));
  BOOST_TEST(!book.has_critical());
  book.add(task("b", 100));
  BOOST_TEST(book.has_critical());
  book.remove("b");
  book.add(task("c", 1, true));
  BOOST_TEST(book.has_critical());
}

BOOST_AUTO_TEST_CASE(tasks_that_could_not_work_are_refused) {
  task_book book;
  BOOST_CHECK_THROW(book.add({}), error);
  auto keyless = task("a");
  keyless.key.clear();
  BOOST_CHECK_THROW(book.add(keyless), error);
  keyless.key = std::string(max_key_bytes + 1, 'k');
  BOOST_CHECK_THROW(book.add(keyless), error);
  auto negative = task("a");
  negative.ttl = -1s;
  BOOST_CHECK_THROW(book.add(negative), error);
  for (std::size_t i = 0; i < task_book::max_tasks; ++i) book.add(task(std::to_string(i)));
  BOOST_CHECK_THROW(book.add(task("one more")), error);
  BOOST_CHECK_NO_THROW(book.add(task("7")));
}

BOOST_AUTO_TEST_CASE(visits_are_remembered_for_as_many_subjects_as_there_is_room) {
  visit_book book{2};
  BOOST_TEST((book.last("a") == time_point{}));
  book.note("a", time_point{1h});
  book.note("b", time_point{2h});
  book.note("a", time_point{3h});
  BOOST_TEST((book.last("a") == time_point{3h}));
  book.note("c", time_point{4h});
  BOOST_TEST((book.last("b") == time_point{}));
  BOOST_TEST((book.last("a") == time_point{3h}));
  BOOST_TEST((book.last("c") == time_point{4h}));
}

BOOST_AUTO_TEST_SUITE_END()
