#include <exception>

struct Refused : std::exception {
    explicit Refused(const char *reason) : reason(reason) {}
    const char *what() const noexcept override { return reason; }
    const char *reason;
};

void refuse(const char *why);
