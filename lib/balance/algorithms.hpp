// What each algorithm's file gives to the table in balancers.cpp.
#pragma once

#include "balance/balancer.hpp"

namespace sluice::balance {

std::unique_ptr<Picker> make_round_robin(const PickerSetup& setup);
std::unique_ptr<Picker> make_least_conn(const PickerSetup& setup);

}  // namespace sluice::balance
