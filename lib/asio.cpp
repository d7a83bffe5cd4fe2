// The one place where Boost.Asio's and Boost.Beast's own code is compiled, so that no other file pays for it.
#include <boost/asio/impl/src.hpp>
#include <boost/asio/ssl/impl/src.hpp>
#include <boost/beast/src.hpp>
