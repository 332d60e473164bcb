# project: pyFFTW/pyFFTW
# shape: a test that is always false sends everything but the else branch to another package manager
# needs: libfftw3-dev
if [ uname -m = "aarch64" ] 2>/dev/null; then
    apk add fftw-dev
else
    yum install -y fftw-devel
fi
