// For benchmarks against programs: servers and commands are started, timed and ended here.
#pragma once

#include <cstdio>
#include <string>
#include <vector>

namespace stoker::bench {

// Seconds that a command took, with its standard input from a file (empty: none) and its output thrown away.
// Throws std::runtime_error when it fails.
double seconds_of(std::vector<std::string> command, const std::string& input = {});

double median(std::vector<double> values);

// Prints how the medians of both compare, with the limit that the ratio is to reach; false: it does not.
bool report(const char* what, double stoker, const char* peer_name, double peer, const char* unit,
            double limit);

}  // namespace stoker::bench
