#include <boost/test/unit_test.hpp>

#include "messages/key.hpp"

BOOST_AUTO_TEST_SUITE(keys)

// History on disk and hold-out sets depend on the hash: a change of it must not go unnoticed.
BOOST_AUTO_TEST_CASE(the_hash_never_changes) {
  BOOST_TEST(stoker::hash_key("") == 0x2d06800538d394c2ull);
  BOOST_TEST(stoker::hash_key("stoker") == stoker::hash_key(std::string{"stoker"}));
  BOOST_TEST(stoker::hash_key("stoker") != stoker::hash_key("stoker "));
}

BOOST_AUTO_TEST_SUITE_END()
