"""What runs inside the container: `dnf`, `yum`, `rpm` and their kin, answered by apt and dpkg.

Standard library only, and Python 3.9, like the resolver that it is made of.
"""
