#include "server/demo.hpp"

namespace sluice::server {

int run_demo(const Options&) { return 1; }

}  // namespace sluice::server
