# project: pikepdf/pikepdf
# shape: continued lines; an optional package in a string of sh -c
# needs: libjpeg62-turbo-dev|libjpeg-dev libxml2-dev libxslt1-dev wget zlib1g-dev
set -e
yum install -y \
    libjpeg-turbo-devel \
    libxml2-devel libxslt-devel \
    wget zlib-devel
sh -c "yum install -y no-such-optional-thing || true"
