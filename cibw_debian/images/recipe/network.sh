# python.sh and interpreter.sh source this. It adds to their arguments, NAME=VALUE each, what pip needs inside of a root to
# reach its index: proxies, index settings, and the CA bundle, which they copied to /tmp/recipe/ca.crt there.
for name in PIP_INDEX_URL PIP_DEFAULT_TIMEOUT PIP_RETRIES PIP_TRUSTED_HOST \
    http_proxy https_proxy no_proxy HTTP_PROXY HTTPS_PROXY NO_PROXY; do
    eval "value=\${$name-}"
    [ -z "$value" ] || set -- "$@" "$name=$value"
done
[ -z "${CA_BUNDLE-}" ] || set -- "$@" PIP_CERT=/tmp/recipe/ca.crt
