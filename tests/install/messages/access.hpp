// A header of the host's that happens to be named like one of Stoker's.
#pragma once

inline constexpr int host_access = 42;
