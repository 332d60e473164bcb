# project: common-workflow-language/cwltool
# shape: three package managers in one chain of alternatives
# needs: libxml2-dev libxslt1-dev
apk add libxml2-dev libxslt-dev || yum install -y libxml2-devel libxslt-devel || exit 1
