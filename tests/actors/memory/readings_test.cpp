#include <boost/test/unit_test.hpp>
#include <map>

#include "actors/memory/readings.hpp"

using namespace stoker;

BOOST_AUTO_TEST_SUITE(readings)

namespace {

constexpr std::uint64_t mib = 1 << 20;

// A machine of 8 GiB with 6 GiB available.
std::map<std::string, std::string> host() {
  return {{"/proc/meminfo", "MemTotal:        8388608 kB\nMemFree:  100 kB\nMemAvailable:    6291456 kB\n"},
          {"/proc/self/status", "Name:\tx\nVmRSS:\t    2048 kB\n"},
          {"/proc/pressure/memory",
           "some avg10=12.50 avg60=3.00 avg300=1.00 total=5\nfull avg10=1.00 avg60=0 total=1\n"}};
}

memory_reading read(const std::map<std::string, std::string>& files) {
  return read_memory([&](const std::string& path) -> std::optional<std::string> {
    const auto found = files.find(path);
    return found == files.end() ? std::nullopt : std::optional{found->second};
  });
}

}  // namespace

BOOST_AUTO_TEST_CASE(reads_a_host_without_cgroups) {
  const auto reading = read(host());
  BOOST_TEST(reading.limit_bytes == 8192 * mib);
  BOOST_TEST(reading.available_bytes == 6144 * mib);
  BOOST_TEST(reading.used_bytes == 2048 * mib);
  BOOST_TEST(reading.process_bytes == 2 * mib);
  BOOST_TEST(reading.stall_share == 0.125, boost::test_tools::tolerance(1e-9));
}

BOOST_AUTO_TEST_CASE(a_version_2_cgroup_binds_when_it_is_tighter) {
  auto files = host();
  files["/proc/self/cgroup"] = "0::/app/web\n";
  files["/sys/fs/cgroup/app/web/memory.max"] = "1073741824\n";
  files["/sys/fs/cgroup/app/web/memory.current"] = "838860800\n";
  files["/sys/fs/cgroup/app/web/memory.stat"] = "anon 5\ninactive_file 314572800\n";
  const auto reading = read(files);
  BOOST_TEST(reading.limit_bytes == 1024 * mib);
  BOOST_TEST(reading.used_bytes == 500 * mib);  // reclaimable page cache is not use
  BOOST_TEST(reading.available_bytes == 524 * mib);
}

BOOST_AUTO_TEST_CASE(a_limit_on_a_parent_group_binds_too) {
  auto files = host();
  files["/proc/self/cgroup"] = "0::/app/web\n";
  files["/sys/fs/cgroup/app/web/memory.max"] = "max\n";
  files["/sys/fs/cgroup/app/web/memory.current"] = "1048576\n";
  files["/sys/fs/cgroup/app/memory.max"] = "104857600\n";
  files["/sys/fs/cgroup/app/memory.current"] = "94371840\n";
  BOOST_TEST(read(files).limit_bytes == 100 * mib);
  BOOST_TEST(read(files).used_bytes == 90 * mib);
}

BOOST_AUTO_TEST_CASE(a_version_1_cgroup_beside_a_unified_hierarchy) {
  auto files = host();
  files["/proc/self/cgroup"] = "3:cpu,memory:/job\n0::/\n";
  files["/sys/fs/cgroup/memory/job/memory.limit_in_bytes"] = "209715200\n";
  files["/sys/fs/cgroup/memory/job/memory.usage_in_bytes"] = "104857600\n";
  files["/sys/fs/cgroup/memory/job/memory.stat"] = "total_inactive_file 52428800\n";
  files["/sys/fs/cgroup/memory/memory.limit_in_bytes"] =
      "9223372036854771712\n";  // version 1's way to say none
  files["/sys/fs/cgroup/memory/memory.usage_in_bytes"] = "1\n";
  BOOST_TEST(read(files).limit_bytes == 200 * mib);
  BOOST_TEST(read(files).used_bytes == 50 * mib);
}

BOOST_AUTO_TEST_CASE(a_limit_above_the_host_changes_nothing) {
  auto files = host();
  files["/sys/fs/cgroup/memory.max"] = "99999999999999\n";
  files["/sys/fs/cgroup/memory.current"] = "5\n";
  BOOST_TEST(read(files).limit_bytes == 8192 * mib);
  BOOST_TEST(read(files).used_bytes == 2048 * mib);
}

BOOST_AUTO_TEST_CASE(missing_and_damaged_files_mean_unknown) {
  BOOST_TEST(read({}).limit_bytes == 0u);
  const auto reading =
      read({{"/proc/meminfo", "MemTotal: many kB\n"}, {"/proc/pressure/memory", "some avg10=x"}});
  BOOST_TEST(reading.limit_bytes == 0u);
  BOOST_TEST(reading.stall_share == 0.0);
}

BOOST_AUTO_TEST_CASE(finds_its_own_group) {
  const auto text = "12:memory:/a/b\n4:cpu,cpuacct:/c\n0::/d\n";
  BOOST_TEST(cgroup_path(text, "memory").value() == "/a/b");
  BOOST_TEST(cgroup_path(text, "cpu").value() == "/c");
  BOOST_TEST(cgroup_path(text, "").value() == "/d");
  BOOST_TEST(!cgroup_path(text, "mem").has_value());
}

BOOST_AUTO_TEST_CASE(reads_this_machine) {
  const auto reading = read_memory(system_files());
  BOOST_TEST(reading.limit_bytes > 0u);
  BOOST_TEST(reading.process_bytes > 0u);
  BOOST_TEST(reading.available_bytes <= reading.limit_bytes);
}

BOOST_AUTO_TEST_SUITE_END()
