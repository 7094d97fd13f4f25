#include "napi/output.hpp"

#include <cerrno>
#include <memory>

#include "pwalk/fd_output.hpp"
#include "pwalk/napi/memory.hpp"
#include "pwalk/napi/pool_work.hpp"

namespace pwalk::csv {
namespace {

class OutputShell : public Napi::ObjectWrap<OutputShell> {
 public:
  explicit OutputShell(const Napi::CallbackInfo& info)
      : ObjectWrap(info), output_(std::make_shared<const FdOutput>(info[0].As<Napi::Number>().Int32Value())) {}

  // (bytes)
  Napi::Value write(const Napi::CallbackInfo& info) {
    if (!output_) throw napi::system_error(info.Env(), EBADF);
    const auto memory = napi::memory_of(info[0]);
    return napi::run_in_pool(
        info[0].As<Napi::Object>(),
        [output = output_, memory] {
          return output->write_some({reinterpret_cast<const char*>(memory.data()), memory.size()});
        },
        [](Napi::Env env, const FdOutput::Step& step) {
          // What was written before an error is of no use: the output is discarded.
          if (step.error != 0) throw napi::system_error(env, step.error);
          return Napi::Number::New(env, static_cast<double>(step.written));
        });
  }

  void close(const Napi::CallbackInfo&) { output_.reset(); }

 private:
  std::shared_ptr<const FdOutput> output_;
};

}  // namespace

Napi::Function define_output(Napi::Env env) {
  return OutputShell::DefineClass(env, "Output",
                                  {OutputShell::InstanceMethod<&OutputShell::write>("write"),
                                   OutputShell::InstanceMethod<&OutputShell::close>("close")});
}

}  // namespace pwalk::csv
