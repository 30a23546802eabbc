# SPDX-License-Identifier: MIT OR Apache-2.0
# The Java scenario with OpenJDK 21.
PATH=/usr/lib/jvm/java-21-openjdk-amd64/bin:$PATH
exec bash "$(dirname "$0")/../java.sh"
