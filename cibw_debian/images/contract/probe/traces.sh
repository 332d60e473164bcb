kept() { find "$@" -mindepth 1 2>/dev/null | head -n 5; }
kept /tmp /var/tmp | sed 's/$/ is a temporary file/'
kept /var/lib/apt/lists -type f ! -name lock | sed 's/$/ is a list of packages/'
kept /var/cache/apt -name '*.deb' -o -name '*.bin' | sed 's/$/ is a cache of apt/'
kept /root/.cache /root/.local -type f | sed 's/$/ is a file of a user/'
kept /usr/local/share/ca-certificates -name '*.crt' | sed 's/$/ is a certificate of another machine/'
kept /usr/local/sbin | sed 's/$/ stands before the own programs of the image/'
find / -maxdepth 1 -mindepth 1 | grep -vxE '/(bin|boot|dev|etc|home|lib|lib32|lib64|libx32|libo32|media|mnt|opt|proc|probe|root|run|sbin|srv|sys|tmp|usr|var|[.]dockerenv|bin[.]usr-is-merged|lib[.]usr-is-merged|sbin[.]usr-is-merged|lib64[.]usr-is-merged|lib[.]usr-is-merged)' |
    sed 's/$/ is no directory of a Debian system/'
# what is mounted is not the image's
find /opt -maxdepth 1 -mindepth 1 | while read -r d; do grep -qF " $d " /proc/mounts || echo "$d"; done | grep -vxE '/opt/(python|_internal|clang)' | sed 's/$/ is left in \/opt/'
grep -rilE '^[^#/]*(proxy|Verify-Peer|CaInfo)' /etc/apt/apt.conf /etc/apt/apt.conf.d 2>/dev/null | sed 's/$/ sets a proxy or certificates for apt/'
ls -d /etc/pip.conf /root/.pip /root/.config/pip /root/.netrc /root/.gitconfig 2>/dev/null |
    sed 's/$/ is a setting of another machine/'
# The package git-lfs sets its filter.
git config --file /etc/gitconfig --name-only --list 2>/dev/null | grep -v '^filter[.]lfs[.]' |
    sed 's/$/ in \/etc\/gitconfig is a setting of another machine/'
[ -z "$(kept /var/log -name '*.log' -size +0)" ] || echo "/var/log has logs: $(kept /var/log -name '*.log' -size +0 | tr '\n' ' ')"
for section in 1 2 3 4 5 6 7 8; do
    [ -d "/usr/share/man/man$section" ] || echo "the directory /usr/share/man/man$section is missing"
done
