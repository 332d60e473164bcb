#include <atomic>
#include <exception>
#include <new>
#include <typeinfo>

namespace {

std::atomic<int> count;

struct Counted {
    Counted() { ++count; }
    ~Counted() { --count; }
} counted;

} // namespace

struct Base {
    virtual ~Base() = default;
    virtual int value() const = 0;
};

struct Marked {
    virtual int mark() const { return 1; }
};

template <int N> struct Derived final : Base, virtual Marked {
    int value() const override { return N + mark(); }
};

struct Unknown : std::exception {
    const char *what() const noexcept override { return __PRETTY_FUNCTION__; }
};

Base *make(int kind)
{
    switch (kind) {
    case 1: return new Derived<1>;
    case 2: return new Derived<2>;
    default: throw Unknown();
    }
}

int use(int kind)
{
    static Counted once;
    try {
        const Counted local;
        Base *made = make(kind);
        const auto value = [made] { return dynamic_cast<Derived<1> &>(*made).value(); };
        return value() + made->value();
    } catch (const std::bad_cast &) {
        return -1;
    } catch (const std::exception &error) {
        return *error.what();
    }
}
