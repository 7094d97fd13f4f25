#pragma once

#include <cstddef>

namespace pwalk::csv {

// Characters that `put_script_number` may write: `-0.0000012345678901234567` and
// `-1.2345678901234567e-300` take no more.
inline constexpr std::size_t script_number_room = 32;

// A double as JavaScript prints it (ECMA-262, Number::toString): the shortest digits that are that
// number, with an exponent from 1e21 on and below 1e-6; `NaN`, `Infinity`, and `0` for both zeros.
// Returns the end of what it wrote.
char* put_script_number(char* out, double value) noexcept;

}  // namespace pwalk::csv
