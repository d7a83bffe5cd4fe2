// The parameters behind listen's address.
#pragma once

#include "compile/compiler.hpp"

namespace sluice::compile {

/// All but "default_server". Those without an effect here pass: every socket is bound by itself ("bind"), and each worker has
/// its own ("reuseport").
void apply_parameter(Compiler& c, route::Listening& listening, const Word& word);

}  // namespace sluice::compile
