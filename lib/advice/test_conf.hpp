// "sluice -t" and "-T": is a conf fit to be run?
#pragma once

#include <functional>
#include <iosfwd>
#include <string>

#include "config/files.hpp"
#include "config/parser.hpp"
#include "config/tree.hpp"

namespace sluice::advice {

struct ConfTest {
    std::string path;
    config::ParseOptions options = {};
    bool quiet = false;  // -q: errors only
    /// Checks that go beyond rows and tree, on a conf that has no errors so far; adds to its diagnostics. May be empty.
    std::function<void(config::Conf&)> more_checks = {};
    /// What only a start would find out, of a conf that is right; adds to the diagnostics. May be empty.
    std::function<void(const config::Conf&, config::Diagnostics&)> trial = {};
};

/// -t: the outcome to `err`; 0 or 1.
int test_conf(const ConfTest& test, const config::Files& files, std::ostream& err);

/// -T: that, and if the conf is good, every file that it is made of, once, to `out`.
int dump_conf(const ConfTest& test, const config::Files& files, std::ostream& out, std::ostream& err);

/// "sluice: [emerg] MESSAGE in FILE:LINE" and the place, for each error; "[warn]" for warnings, unless `quiet`.
void print_problems(const config::Conf& conf, bool quiet, std::ostream& err);

}  // namespace sluice::advice
