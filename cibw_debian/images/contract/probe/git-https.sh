# A server on the loopback interface, with a certificate of its own.
cd "$SCRATCH"
export HOME="$SCRATCH" GIT_AUTHOR_NAME=x GIT_AUTHOR_EMAIL=x GIT_COMMITTER_NAME=x GIT_COMMITTER_EMAIL=x
openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -addext subjectAltName=DNS:localhost \
    -keyout key.pem -out certificate.pem 2>openssl.log || { tail -n 1 openssl.log; exit 0; }
git init -q source && echo content >source/file && git -C source add file && git -C source commit -qm one
mkdir www && git clone -q --bare source www/source.git && git -C www/source.git update-server-info
"$UTILITY_PYTHON" /probe/https.py www certificate.pem key.pem port &
server=$!
trap 'kill "$server"' EXIT
for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do [ -s port ] || sleep 1; done
url=https://localhost:$(cat port)/source.git
unset http_proxy https_proxy HTTP_PROXY HTTPS_PROXY all_proxy ALL_PROXY
GIT_SSL_CAINFO=$SCRATCH/certificate.pem git clone -q "$url" good 2>log && [ "$(cat good/file)" = content ] ||
    echo "git does not clone over https: $(tail -n 1 log)"
! git clone -q "$url" bad 2>/dev/null || echo "git takes a certificate that nobody vouches for"
