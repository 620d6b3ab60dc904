# Debian packages, by `cpack` in the build folder: stoker (the program, its unit, its configuration) and libstoker-dev
# (what a host compiles against). What installs without naming a component belongs to the program.
set(STOKER_MAINTAINER "The Stoker developers <stoker@stoker.invalid>" CACHE STRING "Whom the packages name")
set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME stoker)
set(CPACK_PACKAGE_VERSION ${PROJECT_VERSION})
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "keeps caches warm")
set(CPACK_PACKAGE_CONTACT "${STOKER_MAINTAINER}")
set(CPACK_PACKAGE_DIRECTORY ${PROJECT_BINARY_DIR}/packages)
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_COMPONENTS_ALL ${CMAKE_INSTALL_DEFAULT_COMPONENT_NAME} development)
set(CPACK_COMPONENTS_GROUPING IGNORE)
# Debian's places, which no prefix of CMake's reaches: /etc, the copyright, the changelog.
set(CPACK_PRE_BUILD_SCRIPTS ${CMAKE_CURRENT_LIST_DIR}/stage.cmake)
set(CPACK_STOKER_SOURCE ${PROJECT_SOURCE_DIR})

set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_ENABLE_COMPONENT_DEPENDS OFF)

set(CPACK_DEBIAN_RUNTIME_PACKAGE_NAME stoker)
set(CPACK_DEBIAN_RUNTIME_PACKAGE_SECTION net)
set(CPACK_COMPONENT_RUNTIME_DESCRIPTION
"Stoker learns which keys an application will need, and puts them into its caches
before they are asked for: after a restart, before a peak, one step ahead of a
user, just before a TTL runs out. This package has the daemon, its command line
and its dashboard.")
set(CPACK_DEBIAN_RUNTIME_PACKAGE_DEPENDS "adduser, init-system-helpers")
set(CPACK_DEBIAN_RUNTIME_PACKAGE_CONTROL_EXTRA
  ${CMAKE_CURRENT_LIST_DIR}/postinst ${CMAKE_CURRENT_LIST_DIR}/prerm ${CMAKE_CURRENT_LIST_DIR}/postrm
  ${CMAKE_CURRENT_LIST_DIR}/conffiles)
set(CPACK_DEBIAN_RUNTIME_PACKAGE_CONTROL_STRICT_PERMISSION ON)

set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_NAME libstoker-dev)
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_SECTION libdevel)
set(CPACK_COMPONENT_DEVELOPMENT_DESCRIPTION
"The library of Stoker, for C++ applications that keep their own caches warm in
their own process: find_package(stoker), stoker::stoker, <stoker/engine.hpp>;
and of its HTTP API, for those that serve it: stoker::control, <stoker/control.hpp>.")
# What find_package(stoker) finds in turn.
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_SHLIBDEPS OFF)
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_DEPENDS
  "libcaf-dev, librocksdb-dev, libabsl-dev, libxxhash-dev, libzstd-dev, zlib1g-dev, libfmt-dev, libspdlog-dev, libhiredis-dev, libcurl4-openssl-dev, libpq-dev, libre2-dev, libssl-dev, libcpp-httplib-dev, prometheus-cpp-dev")

include(CPack)
