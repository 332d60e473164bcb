find / -xdev \( -path /proc -o -path /sys -o -path /dev \) -prune -o \
    -type f \( -perm -4000 -o -perm -2000 \) -print | sort >"$SCRATCH/found"
grep -v '^#' setuid.txt | sort >"$SCRATCH/known"
comm -23 "$SCRATCH/found" "$SCRATCH/known" | sed 's/$/ runs as another user or group/'
find / -xdev \( -path /proc -o -path /sys -o -path /dev -o -path /probe \) -prune -o \
    \( -type f -o -type d ! -perm -1000 \) -perm -0002 -print | sed 's/$/ can be written by everybody/'
! command -v getcap >/dev/null || getcap -r / 2>/dev/null | sed 's/$/ is a capability/'
